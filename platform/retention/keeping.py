"""Own tables, and those of packages that have no `keeping.py`."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_PROOF = _("期限、保留和清理的凭证本身，不含被清理的内容。")
_PEOPLE = _("属于账号，随账号保留和停用。")
_FRAME = _("程序框架的对照表，不含数据。")
_OPERATOR = _("运维的登记：备份、用量、监测和核对，不含案件内容。")


def _there(labels: str) -> list[str]:
    """Those of these models that this installation has."""
    known = {model._meta.label for model in apps.get_models()}
    return [label for label in labels.split() if label in known]


KINDS = [
    Kind(
        code="sign_ins",
        title=_("登录记录"),
        model="usersessions.UserSession",
        date_of="last_seen_at",
        default_days=180,
        least_days=180,
        note=_("登录日志至少保存六个月（网络安全法第二十一条）。"),
    ),
    *(
        Kind(code="read_lines", title=_("查阅记录"), model=label, date_of="at", least_days=180)
        for label in _there("audit.ReadLine")
    ),
]
KEPT = {
    **{
        f"retention.{name}": _PROOF
        for name in ("Rule", "Hold", "HeldThing", "Run", "Portion", "GoneRecord", "WaitingObject")
    },
    **{
        label: _PEOPLE
        for label in (
            "account.EmailAddress",
            "account.EmailConfirmation",
            "mfa.Authenticator",
            "socialaccount.SocialApp",
            "socialaccount.SocialAccount",
            "socialaccount.SocialToken",
            "allauth_idp_oidc.Client",
            "allauth_idp_oidc.Token",
        )
    },
    **dict.fromkeys(
        _there(
            "backups.Backup backups.Rehearsal backups.Restoration heads.LogReturn letters.SentSince"
            " letters.ArrivedSince prices.Price quotas.Limit usage.Day usage.KeyDay usage.Statement"
            " watching_board.Reading watching_board.Standing oversight.Copy oversight.Copied"
        ),
        _OPERATOR,
    ),
    **{label: _FRAME for label in ("contenttypes.ContentType", "auth.Permission", "auth.Group")},
}
