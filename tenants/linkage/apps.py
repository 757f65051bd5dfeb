from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinkageConfig(AppConfig):
    """两法衔接: referrals to the police and what comes back."""

    name = "tenants.linkage"
    label = "linkage"
    verbose_name = _("两法衔接")

    def ready(self) -> None:
        from tenants.linkage import wiring

        wiring.register_all()
