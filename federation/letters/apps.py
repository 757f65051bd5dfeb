from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "federation.letters"
    label = "letters"
    verbose_name = "函件"
