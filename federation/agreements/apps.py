from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    """协作协议 and 区域协作组: who agreed with whom on what, until when."""

    name = "federation.agreements"
    label = "agreements"
    verbose_name = _("协作协议")
