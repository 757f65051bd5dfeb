from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeersConfig(AppConfig):
    """对等平台: other installations, their keys, and the way letters take to them."""

    name = "federation.peers"
    label = "peers"
    verbose_name = _("对等平台")
