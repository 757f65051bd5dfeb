from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HeadsConfig(AppConfig):
    """Heads (日结) between parties, and the pages of the sealed log. Its rows are `audit`'s."""

    name = "federation.heads"
    label = "heads"
    verbose_name = "封存日志"

    def ready(self) -> None:
        """Carry each new head to its witnesses; offer the page."""
        from audit.heads import on_head
        from federation.heads import returning
        from federation.heads.selectors import alarms, may_read
        from federation.heads.services import announce
        from webui.nav import NavItem, register

        on_head(announce)
        returning.register()
        item = partial(NavItem, url_name="heads:log", label=_("封存日志"), icon="lock", allowed=may_read, count=alarms)
        register(item(area="bureau", order=70))
        register(item(area="office", order=28))
