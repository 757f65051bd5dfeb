from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LettersConfig(AppConfig):
    name = "federation.letters"
    label = "letters"
    verbose_name = "函件"

    def ready(self) -> None:
        """Read `receivers.py` of every app, so that each kind of letter finds who takes it; see to restored parties."""
        from federation.letters import restored

        autodiscover_modules("receivers")
        restored.register()
