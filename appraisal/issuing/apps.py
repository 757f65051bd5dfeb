from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuingConfig(AppConfig):
    """辨认意见书 on the brand's side: made, approved, signed, mailed, checked by anyone."""

    name = "appraisal.issuing"
    verbose_name = _("出具意见书")
