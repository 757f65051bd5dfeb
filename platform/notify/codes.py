"""Sign-in codes by short message: the sender that the setting ACCOUNTS_CODE_SENDER names."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.codes import ConsoleSender
from kernel.errors import Unavailable
from notify.channels import transport


class SmsSender:
    """Through the gateway of settings.SMS_URL; without one, to the console and the demonstration page."""

    def send(self, phone: str, code: str) -> None:
        """Bring the code to the phone (E.164). Raises Unavailable when the gateway does not take it."""
        if not settings.SMS_URL:
            ConsoleSender().send(phone, code)
            return
        body = _("登录验证码 {code}，5 分钟内有效，请勿告诉他人。").format(code=code)
        if not transport().deliver(
            settings.SMS_URL.replace("{to}", quote(phone, safe="")), title=_("查真假"), body=body
        ):
            raise Unavailable(_("短信暂时发不出去。请稍后再试，或改用密码登录。"), code="sms_unavailable")
