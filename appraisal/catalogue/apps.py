from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """Products, shot lists, checkpoints, references."""

    name = "appraisal.catalogue"
    label = "catalogue"
    verbose_name = "产品目录"

    def ready(self) -> None:
        """Take over brands of those who enrol; offer the pages."""
        from appraisal.catalogue import services
        from webui.nav import NavItem, register

        assert services.adopt_brands  # importing it registers the hook
        register(NavItem(area="desk", url_name="catalogue:products", label=_("产品"), icon="box", order=40))
        # On the phone the officer's home and search lead there: a bottom bar holds five at most.
        register(
            NavItem(area="bureau", url_name="catalogue:coverage", label=_("可鉴定清单"), icon="check-seal", order=45)
        )
