"""What stands in the bars about official letters, and what may leave the house about them."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from tenants.correspondence import selectors
from webui.nav import NavItem, register

SENTENCES = {
    "official_to_check": _("有一封函稿等您审核"),
    "official_to_issue": _("有一封函稿等您签发"),
    "official_sent_down": _("有一封函稿被退回修改"),
    "official_issued": _("您起草的函已签发"),
    "official_stuck": _("有一封函没有送达"),
    "official_arrived": _("有一封外省来函等您签收"),
    "official_accepted": _("您的函已被接收"),
    "official_returned": _("您的函被退回"),
    "official_result": _("您的函有新的反馈"),
    "official_to_answer": _("有一封来函等您反馈"),
    "official_handed": _("有一封来函由您承办"),
    "official_overdue": _("有一封函已逾期"),
    "official_recall_asked": _("有一封来函请求撤回"),
    "official_recall_answered": _("撤回请求有了答复"),
    "official_decided": _("管辖争议有了结果"),
    "official_routed": _("一封函的去向有了答复"),
}
"""Fixed sentences without anything of a case."""


def _works(request: HttpRequest) -> bool:
    user = request.user
    return bool(
        user.is_authenticated and user.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)
    )  # fmt: skip


def _waiting(request: HttpRequest) -> int:
    return selectors.waits_for(request.user) if isinstance(request.user, User) else 0


def _keeps_seals(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.has_role(Post.Role.BUREAU_ADMIN))


def register_all() -> None:
    """Called when the app is ready."""
    for area, order in (("bureau", 22), ("phone-more", 22)):
        register(
            NavItem(
                area=area, url_name="correspondence:letters", label=_("公函"), icon="letter", order=order,
                prefix="/official/", count=_waiting, allowed=_works,
            )
        )  # fmt: skip
    register(
        NavItem(
            area="bureau", url_name="correspondence:seals", label=_("电子印章"), icon="check-seal", order=90,
            allowed=_keeps_seals,
        )
    )  # fmt: skip
