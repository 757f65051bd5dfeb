"""What is done to connections, clients and secrets. Each writes the trail in the same transaction."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from audit import trail
from audit.move import move
from audit.trail import Person
from connections import rules, scopes
from connections.models import Client, Connection, Secret
from connections.seen import require as require_seen
from connections.selectors import client_named
from kernel import clock
from kernel.errors import BadInput, Conflict, NotFound404
from provinces.context import required

MOST_SECRETS = 2
MOST_PER_MINUTE = 6_000
CLOCK_WINDOW_S = range(0, 3601)
_ORIGIN = re.compile(r"^(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?$")


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_client_id() -> str:
    """A `client_id` that names its host in clear."""
    return f"czj-{required().name}-{secrets.token_hex(10)}"


def new_secret() -> str:
    """A secret of 256 random bits that names its host in clear."""
    return f"czjs_{required().name}_{secrets.token_urlsafe(32)}"


def seat_of_client_id(client_id: str) -> str:
    """The host that a `client_id` names; "" when it is none of ours."""
    found = re.match(r"^czj-([a-z][a-z0-9]{1,30})-[0-9a-f]{20}$", client_id)
    return found[1] if found else ""


# Connections ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def create(
    *,
    by: Person,
    kind: str,
    name: str,
    contact: str = "",
    allowed_origins: Sequence[str] = (),
    clock_window_s: int = 300,
    per_minute: int = 0,
    organisation_id: UUID | str | None = None,
) -> Connection:
    """Make a connection, not yet switched on. Raises BadInput, NotAllowed `not_keeper`."""
    rules.require_keeper(by)
    houses = rules.organisations(by) if isinstance(by, User) else None
    organisation_id = UUID(str(organisation_id)) if organisation_id else None
    if houses is not None and organisation_id not in houses:
        raise NotFound404()
    row = Connection.objects.create(
        seat=required().name,
        organisation_id=organisation_id,
        kind=kind,
        name=_named(name),
        contact=contact.strip()[:200],
        allowed_origins=origins(allowed_origins),
        clock_window_s=_window(clock_window_s),
        per_minute=_limit(per_minute),
        created_by=by if isinstance(by, User) else None,
    )
    trail.record(row, "create", by=by, data={"kind": kind})
    return row


@transaction.atomic
def edit(
    connection: Connection,
    *,
    by: Person,
    name: str,
    contact: str = "",
    allowed_origins: Sequence[str] = (),
    clock_window_s: int = 300,
    per_minute: int = 0,
) -> Connection:
    """Change a connection. Origins added and a wider clock wait in `asked` while it is on, for the second person."""
    rules.require_keeper(by)
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    wanted = origins(allowed_origins)
    window = _window(clock_window_s)
    fields: dict[str, Any] = {"name": _named(name), "contact": contact.strip()[:200], "per_minute": _limit(per_minute)}
    asked: dict[str, Any] = {}
    if row.is_on and not rules.may_switch(by):
        fields["allowed_origins"] = [each for each in wanted if each in row.allowed_origins]
        if set(wanted) - set(row.allowed_origins):
            asked["allowed_origins"] = wanted
        fields["clock_window_s"] = min(window, row.clock_window_s)
        if window > row.clock_window_s:
            asked["clock_window_s"] = window
    else:
        fields |= {"allowed_origins": wanted, "clock_window_s": window}
    fields["asked"] = asked
    changed = sorted(key for key, value in fields.items() if getattr(row, key) != value)
    if changed:
        Connection.objects.filter(pk=row.pk).update(**fields)
        trail.record(row, "edit", by=by, data={"fields": changed})
    row.refresh_from_db()
    return row


@transaction.atomic
def agree(connection: Connection, *, by: Person, seen: str = "") -> Connection:
    """The second person lets what was asked come true. Raises Conflict `nothing_asked`, ChangedSinceSeen (`seen`)."""
    rules.require_switcher(by)
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    if not row.asked:
        raise Conflict(_("没有等待同意的改动。请刷新页面。"), code="nothing_asked")
    require_seen(seen, row.seen)
    asked = {key: row.asked[key] for key in ("allowed_origins", "clock_window_s") if key in row.asked}
    Connection.objects.filter(pk=row.pk).update(**asked, asked={})
    trail.record(row, "agree", by=by, data={"fields": sorted(asked)})
    row.refresh_from_db()
    return row


@transaction.atomic
def decline(connection: Connection, *, by: Person, why: str = "") -> Connection:
    """What was asked is dropped."""
    rules.require_switcher(by)
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    Connection.objects.filter(pk=row.pk).update(asked={})
    trail.record(row, "decline", by=by, why=why)
    row.refresh_from_db()
    return row


@transaction.atomic
def switch_on(connection: Connection, *, by: Person, seen: str = "") -> Connection:
    """Let it work, with the clients that wait. Raises NotAllowed `not_switcher`, MoveRefused, ChangedSinceSeen."""
    rules.require_switcher(by)
    require_seen(seen, Connection.objects.select_for_update().get(pk=connection.pk).seen)
    row = move(connection, "switch_on", by=by)
    if row.asked:
        agree(row, by=by)
    for client in row.clients.filter(state=Client.State.DRAFT):
        move(client, "switch_on", by=by)
    row.refresh_from_db()
    return row


@transaction.atomic
def switch_off(connection: Connection, *, by: Person, why: str) -> Connection:
    """Stop everything of it at once; its access tokens are gone. Keeper and switcher may both."""
    if isinstance(by, User) and not rules.may_see(by):
        rules.require_keeper(by)
    if not why.strip():
        raise BadInput(_("请写明原因，再提交。"), code="reason_missing")
    row = move(connection, "switch_off", by=by, why=why)
    Token.objects.filter(client__connected__connection=row).delete()
    return row


# Clients --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_client(
    connection: Connection,
    *,
    by: Person,
    name: str,
    wanted: Sequence[str],
    unit: Unit | None = None,
    roles: Sequence[str] = (),
) -> tuple[Client, str]:
    """Make a program's access with its service account. Returns the row, and the secret, which is shown this once.

    wanted: scopes. unit, roles: what the service account is in a province, of the everyday posts that a program may
    hold. On a living connection the client waits for the second person. Raises BadInput, NotAllowed.
    """
    rules.require_keeper(by)
    in_province = required().kind == "province"
    if in_province and (unit is None or not roles):
        raise BadInput(
            _("请为接入账号选定单位和至少一个岗位：它只能看到、办理这个单位的事。"), code="service_unit_missing"
        )
    if strange := set(roles) - set(rules.SERVICE_ROLES):
        raise BadInput(
            _("接入账号不能担任这些岗位：{roles}。局领导的决定要由人作出。"),
            code="service_role_wrong",
            roles=sorted(strange),
        )
    return write_client(
        connection, by=by, name=name, granted=scopes.check(wanted, urlconf_here()), unit=unit, roles=roles
    )


@transaction.atomic
def write_client(
    connection: Connection,
    *,
    by: Person,
    name: str,
    granted: Sequence[str],
    unit: Unit | None = None,
    roles: Sequence[str] = (),
) -> tuple[Client, str]:
    """The same with scopes that were looked at: the sample need not load every address of a host for it."""
    in_province = required().kind == "province"
    maker = by if isinstance(by, User) else None
    client_id = new_client_id()
    account = User.objects.create_user(
        f"svc-{client_id.rpartition('-')[2]}",
        name=connection.name[:40],
        title=f"{connection.name[:30]}（{_('系统')}）"[:40],
        unit=unit if in_province else None,
        is_service=True,
    )
    if in_province:
        Post.objects.bulk_create(Post(user=account, unit=unit, role=role) for role in sorted(set(roles)))
    rules.admit(account, connection.organisation_id)
    oidc = OidcClient(
        id=client_id,
        name=_named(name),
        secret="!",  # its secrets lie in `Secret`, two at a time; allauth's own way of checking finds none
        type=OidcClient.Type.CONFIDENTIAL,
        grant_types=OidcClient.GrantType.CLIENT_CREDENTIALS,
        response_types="",
    )
    oidc.set_scopes(list(granted))
    oidc.set_default_scopes(list(granted))
    oidc.save()
    row = Client.objects.create(connection=connection, oidc=oidc, user=account, name=_named(name), created_by=maker)
    trail.record(
        row,
        "create",
        by=by,
        data={
            "client_id": client_id,
            "scopes": list(granted),
            "roles": sorted(set(roles)),
            "unit": str(unit.pk) if unit else "",
        },
    )
    if connection.is_on and rules.may_switch(by):
        move(row, "switch_on", by=by)
    return row, _add_secret(row, by=by)


@transaction.atomic
def narrow(client: Client, *, by: Person, wanted: Sequence[str]) -> Client:
    """Take scopes away; it counts from the next call. More scopes need a new client and the second person.

    Raises BadInput `scopes_only_fewer`.
    """
    rules.require_keeper(by)
    left = scopes.check(wanted, urlconf_here())
    # As it is now: what somebody has taken away since this was read must not come back with it.
    client = Client.objects.select_for_update(of=("self",)).select_related("oidc").get(pk=client.pk)
    if more := sorted(set(left) - set(client.scopes)):
        raise BadInput(
            _("已有的接入账号只能减少权限。要增加“{scopes}”，请另建一个接入账号。"),
            code="scopes_only_fewer",
            scopes=[scopes.spoken(each) for each in more],
        )
    before = client.scopes
    client.oidc.set_scopes(left)
    client.oidc.set_default_scopes(left)
    client.oidc.save(update_fields=["scopes", "default_scopes"])
    trail.record(client, "narrow", by=by, data={"gone": sorted(set(before) - set(left))})
    return client


@transaction.atomic
def switch_client_on(client: Client, *, by: Person) -> Client:
    """The second person lets a client work that was made while its connection was on."""
    rules.require_switcher(by)
    return move(client, "switch_on", by=by)


@transaction.atomic
def revoke(client: Client, *, by: Person, why: str = "") -> Client:
    """End a client at once, with its secrets, its tokens and its service account. Keeper and switcher may both."""
    if isinstance(by, User) and not rules.may_see(by):
        rules.require_keeper(by)
    now = clock.now()
    row = move(client, "revoke", by=by, why=why, revoked_at=now)
    row.secrets.filter(ended_at=None).update(ended_at=now)
    Token.objects.filter(client_id=row.oidc_id).delete()
    User.objects.filter(pk=row.user_id).update(is_active=False, suspended_at=now)
    return row


# Secrets --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_secret(client: Client, *, by: Person) -> str:
    """A second secret beside the first, for changing over. Returns it, this once. Raises Conflict `secrets_full`."""
    rules.require_keeper(by)
    Client.objects.select_for_update().get(pk=client.pk)
    if client.state == Client.State.REVOKED:
        raise Conflict(_("这个接入账号已吊销。请另建一个。"), code="client_revoked")
    if client.secrets.filter(ended_at=None).count() >= MOST_SECRETS:
        raise Conflict(_("已有两把密钥在用。请先停用旧的一把。"), code="secrets_full")
    return _add_secret(client, by=by)


@transaction.atomic
def end_secret(client: Client, secret_id: UUID, *, by: Person) -> None:
    """End one secret; no new token is got with it. Tokens of an hour at most live on: revoke the client to end those.

    Raises NotFound404.
    """
    if isinstance(by, User) and not rules.may_see(by):
        rules.require_keeper(by)
    secret = client.secrets.filter(pk=secret_id, ended_at=None).first()
    if secret is None:
        raise NotFound404()
    client.secrets.filter(pk=secret.pk).update(ended_at=clock.now())
    trail.record(client, "end_secret", by=by, data={"fingerprint": secret.fingerprint})


def authenticated(client_id: str, secret: str) -> Client | None:
    """The client of this seat that this id and living secret are of, whatever its state; None when they are wrong."""
    client = client_named(client_id) if client_id and secret else None
    if client is None:
        return None
    found = client.secrets.filter(digest=digest_of(secret), ended_at=None).first()
    if found is None:
        return None
    client.secrets.filter(pk=found.pk).update(last_used_at=clock.now())
    return client


def _add_secret(client: Client, *, by: Person) -> str:
    secret = new_secret()
    row = Secret.objects.create(
        client=client, digest=digest_of(secret), created_by=by if isinstance(by, User) else None
    )
    trail.record(client, "add_secret", by=by, data={"fingerprint": row.fingerprint})
    return secret


# What is written by hand ----------------------------------------------------------------------------------------------


def origins(said: Sequence[str]) -> list[str]:
    """Exact origins, each once, as browsers write them. Raises BadInput `origin_wrong`."""
    found: list[str] = []
    for each in said:
        text = each.strip().rstrip("/").lower()
        if not text:
            continue
        match = _ORIGIN.match(text)
        usual = {"http": "80", "https": "443"}
        plain = settings.SCHEME == "http" or (match is not None and match[1] == "https")
        if match is None or not plain or urlsplit(text).path or int(match[3] or 1) > 65535:
            raise BadInput(
                _("“{origin}”不是完整的网址来源。请写成 https://主机名 或 https://主机名:端口，不带路径，不用通配符。"),
                code="origin_wrong",
                origin=each.strip()[:80],
            )
        text = text.removesuffix(f":{usual[match[1]]}")
        if text not in found:
            found.append(text)
    return found[:20]


def urlconf_here() -> str:
    """The addresses of the hosts of this seat."""
    kind = required().kind
    return str(settings.URLCONFS["province" if kind == "province" else kind])


def limit_of(connection: Connection) -> int:
    """Calls a minute of each of its programs, as they count now."""
    return int(connection.per_minute or settings.API_CALLS_PER_MINUTE)


def _named(name: str) -> str:
    if not name.strip():
        raise BadInput(_("请写名称，例如“广西办案系统”。"), code="name_missing")
    return name.strip()[:60]


def _window(seconds: int) -> int:
    if seconds not in CLOCK_WINDOW_S:
        raise BadInput(_("时钟误差为 0 至 3600 秒。"), code="clock_window_wrong")
    return seconds


def _limit(per_minute: int) -> int:
    if not 0 <= per_minute <= MOST_PER_MINUTE:
        raise BadInput(
            _("每分钟调用上限为 0 至 {longest}，0 表示按通常上限。"), code="per_minute_wrong", longest=MOST_PER_MINUTE
        )
    return per_minute
