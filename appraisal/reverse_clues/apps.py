from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReverseCluesConfig(AppConfig):
    """反向线索 on the brand's side: written, sent to bureaux, followed, added to, withdrawn."""

    name = "appraisal.reverse_clues"
    label = "reverse_clues"
    verbose_name = _("反向线索")
