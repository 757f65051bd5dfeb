from django.apps import AppConfig


class BundlesConfig(AppConfig):
    """证据导出: one matter as a file that a stranger can check."""

    name = "tenants.bundles"
    label = "bundles"
    verbose_name = "证据导出"
