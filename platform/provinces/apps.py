from django.apps import AppConfig


class ProvincesConfig(AppConfig):
    """Provinces, their hosts, their database logins."""

    name = "provinces"
    verbose_name = "省份"

    def ready(self) -> None:
        from provinces import instances

        instances.install()
