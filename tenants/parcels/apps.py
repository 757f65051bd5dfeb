from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParcelsConfig(AppConfig):
    """文件交换: the same records as signed files, where no link is allowed."""

    name = "tenants.parcels"
    label = "parcels"
    verbose_name = _("文件交换")

    def ready(self) -> None:
        from tenants.parcels import wiring

        wiring.register_all()
