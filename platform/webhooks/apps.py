from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """事件: what changed, as a feed and as signed webhooks."""

    name = "webhooks"
    label = "webhooks"
    verbose_name = _("事件与回调")

    def ready(self) -> None:
        """Each app says in a module `events.py` what may happen to its things."""
        from django.utils.module_loading import autodiscover_modules

        from connections import panels, traffic
        from webhooks import selectors

        autodiscover_modules("events")
        traffic.register_waiting(_("待发回调"), selectors.unsettled, hosts=("province", "brands", "office"))
        panels.register(
            panels.Panel(
                title=_("事件与回调"),
                text=_("状态一变就通知对方系统"),
                url_name="webhooks:list",
                hosts=("province", "brands", "office"),
                count=selectors.unsettled,
                order=30,
            )
        )
