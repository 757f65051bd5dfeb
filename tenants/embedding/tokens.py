"""What a launch token says, once every check has been passed.

The checks stand in one order, and each refuses by a code of its own (`errors.REFUSALS`): algorithm, issuer, key,
signature, audience, times, number, then the officer and the unit (`services.launching`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings

from connections.models import Connection
from connections.selectors import partner_named
from kernel import clock
from provinces.context import required
from tenants.embedding import keys
from tenants.embedding.errors import LaunchRefused
from tenants.embedding.models import LONGEST_NUMBER, LaunchKey, Matter, party_of

MOST_S = 300
LONGEST_TOKEN = 16_000
MOST_PHOTOS = 30
TARGETS = ("appraisal", "clue", "letter", "matter")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Checked:
    """How far a token got, so that a refusal can be noted with what is known by then. skew_s: partner minus us."""

    connection: Connection | None = None
    key: LaunchKey | None = None
    skew_s: int | None = None
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PhotoSaid:
    """A photo by reference: fetched from `url`, kept only if its digest is this one."""

    url: str
    sha256: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a case system opens us with."""

    number: str
    kind: str
    title: str
    external_id: str
    previous_number: str
    officer: str
    unit: str
    party: dict[str, str]
    place: str
    county_code: str
    goods: list[dict[str, str]]
    photos: list[PhotoSaid]
    target: str
    return_mode: str
    origin: str
    jti: str
    expires_at: int


def origin_here() -> str:
    """The origin of this province's host: what `aud` must be."""
    return f"{settings.SCHEME}://{required().name}.{settings.DOMAIN}"


KeyFor = Callable[[UUID, str], LaunchKey | None]


def check(token: str, checked: Checked, *, subject: bool = True, key_for: KeyFor = keys.key_for) -> Context:
    """Verify a token up to its times, noting in `checked` how far it came. Raises LaunchRefused.

    subject: whether it names the officer by itself; in a launch by OpenID Connect the provider does.
    """
    if not token:
        raise LaunchRefused("launch_token_missing")
    if len(token) > LONGEST_TOKEN:
        raise LaunchRefused("launch_token_unreadable")
    try:
        read = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, json.JSONDecodeError) as error:
        raise LaunchRefused("launch_token_unreadable") from error
    header, said = read["header"], read["payload"]
    alg, kid = str(header.get("alg"))[:20], str(header.get("kid") or "")[:120]
    if alg not in keys.ALGORITHMS:
        raise LaunchRefused("launch_algorithm", alg=alg)
    checked.connection = partner_named(str(said.get("iss"))[:100])
    if checked.connection is None:
        raise LaunchRefused("launch_unknown_issuer")
    checked.key = key_for(checked.connection.pk, kid)
    if checked.key is None or checked.key.alg != alg:
        raise LaunchRefused("launch_unknown_key", kid=kid)
    try:
        _SIGNATURES.decode(token, keys.loaded(checked.key.public_key), algorithms=[alg])
    except (jwt.PyJWTError, ValueError) as error:
        raise LaunchRefused("launch_bad_signature") from error
    checked.claims = said
    if said.get("aud") != origin_here():
        raise LaunchRefused("launch_other_host")
    _check_times(said, checked)
    return _context(said, subject=subject)


_SIGNATURES = jwt.PyJWS()


def _check_times(said: dict[str, Any], checked: Checked) -> None:
    """Within the connection's window; how far the clock is off is told either way."""
    issued, expires = (_number(said, name) for name in ("iat", "exp"))
    assert checked.connection is not None
    now, window = int(clock.now().timestamp()), checked.connection.clock_window_s
    checked.skew_s = issued - now
    if not 0 < expires - issued <= MOST_S:
        raise LaunchRefused("launch_too_long", most_s=MOST_S)
    if issued - now > window:
        raise LaunchRefused("launch_not_yet", skew_s=issued - now, window_s=window)
    if now - expires > window:
        raise LaunchRefused("launch_expired", skew_s=issued - now, window_s=window)


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1 << 40:
        raise LaunchRefused("launch_claims", claim=name)
    return int(value)


def _context(said: dict[str, Any], *, subject: bool) -> Context:
    case = said.get("case")
    if not isinstance(case, dict):
        raise LaunchRefused("launch_claims", claim="case")
    kind, target = case.get("kind", Matter.Kind.CASE), said.get("target", "matter")
    back = said.get("return") or {}
    mode = back.get("mode", Matter.Return.PULL) if isinstance(back, dict) else ""
    for claim, value, possible in (
        ("case.kind", kind, Matter.Kind.values),
        ("target", target, TARGETS),
        ("return.mode", mode, Matter.Return.values),
    ):
        if value not in possible:
            raise LaunchRefused("launch_claims", claim=claim)
    place = said.get("place")
    where = place if isinstance(place, dict) else {"address": place}
    county = str(where.get("county_code") or "")
    return Context(
        number=_text(case, "number", "case.number", LONGEST_NUMBER, needed=True),
        kind=kind,
        title=_text(case, "title", "case.title", 200),
        external_id=_text(case, "id", "case.id", 80),
        previous_number=_text(case, "previous_number", "case.previous_number", LONGEST_NUMBER),
        officer=_text(said, "sub", "sub", 60, needed=subject),
        unit=_text(said, "unit", "unit", 40),
        party=party_of(said.get("party")),
        place=_text(where, "address", "place", 200),
        county_code=county if county.isdigit() and len(county) == 6 else "",
        goods=_goods(said.get("goods")),
        photos=_photos(said.get("photos")),
        target=target,
        return_mode=mode,
        origin=_text(said, "origin", "origin", 200).rstrip("/"),
        jti=_text(said, "jti", "jti", 120, needed=True),
        expires_at=_number(said, "exp"),
    )


def _text(said: dict[str, Any], name: str, claim: str, longest: int, *, needed: bool = False) -> str:
    value = said.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or len(value) > longest or (needed and not value.strip()) or "\x00" in value:
        raise LaunchRefused("launch_claims", claim=claim)
    return value.strip()


def _goods(said: Any) -> list[dict[str, str]]:
    names = ("barcode", "brand", "name", "quantity", "unit", "price_yuan")
    rows = said if isinstance(said, list) else []
    return [
        {name: str(row[name]).strip()[:80] for name in names if row.get(name)}
        for row in rows[:20]
        if isinstance(row, dict)
    ]


def _photos(said: Any) -> list[PhotoSaid]:
    if said is None:
        return []
    found = []
    if not isinstance(said, list) or len(said) > MOST_PHOTOS:
        raise LaunchRefused("launch_claims", claim="photos")
    for row in said:
        known = row if isinstance(row, dict) else {}
        digest, url = str(known.get("sha256") or "").lower(), known.get("url")
        if not _DIGEST.fullmatch(digest) or not isinstance(url, str) or not 0 < len(url) <= 1000:
            raise LaunchRefused("launch_claims", claim="photos")
        found.append(PhotoSaid(url, digest, str(known.get("name") or "")[:120]))
    return found
