from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class SignonConfig(AppConfig):
    """统一登录: identity providers of a bureau, and this bureau as one."""

    name = "signon"
    label = "signon"
    verbose_name = _("统一登录")

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from accounts import entrance, sessions
        from accounts.signals import suspended
        from notify import words
        from signon import door, ending, leaving, marks, rules, selectors
        from webui.nav import NavItem, register

        entrance.register_ways(door.ways)
        entrance.register_gate(door.gate)
        sessions.on_renamed(ending.renamed)
        user_logged_in.connect(marks.on_logged_in, dispatch_uid="signon.marks")
        user_logged_out.connect(leaving.on_logged_out, dispatch_uid="signon.leaving")
        suspended.connect(leaving.on_suspended, dispatch_uid="signon.leaving")
        words.register("provider_silent", _("统一登录服务没有回应，请登录查看"))
        register(
            NavItem(
                area="bureau",
                url_name="signon:providers",
                label=_("统一登录"),
                icon="lock",
                order=66,
                allowed=rules.sees,
                count=selectors.waiting,
                waits=_("未放行的登录"),
            )
        )
