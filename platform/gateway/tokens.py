"""Bearer tokens: made for one person and one host, shown once, kept as a digest, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from gateway.models import ApiToken
from gateway.scopes import of_operation
from kernel import clock
from kernel.errors import BadInput, NotAllowed, NotFound404

READ, WRITE = "read", "write"
SCOPES = (READ, WRITE)
LONGEST = timedelta(days=365)
_USE_NOTED_EVERY = timedelta(minutes=1)


Standing = Callable[[Any], bool]
_standing: list[Standing] = []


def require_standing(check: Standing) -> None:
    """Every token's person must pass `check(user)` at every call; the app that knows people says how."""
    if check not in _standing:
        _standing.append(check)


def make_token(
    *, user: Any, seat: str, name: str, scopes: Sequence[str] = SCOPES, days: int = 90
) -> tuple[ApiToken, str]:
    """Make a token. Returns its row and the token, which cannot be read again. Raises BadInput."""
    if not name.strip():
        raise BadInput(_("请写明这把密钥的用途，例如“案件系统”。"), code="token_name_missing")
    if not set(scopes) <= set(SCOPES) or not scopes:
        raise BadInput(_("权限只能是 read（读）或 write（写）。"), code="scope_unknown", scopes=list(scopes))
    if not 0 < days <= LONGEST.days:
        raise BadInput(_("有效期为 1 至 {longest} 天。"), code="token_days", longest=LONGEST.days)
    token = f"czj_{seat}_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(
        user=user,
        seat=seat,
        name=name.strip()[:60],
        digest=_digest(token),
        scopes=sorted(set(scopes)),
        expires_at=clock.now() + timedelta(days=days),
    )
    return row, token


def revoke(*, user: Any, token_id: UUID, seat: str) -> None:
    """End one of a person's own tokens at once. Raises NotFound404."""
    if not ApiToken.objects.filter(pk=token_id, user=user, seat=seat, revoked_at=None).update(revoked_at=clock.now()):
        raise NotFound404()


def tokens_of(user: Any, seat: str) -> Collection[ApiToken]:
    """A person's living tokens on this host, newest first."""
    return ApiToken.objects.filter(user=user, seat=seat, revoked_at=None, expires_at__gt=clock.now())


def holder(token: str, seat: str) -> ApiToken | None:
    """The row of a token that is good here and now: host, term, not revoked, its person in good standing."""
    now = clock.now()
    found = (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(token), seat=seat, revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if found is None or not _standing or not all(check(found.user) for check in _standing):
        return None
    if found.last_used_at is None or now - found.last_used_at > _USE_NOTED_EVERY:
        _note_use(found, now)
    return found


def _note_use(row: ApiToken, now: datetime) -> None:
    ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)


def _digest(token: str) -> str:
    # A token has 256 random bits: a plain digest cannot be guessed back.
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer czj_…`."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = holder(token.strip(), request.host.seat.name)
        if found is None:
            raise AuthenticationFailed(
                _("密钥无效、已过期或不属于这个网址。请在“我 · 接口密钥”重新生成。"), "token_refused"
            )
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ScopeMissing(NotAllowed):
    """The key may not do this. Data: scope."""

    code = "scope_missing"
    sentence = _("这把密钥没有权限范围“{scope}”。请换用有这项权限的密钥，或请管理员另建。")


class TokenScope(BasePermission):
    """A key does what its scopes say: `read` and `write` of a personal key, `requests:read` of a program's.

    What a person may not do, no scope lets their key do: doors and roles are asked besides.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        held = request.auth
        if held is None:
            return True
        if isinstance(held, ApiToken):
            scope, granted = (READ if request.method in SAFE_METHODS else WRITE), held.scopes
        else:
            scope, granted = of_operation(request.path, request.method or ""), held.get_scopes()
        if scope and scope not in granted:
            raise ScopeMissing(scope=scope)
        return True
