from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    """线索比对: equal values told over provinces without telling them; series proposed."""

    name = "federation.matching"
    label = "matching"
    verbose_name = _("线索比对")
