from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """值班、特急、统一行动、专项行动."""

    name = "tenants.campaigns"
    label = "campaigns"
    verbose_name = _("行动")

    def ready(self) -> None:
        from notify import words
        from tenants.campaigns import in_ledger, nav, pieces
        from tenants.campaigns.services import bundling, urgent
        from tenants.clues import hooks

        hooks.on_change(urgent.on_clue)
        hooks.on_change(bundling.on_clue)
        pieces.register_all()
        nav.register_all()
        in_ledger.register_all()
        for code, sentence in (
            ("urgent_clue", _("有一条特急线索，请立即确认")),
            ("urgent_withdrawn", _("一条特急已撤销")),
            ("joint_action", _("统一行动有新消息")),
            ("campaign_feedback", _("专项线索有办结反馈")),
        ):
            words.register(code, sentence)
