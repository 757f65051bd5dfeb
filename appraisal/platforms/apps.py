from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from uuid import UUID

    from appraisal.desk.selectors import Desk
    from federation.parties.models import Organisation


class PlatformsConfig(AppConfig):
    """平台快速鉴定: e-commerce platforms ask for a fast appraisal under their own account."""

    name = "appraisal.platforms"
    label = "platforms"
    verbose_name = _("平台快速鉴定")

    def ready(self) -> None:
        """Hear of pictures, show them to both sides, offer the pages."""
        import evidence.doors
        import evidence.hooks
        from appraisal.platforms import selectors, services
        from connections import scopes
        from federation.parties import acting
        from webui import slots
        from webui.nav import NavItem, register

        evidence.doors.register(selectors.may_see)
        evidence.hooks.on_ready(services.picture_settled)
        evidence.hooks.on_refused(services.picture_settled)
        acting.open_platforms_on("platforms:asks")
        slots.register("desk:tabs", _tab)
        for segment, words in (
            ("fast-appraisals", _("快速鉴定（电商平台）")),
            ("fast-tasks", _("平台问的商品")),
            ("fast-answers", _("答复平台")),
            ("fast-terms", _("平台快速鉴定的条件")),
        ):
            scopes.name(segment, words)
        area = acting.PLATFORM_AREA
        register(
            NavItem(
                area=area,
                url_name="platforms:asks",
                label=_("快速鉴定"),
                icon="inbox",
                order=10,
                prefix="/platform/asks/",
            )
        )
        register(NavItem(area=area, url_name="platforms:brands", label=_("可问的品牌"), icon="list", order=20))
        register(NavItem(area=area, url_name="platforms:figures", label=_("数据"), icon="list", order=30))
        register(
            NavItem(
                area="desk",
                url_name="platforms:tasks",
                label=_("平台"),
                icon="link",
                order=11,
                prefix="/platform/desk/",
                count=_waiting,
                waits=_("平台问的商品"),
            )
        )
        register(NavItem(area="desk", url_name="platforms:terms", label=_("平台快速鉴定"), icon="clock", order=58))
        register(
            NavItem(area="office", url_name="platforms_office:limits", label=_("电商平台"), icon="people", order=13)
        )


def _tab(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """What leads from the queue of officers' requests to what platforms ask."""
    return {"url": reverse("platforms:tasks"), "label": _("平台"), "count": _open_tasks(request, desk.organisation)}


def _waiting(request: HttpRequest) -> int:
    from federation.parties.acting import acting_for, choices

    return _open_tasks(request, acting_for(request).organisation) if choices(request) else 0


def _open_tasks(request: HttpRequest, holder: Organisation) -> int:
    """Asked of the database once a request: the queue shows it twice."""
    from appraisal.platforms import selectors

    kept: tuple[UUID, int] | None = getattr(request, "_fast_tasks", None)
    if kept is None or kept[0] != holder.pk:
        kept = holder.pk, selectors.task_counts(holder)["open"]
        request._fast_tasks = kept  # type: ignore[attr-defined]
    return kept[1]
