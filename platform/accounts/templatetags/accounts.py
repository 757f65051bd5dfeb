"""Small helps for the pages about people."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import entrance
from accounts.imports.columns import LABELS
from accounts.models import Post
from accounts.phones import shown_phone
from audit.models import Trail

register = template.Library()
register.filter("phone", shown_phone)

_VERBS = {
    "create": _("建立"),
    "edit": _("修改"),
    "move": _("调动"),
    "rename": _("改账号"),
    "recode": _("改编码"),
    "leave_unit": _("离开单位"),
    "close": _("停用"),
    "suspend": _("停用账号"),
    "restore": _("恢复账号"),
    "reset_second_factor": _("清除第二验证方式"),
    "forget_password": _("凭手机验证码重设密码"),
    "appoint": _("任命"),
    "withdraw": _("免去"),
    "recover": _("候补共同任命"),
}
_OUTCOMES = {
    "new": _("新增"),
    "changed": _("变更"),
    "same": _("无变化"),
    "bad": _("有误，略过"),
    "unit": _("只有单位"),
}


@register.simple_tag
def is_demo() -> bool:
    """Whether this is a demonstration, where sign-in codes may be read on a page."""
    return bool(settings.DEMO)


@register.simple_tag(takes_context=True)
def other_ways(context: template.Context) -> dict[str, Any]:
    """Ways to sign in that other apps know of. only: whether everybody but administrators comes in by them."""
    found = entrance.ways(context["request"])
    return {"ways": found, "only": any(way.only for way in found)}


@register.filter
def did(entry: Trail) -> str:
    """What a line of the trail tells, in words."""
    words = str(_VERBS.get(entry.verb, entry.verb))
    role = entry.data.get("role")
    return f"{words}：{Post.Role(role).label}" if role in Post.Role.values else words


@register.filter
def column_label(field: str) -> str:
    """A column's name as its header says it."""
    return str(LABELS[field])


@register.filter
def outcome_word(outcome: str) -> str:
    """What becomes of a row of the preview."""
    return str(_OUTCOMES[outcome])
