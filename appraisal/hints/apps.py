from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HintsConfig(AppConfig):
    """What recognition says of a province's photos, as it came by letter."""

    name = "appraisal.hints"
    verbose_name = _("识假提示")

    def ready(self) -> None:
        from appraisal.hints import selectors, slots
        from appraisal.requests.selectors import asks_or_reads
        from evidence import doors
        from webui.nav import NavItem, register
        from webui.slots import register as fill

        doors.register(selectors.door_to_picture)
        fill("requests:now", slots.now, css=("webui/hint.css", "hints/hints.css"), order=10)
        look = {"label": _("识假"), "icon": "search", "order": 25, "allowed": asks_or_reads}
        register(NavItem(area="phone-more", url_name="hints:list", **look))
