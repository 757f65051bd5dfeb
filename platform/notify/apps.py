from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    """Notices, the channels that carry them, live events."""

    name = "notify"
    verbose_name = _("通知")

    def ready(self) -> None:
        from accounts.signals import suspended
        from notify import live, selectors
        from webui.nav import NavItem, register

        suspended.connect(live.on_suspended, dispatch_uid="notify.live")
        user_logged_out.connect(live.on_logged_out, dispatch_uid="notify.live")
        for area in ("bureau", "office"):
            register(
                NavItem(
                    area=area,
                    url_name="notify:robots",
                    label=_("通知渠道"),
                    icon="phone",
                    order=75,
                    allowed=selectors.may_set_robots,
                )
            )
        for area in ("phone", "desk", "platform", "office", "bureau"):
            register(
                NavItem(
                    area=area,
                    url_name="notify:notices",
                    label=_("消息"),
                    icon="message",
                    order=80,
                    count=selectors.unread_of_request,
                )
            )
