from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """案件: a thin record."""

    name = "tenants.cases"
    label = "cases"
    verbose_name = _("案件")

    def ready(self) -> None:
        from accounts.models import Post
        from tenants.cases import in_rooms, opinions, papers
        from webui.nav import NavItem, register

        def leads(request: HttpRequest) -> bool:
            return bool(request.user.is_authenticated and request.user.has_role(Post.Role.LEADER))

        papers.register_all()
        opinions.register_all()
        in_rooms.register_all()
        for order, url_name, label, icon in (
            (30, "seizures:list", _("查封扣押"), "lock"),
            (31, "cases:list", _("案件"), "document"),
        ):
            register(NavItem(area="bureau", url_name=url_name, label=label, icon=icon, order=order, allowed=leads))
