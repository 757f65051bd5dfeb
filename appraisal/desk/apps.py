from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "appraisal.desk"
    label = "desk"
    verbose_name = "鉴定工作台"
