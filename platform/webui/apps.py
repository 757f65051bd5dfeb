from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebuiConfig(AppConfig):
    """Base pages, shared template pieces and the browser modules. Has no models."""

    name = "webui"
    verbose_name = _("页面")

    def ready(self) -> None:
        from webui import kept

        kept.register("webui:queue")
