from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """省局开通、升级、停用、导出、撤除: the procedures of an operator."""

    name = "operations"
    label = "operations"
    verbose_name = _("运维")
