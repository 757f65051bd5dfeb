from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    """Organisations, their people, authorisations and rosters."""

    name = "federation.parties"
    label = "parties"
    verbose_name = "各方"

    def ready(self) -> None:
        """Admit members on the brands host; read every app's `coverage.py` for its figures; offer the pages."""
        from accounts import admission
        from connections import rules as connecting_rules
        from federation.parties import acting, selectors
        from federation.parties.connecting import KEEPER
        from webui.nav import NavItem, register

        admission.register("brands", selectors.is_member, roles=selectors.roles_in_words)
        connecting_rules.register("brands", KEEPER)
        autodiscover_modules("coverage")
        for order, (url_name, label, icon) in enumerate(
            [
                ("parties:team", _("人员"), "people"),
                ("parties:authorisations", _("授权"), "document"),
                ("parties:roster", _("值班"), "clock"),
                ("parties:mandates", _("委托"), "letter"),
            ],
            start=50,
        ):
            register(NavItem(area="desk", url_name=url_name, label=label, icon=icon, order=order))
        register(NavItem(area="entrance", url_name="parties:enrol", label=_("企业、协会、平台入驻申请"), icon="plus"))
        register(NavItem(area=acting.PLATFORM_AREA, url_name="parties:team", label=_("人员"), icon="people", order=50))
        for area in ("desk", acting.PLATFORM_AREA):
            register(
                NavItem(
                    area=area,
                    url_name="parties:seats",
                    label=_("为谁办事"),
                    icon="person",
                    order=70,
                    allowed=lambda request: len(acting.choices(request)) > 1,
                )
            )
