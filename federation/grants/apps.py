from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrantsConfig(AppConfig):
    """共享授权: what was given to whom, for what, until when, and how it ends."""

    name = "federation.grants"
    label = "grants"
    verbose_name = _("共享授权")

    def ready(self) -> None:
        """Offer the pages at every host; let streams of grants be asked for."""
        from federation.grants import guarded
        from federation.grants.selectors import may_read
        from federation.letters import words as letter_words
        from notify import live, words
        from webui.nav import NavItem, register

        live.register_also(guarded.STREAM, door=guarded.stream_door, writer=guarded.may_write)
        item = partial(NavItem, url_name="grants:list", label=_("共享授权"), icon="lock", allowed=may_read)
        for area, order in (("bureau", 62), ("desk", 62), ("office", 32)):
            register(item(area=area, order=order))
        for code, sentence in (
            ("grant_given", _("有一方向本单位共享了内容")),
            ("grant_ended", _("一项共享已终止")),
            ("grant_ending", _("一项共享即将到期")),
        ):
            words.register(code, sentence)
        letter_words.KINDS |= {
            "grant.given": _("共享授权"),
            "grant.contents": _("共享内容"),
            "grant.ended": _("终止共享"),
            "grant.used": _("共享使用情况"),
        }
