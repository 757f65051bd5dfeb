from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecognitionConfig(AppConfig):
    """假货库: known fakes of brands, and the worker that recognises them."""

    name = "appraisal.recognition"
    verbose_name = _("识假")
