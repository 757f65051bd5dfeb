from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    """文书: made from records, signed, scanned back."""

    name = "papers"
    label = "papers"
    verbose_name = _("文书")

    def ready(self) -> None:
        from evidence import doors
        from papers import selectors

        doors.register(selectors.door_to_exhibit)
