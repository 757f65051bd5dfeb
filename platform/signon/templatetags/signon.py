"""Small helps for the pages about signing in."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Trail
from signon.models import IdentityProvider, OwnClient

register = template.Library()
_VERBS = {
    **IdentityProvider.VERBS,
    **OwnClient.VERBS,
    "create": _("建立"),
    "end_session": _("结束一个登录"),
    "renew_secret": _("换新密钥"),
}
_WHYS = {
    "back_channel": _("对方通知已退出"),
    "front_channel": _("对方通知已退出"),
    "left": _("核对时对方说已不在"),
    "provider_silent": _("对方没有回应，超过保留时间"),
    "switched_off": _("登录方式停用"),
    "dropped": _("登录方式删除"),
    "unlinked": _("关联解除"),
}


@register.filter
def sign_on_did(entry: Trail) -> str:
    """What a line of the trail tells, in words."""
    return str(_VERBS.get(entry.verb, entry.verb))


@register.filter
def sign_on_why(entry: Trail) -> str:
    """Why, in words: a machine's codes, or what a person wrote."""
    return str(_WHYS.get(entry.why, entry.why))


@register.simple_tag
def shown_value(bound: BoundField) -> str:
    """What a field holds, as text."""
    value: Any = bound.value()
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    choices = dict(getattr(bound.field, "choices", None) or {})
    if isinstance(value, list):
        return "、".join(str(choices.get(each, each)) for each in value if not choices or each in choices)
    return str(choices.get(value, value) or "—")
