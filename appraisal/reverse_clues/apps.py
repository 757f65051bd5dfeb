from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReverseCluesConfig(AppConfig):
    """反向线索 on the brand's side: written, sent to bureaux, followed, added to, withdrawn."""

    name = "appraisal.reverse_clues"
    label = "reverse_clues"
    verbose_name = _("反向线索")

    def ready(self) -> None:
        import evidence.doors
        from appraisal.desk import hooks
        from appraisal.reverse_clues import admit, presenters, services
        from notify import words
        from webui.nav import NavItem, register

        evidence.doors.register(admit.may_see)
        hooks.reports_listings(services.from_listing)
        for code, sentence in (
            ("clue_registered", _("有一条线索机关已登记")),
            ("clue_ended", _("有一条线索机关已办结")),
            ("clue_question", _("机关就线索提了问题")),
        ):
            words.register(code, sentence)
        register(
            NavItem(
                area="desk",
                url_name="reverse_clues:clues",
                label=_("反向线索"),
                icon="send",
                order=14,
                prefix="/reverse-clues/",
                count=presenters.waiting,
                allowed=presenters.is_offered,
            )
        )
