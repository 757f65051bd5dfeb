from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "federation.parties"
    label = "parties"
    verbose_name = "各方"
