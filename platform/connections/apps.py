from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectionsConfig(AppConfig):
    """对接: systems of others that ask us or are told by us, their keys, limits and traffic."""

    name = "connections"
    label = "connections"
    verbose_name = _("对接")

    def ready(self) -> None:
        """Admit programs to the API of shared hosts, where a person needs a house or an office."""
        from accounts import admission
        from connections import described  # noqa: F401 - known to the API's description once it is imported
        from connections.rules import sees
        from connections.selectors import is_living_account
        from webui.nav import NavItem, register

        for area, order in (("bureau", 64), ("desk", 84), ("platform", 64), ("office", 64)):
            register(
                NavItem(area=area, url_name="connections:list", label=_("对接"), icon="link", order=order, allowed=sees)
            )
        for kind in ("brands", "office"):
            admission.register(kind, is_living_account)
