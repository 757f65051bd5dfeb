from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BrokerConfig(AppConfig):
    """省际经办: units of all provinces, who should get a letter and why, disputes, the common superior."""

    name = "federation.broker"
    label = "broker"
    verbose_name = _("省际经办")
