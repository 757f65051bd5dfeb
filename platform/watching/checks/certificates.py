"""What runs out: the host's own certificate, certificates that papers and time-stamps are judged by, partners' keys.

Warned 30, 7 and 1 days before. An app above tells of more with `running_out`:

    running_out(lambda: [Ends("peer", until)])
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.errors import Words
from provinces.context import required
from watching.health import Check, Finding, bad, figure, good, register, worse

DAYS_LEFT = figure("czj_certificate_days_left", "Days until the first certificate or key runs out")
SOON, VERY_SOON, TONIGHT = 30, 7, 1
KINDS: dict[str, Words] = {
    "host": _("网站证书"),
    "signing": _("文书签名证书"),
    "stamps": _("时间戳机构证书"),
    "sign_on": _("统一登录签名密钥"),
    "peer": _("对等平台密钥"),
}


@dataclass(frozen=True)
class Ends:
    """Something that is good until a moment. kind: one of KINDS."""

    kind: str
    at: datetime


Source = Callable[[], Iterable[Ends]]
_sources: list[Source] = []


def running_out(source: Source) -> Source:
    """Have `source()` asked, in the seat of whoever looks, for what will run out there."""
    if source not in _sources:
        _sources.append(source)
    return source


def all_ends() -> list[Ends]:
    """Everything that runs out, the first first."""
    return sorted((each for source in _sources for each in source()), key=lambda each: each.at)


def _certificates() -> Finding:
    found = all_ends()
    if not found:
        return good()
    first, now = found[0], clock.now()
    days = (first.at - now).total_seconds() / 86400
    figures, what, left = {DAYS_LEFT: round(days, 2)}, KINDS[first.kind], max(0, int(days))
    day = clock.local_date(first.at).isoformat()
    if days <= 0:
        return bad(_("{what}已于 {day} 到期。请运维立即按手册“证书到期”更换。"), figures=figures, what=what, day=day)
    if days <= TONIGHT:
        return bad(
            _("{what}在一天内到期（{day}）。请运维现在按手册“证书到期”更换。"), figures=figures, what=what, day=day
        )
    if days <= VERY_SOON:
        return bad(_("{what}还有 {left} 天到期（{day}）。请本周更换。"), figures=figures, what=what, left=left, day=day)
    if days <= SOON:
        return worse(
            _("{what}还有 {left} 天到期（{day}）。请安排更换。"), figures=figures, what=what, left=left, day=day
        )
    return good(_("最早 {day} 到期"), figures=figures, day=day)


# What this floor knows of --------------------------------------------------------------------------------------------


@running_out
def _host() -> Iterable[Ends]:
    """The certificate that people's browsers see, asked of our own front."""
    if settings.SCHEME != "https" or required().kind != "office":
        return []
    host, _colon, port = settings.DOMAIN.partition(":")
    ends = served_until(host, int(port or 443))
    return [Ends("host", ends)] if ends else []


def served_until(host: str, port: int, timeout_s: float = 3.0) -> datetime | None:
    """Until when the certificate served there is good, trusted or not; None when nothing is served."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=timeout_s) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            shown = secure.getpeercert(binary_form=True)
    except OSError:
        return None
    return x509.load_der_x509_certificate(shown).not_valid_after_utc if shown else None


@running_out
def _named_files() -> Iterable[Ends]:
    """Authorities that papers and time-stamps are judged by."""
    for kind, path in (("signing", settings.SIGNING_CERTIFICATES), ("stamps", settings.TSA_CERTIFICATES)):
        if path and Path(path).is_file():
            ends = _first_of(path, Path(path).stat().st_mtime_ns)
            if ends:
                yield Ends(kind, ends)


@lru_cache(maxsize=8)
def _first_of(path: str, _changed_ns: int) -> datetime | None:
    try:
        found = x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError):
        return datetime.now(UTC)  # what cannot be read is no good now
    return min((each.not_valid_after_utc for each in found), default=None)


@running_out
def _sign_on_keys() -> Iterable[Ends]:
    """What this province signs with as a provider. A key with a successor may end."""
    if required().kind != "province":
        return []
    from signon.models import SigningKey

    rows = list(SigningKey.objects.values_list("expires_at", flat=True))
    ends = [at for at in rows if at]
    return [Ends("sign_on", max(ends))] if ends and len(ends) == len(rows) else []


register(Check("certificates", _("证书与密钥"), _certificates, ("province", "superior", "brands", "office")))
