from django.apps import AppConfig
from django.core.checks import register


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from audit.checks import moves_are_whole

        register(moves_are_whole)
