from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BoardConfig(AppConfig):
    """How each province stands, for the office and for Prometheus. Apart from `watching`: it lies in `public` alone."""

    name = "watching.board"
    label = "watching_board"
    verbose_name = _("运行状况汇总")
