"""What stands in the bars: joint actions, campaigns, the roster."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenants.campaigns import selectors
from webui.nav import NavItem, register


def _works(request: HttpRequest) -> bool:
    return bool(selectors.plans_anything(request.user))


def _runs(request: HttpRequest) -> bool:
    return request.user.is_authenticated and selectors.may_run_campaigns(request.user)


def register_all() -> None:
    """Called when the app is ready."""
    look = {"label": _("统一行动"), "icon": "clock", "prefix": "/joint/", "allowed": _works}
    roster = {"label": _("值班表"), "icon": "people", "prefix": "/duty/", "allowed": _works}
    register(NavItem(area="bureau", url_name="campaigns:actions", order=24, **look))  # type: ignore[arg-type]
    register(NavItem(area="phone-more", url_name="campaigns:actions", order=24, **look))  # type: ignore[arg-type]
    register(
        NavItem(
            area="bureau", url_name="campaigns:campaigns", label=_("专项行动"), icon="list", order=25,
            prefix="/campaigns/", allowed=_runs,
        )
    )  # fmt: skip
    register(NavItem(area="bureau", url_name="campaigns:roster", order=26, **roster))  # type: ignore[arg-type]
    register(NavItem(area="phone-more", url_name="campaigns:roster", order=26, **roster))  # type: ignore[arg-type]
