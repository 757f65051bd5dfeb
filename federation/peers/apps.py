from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeersConfig(AppConfig):
    """对等平台: other installations, their keys, and the way letters take to them."""

    name = "federation.peers"
    label = "peers"
    verbose_name = _("对等平台")

    def ready(self) -> None:
        """Carry letters to other installations; offer the office's page."""
        from federation.letters import transports
        from federation.peers import returning
        from federation.peers.selectors import may_keep
        from federation.peers.wire import Https
        from webui.nav import NavItem, register

        transports.register(Https())
        returning.register()
        register(
            NavItem(area="office", url_name="peers:list", label=_("对等平台"), icon="link", order=30, allowed=may_keep)
        )
