from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    """保存期限: how long each kind of record stays, what is held, and the proof of what went."""

    name = "retention"
    label = "retention"
    verbose_name = _("保存期限")

    def ready(self) -> None:
        """Offer the pages, and show on the pages of records that they are held."""
        from connections.scopes import capability
        from notify import words
        from retention import badges
        from webui import slots
        from webui.nav import NavItem, register

        capability("retention", _("保存期限"), _("保存期限、法律保留和清理凭证"), ["retention"])
        words.register("hold_review", _("一项法律保留到了复核日。"))
        register(
            NavItem(
                area="bureau", url_name="retention:periods", label=_("保存期限"), icon="clock", order=66,
                prefix="/retention/", allowed=badges.keeps, count=badges.waiting,
            )
        )  # fmt: skip
        register(
            NavItem(
                area="bureau", url_name="retention:holds", label=_("法律保留"), icon="lock", order=67,
                allowed=badges.works,
            )
        )  # fmt: skip
        slots.register("requests:now", badges.on_request, order=900)
        slots.register("cases:now", badges.on_case, order=900)
        slots.register("clues:side", badges.on_clue, order=900)
        slots.register("inspections:now", badges.on_inspection, order=900)
        slots.register("exhibits:now", badges.on_exhibit, order=900)
