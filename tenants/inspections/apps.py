from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    """On the premises."""

    name = "tenants.inspections"
    label = "inspections"
    verbose_name = "现场检查"

    def ready(self) -> None:
        from appraisal.requests import hooks as requests
        from evidence import doors, hooks
        from tenants.inspections import (
            links,
            matching,
            opinions,
            report,
            seizure_papers,
            seizure_selectors,
            selectors,
            services,
            uploads,
        )
        from tenants.inspections.services import arrivals
        from webui import kept
        from webui.nav import NavItem, register

        doors.register(selectors.door_to_exhibit)
        opinions.register_all()
        matching.register_all()
        hooks.on_ready(services.photo_ready)
        requests.on_verdicts(services.on_verdicts)
        requests.on_verdicts(arrivals.on_site_verdicts)
        requests.on_arrival(arrivals.on_arrival)
        requests.on_signature(arrivals.on_signature)
        hooks.on_uploaded("inspections:photos", uploads.PHOTOS)
        modules = ("count", "oplog", "merge", "value", "dock", "adding", "begin", "later")
        kept.register("inspections:phone", instead_of=("/inspections/new/",))
        kept.keep_files("inspections/inspections.css", *(f"inspections/{name}.js" for name in modules))
        look = {"label": _("现场"), "icon": "place", "order": 30, "prefix": "/inspections/"}
        for area in ("phone", "bureau"):
            register(
                NavItem(area=area, url_name="inspections:list", allowed=selectors.inspects_or_reads, **look)  # type: ignore[arg-type]
            )
        seizure_papers.register_all()
        import_module("tenants.inspections.seizure_tasks")  # Celery looks for `tasks` alone
        report.register_seizures(seizure_selectors.told)
        links.register(seizure_selectors.link)
