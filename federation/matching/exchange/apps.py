from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Digests that provinces lay down to be compared. Apart from `matching`, whose tables every province has itself."""

    name = "federation.matching.exchange"
    label = "matching_exchange"
    verbose_name = _("比对摘要")
