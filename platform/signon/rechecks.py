"""Whether people who came in through a provider are still there: asked again and again, in the background.

A provider that does not answer throws nobody out at once: its sessions live on for the set grace, the administrators
are told at its beginning, and after three calls in vain the rest of the round is put off.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from allauth.socialaccount.models import SocialApp
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from kernel import clock
from notify.models import ChannelName
from notify.services import tell
from provinces.alone import alone
from provinces.context import required
from signon import ending
from signon.adapters import as_app
from signon.dingtalk.directory import DingTalk
from signon.errors import ProviderSilent
from signon.models import IdentityProvider, SsoSession
from signon.oidc import published, tokens
from signon.oidc.tokens import BadToken
from signon.sealing import seal, unseal
from signon.wecom.directory import WeCom
from signon.work_accounts import GONE

log = logging.getLogger(__name__)
IN_VAIN = 3
AGAIN = timedelta(minutes=1)
MOST = 200


def lock_of(seat: str) -> UUID:
    """What keeps two rounds of a seat apart."""
    return uuid5(NAMESPACE_OID, f"sign-on checks of {seat}")


def round_() -> int:
    """Ask about everybody whose time has come, provider by provider. Returns how many sessions ended.

    One round at a time: of two that renew with the same token a provider refuses the second, as if the person had left.
    """
    with alone(lock_of(required().name)) as is_alone:
        return _round() if is_alone else 0


def _round() -> int:
    now = clock.now()
    due = SsoSession.objects.filter(check_at__lte=now).exclude(how=SsoSession.How.BROWSER)
    if not due.exists():
        return 0
    ended = 0
    for row in IdentityProvider.objects.filter(pk__in=due.values("provider")):
        ended += _round_of(row, list(due.filter(provider=row).select_related("user").order_by("check_at")[:MOST]), now)
    return ended


def _round_of(row: IdentityProvider, due: list[SsoSession], now: datetime) -> int:
    app, vain, ended, heard = as_app(row), 0, 0, False
    answers: dict[str, bool] = {}
    for each in due:
        if vain >= IN_VAIN:
            ended += _silent(row, each, now)
            continue
        try:
            there = answers.get(each.sub) if each.how == SsoSession.How.STATUS else None
            if there is None:
                there = answers[each.sub] = _is_there(row, app, each)
        except ProviderSilent as error:
            vain += 1
            log.warning("%s does not answer: %s", row.slug, error.data.get("why"))
            ended += _silent(row, each, now)
            continue
        heard = True
        if there:
            SsoSession.objects.filter(pk=each.pk).update(
                checked_at=now, check_at=now + timedelta(minutes=row.check_minutes or 60), silent_since=None
            )
        else:
            same = row.sessions.filter(sub=each.sub) if each.how == SsoSession.How.STATUS else [each]
            ended += ending.end(same, why="left")
    if heard:
        IdentityProvider.objects.filter(pk=row.pk).update(silent_since=None, told_at=None, last_ok_at=now)
    elif vain:
        _tell(row, now)
    return ended


def _is_there(row: IdentityProvider, app: SocialApp, each: SsoSession) -> bool:
    if row.kind == IdentityProvider.Kind.WECOM:
        return WeCom(app).status(each.sub) != GONE
    if row.kind == IdentityProvider.Kind.DINGTALK:
        return DingTalk(app).status(each.sub) != GONE
    return _renewed(row, app, each)


def _renewed(row: IdentityProvider, app: SocialApp, each: SsoSession) -> bool:
    """Renew at the provider. `invalid_grant` is its word for: not any more."""
    there = published.configuration(row)
    asked = {"grant_type": "refresh_token", "refresh_token": unseal(each.refresh)}
    named: dict[str, Any] = {"data": asked}
    if not app.secret:
        asked |= {"client_id": app.client_id}
    elif "client_secret_post" in (there.get("token_endpoint_auth_methods_supported") or []):
        asked |= {"client_id": app.client_id, "client_secret": app.secret}
    else:
        named["auth"] = (app.client_id, app.secret)
    status, said = published.call("POST", str(there.get("token_endpoint") or ""), **named)
    if status >= 400 or not said.get("access_token"):
        if said.get("error") == "invalid_grant":
            return False
        raise ProviderSilent(why=str(said.get("error") or status)[:60])
    if said.get("id_token"):
        try:
            claims = tokens.read_id_token(row, str(said["id_token"]), secret=app.secret)
        except BadToken as error:
            raise ProviderSilent(why=str(error.data.get("why"))) from error
        if claims["sub"] != each.sub:
            return False
    if said.get("refresh_token"):
        SsoSession.objects.filter(pk=each.pk).update(refresh=seal(str(said["refresh_token"])))
    return True


def _silent(row: IdentityProvider, each: SsoSession, now: datetime) -> int:
    """The provider could not be asked about this session: it lives on, until the grace is over."""
    since = each.silent_since or now
    if now - since >= timedelta(minutes=row.grace_minutes):
        return ending.end([each], why="provider_silent")
    SsoSession.objects.filter(pk=each.pk).update(silent_since=since, check_at=now + AGAIN)
    return 0


def _tell(row: IdentityProvider, now: datetime) -> None:
    """Administrators hear of it once for each time it falls silent."""
    silent = IdentityProvider.objects.filter(pk=row.pk)
    silent.filter(silent_since=None).update(silent_since=now)
    if not silent.filter(told_at=None).update(told_at=now):
        return
    roles = [Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN]
    people = User.people.filter(is_active=True, posts__role__in=roles).values_list("pk", flat=True)
    tell(
        to=set(people),
        code="provider_silent",
        title=_("登录服务没有回应，已登录的人暂不受影响"),
        body=row.name,
        url=f"/sign-on/{row.pk}/",
        urgent=False,
        channels=(ChannelName.IN_APP, ChannelName.SMS),
    )


def note_silence(row: IdentityProvider) -> None:
    """A page could not reach the provider."""
    _tell(row, clock.now())
