from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuotasConfig(AppConfig):
    """合理使用: fair-use limits, which slow exports and bulk calls and never an appraisal on site.

    Its one table lives in `public` alone: the office writes it, each tenant reads its own lines.
    """

    name = "billing_free.quotas"
    label = "quotas"
    verbose_name = _("合理使用")

    def ready(self) -> None:
        """Say to the gateway who has to wait."""
        from billing_free.quotas.services import FairShare
        from gateway import pacing

        pacing.register(FairShare())
