from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JointcasesConfig(AppConfig):
    """联合办案: the room of a matter that several parties work on, each with a copy of its own."""

    name = "federation.jointcases"
    label = "jointcases"
    verbose_name = _("联合办案")
