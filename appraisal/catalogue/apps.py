from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "appraisal.catalogue"
    label = "catalogue"
    verbose_name = "产品目录"
