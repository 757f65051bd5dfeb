from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """On the premises."""

    name = "tenants.inspections"
    label = "inspections"
    verbose_name = "现场检查"

    def ready(self) -> None:
        from appraisal.requests import hooks as requests
        from evidence import doors, hooks
        from tenants.inspections import selectors, services

        doors.register(selectors.door_to_exhibit)
        hooks.on_ready(services.photo_ready)
        requests.on_verdicts(services.on_verdicts)
