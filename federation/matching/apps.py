from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    """线索比对: equal values told over provinces without telling them; series proposed."""

    name = "federation.matching"
    label = "matching"
    verbose_name = _("线索比对")

    def ready(self) -> None:
        """Offer the pages; say what notices and letters are called."""
        from federation.letters import words as letters
        from federation.matching import selectors, words
        from notify import words as notices
        from webui.nav import NavItem, register

        letters.KINDS.update(words.LETTERS)
        for code, sentence in words.NOTICES.items():
            notices.register(code, sentence)
        item = partial(NavItem, url_name="matching:list", label=_("外省比中"), icon="link")
        register(item(area="bureau", order=72, allowed=selectors.may_read, count=selectors.waiting, prefix="/matches/"))
        office = partial(NavItem, area="office", allowed=selectors.at_office)
        register(
            office(
                url_name="matching:pairs", label=_("线索比对"), icon="link", order=24, count=selectors.held,
                waits=_("超出限额、在等放行的比对值"),
            )
        )  # fmt: skip
        register(
            office(
                url_name="matching:series", label=_("系列"), icon="people", order=25, count=selectors.unproposed,
                waits=_("待研究的跨省系列"), oldest=selectors.unproposed_since,
            )
        )  # fmt: skip
        brands = partial(NavItem, area="desk", icon="link")
        register(brands(url_name="matching:questions", label=_("跨省系列"), order=60, prefix="/matches/"))
