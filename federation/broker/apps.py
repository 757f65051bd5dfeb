from functools import partial
from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class BrokerConfig(AppConfig):
    """省际经办: units of all provinces, who should get a letter and why, disputes, the common superior."""

    name = "federation.broker"
    label = "broker"
    verbose_name = _("省际经办")

    def ready(self) -> None:
        """Offer the pages; say what may leave the house about them."""
        from federation.broker import selectors
        from notify import words
        from webui.nav import NavItem, register

        def desk(request: HttpRequest) -> bool:
            return selectors.may_look(request) and selectors.sees_all(request.user)  # type: ignore[arg-type]

        item = partial(NavItem, allowed=selectors.may_look)
        register(
            item(
                area="bureau", url_name="broker:home", label=_("省际经办"), icon="letter", order=60,
                prefix="/brokerage/", count=selectors.waiting_here, allowed=desk,
            )
        )  # fmt: skip
        disputes: dict[str, Any] = {
            "url_name": "broker:disputes",
            "label": _("管辖争议"),
            "icon": "scales",
            "prefix": "/disputes/",
        }
        register(item(area="bureau", order=61, count=selectors.waiting_disputes, **disputes))
        register(item(area="office", order=17, **disputes))
        register(item(area="bureau", url_name="broker:directory", label=_("单位名录"), icon="search", order=62))
        register(
            item(
                area="office", url_name="broker:queue", label=_("函件去向"), icon="arrow", order=16,
                prefix="/brokerage/", count=selectors.waiting_routes,
            )
        )  # fmt: skip
        register(item(area="office", url_name="broker:directory", label=_("单位名录"), icon="search", order=30))
        register(
            item(
                area="superior", url_name="broker:superior", label=_("争议和督办"), icon="home", order=1,
                count=selectors.waiting_disputes,
            )
        )  # fmt: skip
        for code, sentence in (
            ("broker_dispute", _("有一件跨省管辖争议有新情况")),
            ("broker_route", _("有一件函件去向有新情况")),
            ("broker_look", _("有一件调阅申请有新情况")),
            ("broker_supervision", _("有一件挂牌督办有新情况")),
        ):
            words.register(code, sentence)
