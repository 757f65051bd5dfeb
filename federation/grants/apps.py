from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrantsConfig(AppConfig):
    """共享授权: what was given to whom, for what, until when, and how it ends."""

    name = "federation.grants"
    label = "grants"
    verbose_name = _("共享授权")
