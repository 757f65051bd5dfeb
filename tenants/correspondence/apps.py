from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CorrespondenceConfig(AppConfig):
    """省际公函: letters of a province drafted, checked, issued, sent, received."""

    name = "tenants.correspondence"
    label = "correspondence"
    verbose_name = _("省际公函")

    def ready(self) -> None:
        from tenants.correspondence import wiring_assist

        wiring_assist.register_all()
