from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CluesConfig(AppConfig):
    """线索: intake, desk, units, feedback."""

    name = "tenants.clues"
    label = "clues"
    verbose_name = _("线索")

    def ready(self) -> None:
        from tenants.clues import answers_ready

        answers_ready.ready()
