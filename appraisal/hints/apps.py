from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HintsConfig(AppConfig):
    """What recognition says of a province's photos, as it came by letter."""

    name = "appraisal.hints"
    verbose_name = _("识假提示")

    def ready(self) -> None:
        import evidence.doors
        from appraisal.hints import selectors

        evidence.doors.register(selectors.door_to_picture)
