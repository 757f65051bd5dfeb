"""What partners have to renew: certificates of identity providers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel import clock
from signon.certificates import endings
from watching.checks.certificates import SOON, VERY_SOON
from watching.health import Check, Finding, bad, figure, good, register, worse

DAYS_LEFT = figure("czj_provider_certificate_days_left", "Days until an identity provider's certificate runs out")


def _providers() -> Finding:
    """Theirs to renew: without it nobody signs in by them, whatever we do."""
    found, now = endings(), clock.now()
    if not found:
        return good()
    first = min(found, key=lambda each: each.at or now)
    days = (first.at - now).total_seconds() / 86400 if first.at else 0.0
    figures = {DAYS_LEFT: round(days, 2)}
    if first.at is None or days <= 0:
        sentence = _("“{name}”的网站证书不可信或已过期，用它登录会失败。请通知对方立即更换。")
        return bad(sentence, figures=figures, name=first.name)
    left, day = int(days), clock.local_date(first.at).isoformat()
    sentence = _("“{name}”的网站证书还有 {left} 天到期（{day}）。请通知对方更换，到期后用它登录会失败。")
    if days <= VERY_SOON:
        return bad(sentence, figures=figures, name=first.name, left=left, day=day)
    if days <= SOON:
        return worse(sentence, figures=figures, name=first.name, left=left, day=day)
    return good(_("最早 {day} 到期"), figures=figures, day=day)


register(Check("provider_certificates", _("统一登录提供方证书"), _providers, ("province", "superior")))
