from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchingConfig(AppConfig):
    """运行状况: health, metrics, logs, traces."""

    name = "watching"
    label = "watching"
    verbose_name = _("运行状况")

    def ready(self) -> None:
        from watching import health, hooks, pages, reports, tracing
        from watching.checks import everywhere

        reports.start()
        tracing.start()
        hooks.connect()
        pages.register()
        everywhere()
        health.discover()
