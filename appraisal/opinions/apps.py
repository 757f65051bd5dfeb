from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpinionsConfig(AppConfig):
    """辨认意见书 on the bureau's side: asked for, kept, reviewed, put to the party, relied on elsewhere."""

    name = "appraisal.opinions"
    label = "opinions"
    verbose_name = _("辨认意见")
