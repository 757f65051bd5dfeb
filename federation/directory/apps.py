from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """单位名录: every market regulation bureau of the country, enrolled or not, published to all parties."""

    name = "federation.directory"
    label = "directory"
    verbose_name = _("单位名录")
