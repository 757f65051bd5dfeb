"""Who signed in by which way. At least six months: 网络安全法 art. 21 (3)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_SETTING = _("统一登录的设置，不含个人信息。")
_LOG = {"default_days": 180, "least_days": 180}
KINDS = [
    Kind(code="sso_sessions", title=_("统一登录会话"), model="signon.SsoSession", date_of="made_at", **_LOG),
    Kind(code="client_sessions", title=_("对外登录会话"), model="signon.ClientSession", date_of="made_at", **_LOG),
    Kind(code="refused_sign_ins", title=_("被拒的登录"), model="signon.RefusedSignIn", date_of="last_at", **_LOG),
    Kind(code="logout_notices", title=_("退出通知"), model="signon.LogoutNotice", date_of="made_at", **_LOG),
]
KEPT = {f"signon.{name}": _SETTING for name in ("OwnClient", "SigningKey", "IdentityProvider")}
