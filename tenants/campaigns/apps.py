from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """值班、特急、统一行动、专项行动."""

    name = "tenants.campaigns"
    label = "campaigns"
    verbose_name = _("行动")
