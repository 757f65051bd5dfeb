from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    """协作协议 and 区域协作组: who agreed with whom on what, until when."""

    name = "federation.agreements"
    label = "agreements"
    verbose_name = _("协作协议")

    def ready(self) -> None:
        """Offer the pages; say what the letters are called."""
        from federation.agreements.selectors import may_read, waiting_for
        from federation.letters import words as letter_words
        from notify import words
        from webui.nav import NavItem, register

        item = partial(NavItem, url_name="agreements:list", label=_("协作协议"), icon="document", allowed=may_read)
        register(item(area="bureau", order=60, count=waiting_for))
        register(item(area="office", order=30))
        for code, sentence in (("agreement", _("协作协议有新消息")), ("meeting", _("联席会议有新消息"))):
            words.register(code, sentence)
        letter_words.KINDS |= {
            "agreement.proposed": _("协作协议征求同意"),
            "agreement.answered": _("协作协议答复"),
            "agreement.in_force": _("协作协议生效"),
            "agreement.withdrawn": _("撤回协议文本"),
            "agreement.left": _("退出协作协议"),
            "meeting.called": _("联席会议通知"),
            "meeting.answered": _("联席会议回执"),
            "meeting.minutes": _("联席会议纪要"),
            "meeting.confirmed": _("联席会议纪要确认"),
            "meeting.action_done": _("联席会议任务完成"),
        }
