from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from audit.checks import moves_are_whole
        from audit.keys import KIND
        from audit.verify import describes

        register(moves_are_whole)
        describes(KIND)(lambda entry: str(_("更换签名密钥")))
