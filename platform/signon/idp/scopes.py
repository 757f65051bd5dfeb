"""What a system may ask about people."""

from django.utils.translation import gettext_lazy as _

SCOPES = {
    "openid": _("确认您的身份"),
    "profile": _("您的姓名和账号"),
    "unit": _("您的单位和岗位"),
    "phone": _("您的手机号"),
    "email": _("您的邮箱"),
}
"""Scope to what a person is told it means."""

NAMES = {
    "profile": _("姓名和账号"),
    "unit": _("单位和岗位"),
    "phone": _("手机号"),
    "email": _("邮箱"),
}
"""The same as administrators choose from."""
