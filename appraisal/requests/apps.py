from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "appraisal.requests"
    label = "requests"
    verbose_name = "鉴定申请"
