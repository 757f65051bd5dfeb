from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupsConfig(AppConfig):
    """备份：one province alone, and all."""

    name = "backups"
    label = "backups"
    verbose_name = _("备份")

    def ready(self) -> None:
        from backups import pages, restoring

        restoring.register()
        pages.register()
