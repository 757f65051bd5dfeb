from django.apps import AppConfig


class BureauConfig(AppConfig):
    name = "tenants.bureau"
    label = "bureau"
    verbose_name = "本省"
