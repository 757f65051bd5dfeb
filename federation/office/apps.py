from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "federation.office"
    label = "office"
    verbose_name = "省际协作办公室"
