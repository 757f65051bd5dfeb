"""A launch is let in or refused; what was opened is remembered, so that nothing is typed twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Post, Unit, User
from accounts.phones import normal_phone
from accounts.rules import THREE_ADMINISTRATORS
from audit import trail
from connections.models import Connection
from connections.traffic import note
from kernel import clock
from provinces.kept import Kept
from tenants.embedding import tokens
from tenants.embedding.context import Opened
from tenants.embedding.errors import LaunchRefused
from tenants.embedding.models import Launch, LaunchKey, Matter
from tenants.embedding.services import matters, photos
from tenants.embedding.tokens import Checked, Context

log = logging.getLogger(__name__)
Role = Post.Role
Answer = TypeVar("Answer")
REFUSALS_KEPT_A_MINUTE = 30
_USE_NOTED_EVERY_S = 60


@dataclass(frozen=True)
class Entry:
    """Who comes in, and for what."""

    officer: User
    matter: Matter
    mark: Opened
    context: Context
    launch: Launch


@dataclass(frozen=True)
class Around:
    """What the browser says of where it stands. framed: whether it loads a frame; None where it does not say."""

    framed: bool | None
    page: str = ""


def enter(token: str, around: Around, then: Callable[[Entry], Answer], *, signed_in: User | None = None) -> Answer:
    """Check a signed link, take up its matter, and do what comes `then` (the sign-in) in the same transaction.

    signed_in: the officer whom the province's own provider has signed in: the token names them or nobody. What comes
    then may be done a second time, after what it wrote first was taken back. Outside any transaction. Raises
    LaunchRefused, and notes why.
    """
    checked, began = Checked(), time.perf_counter()
    try:
        entry, answer = _enter(token, around, checked, signed_in, then)
    except LaunchRefused as refused:
        _note_refusal(checked, refused, int((time.perf_counter() - began) * 1000))
        refused.connection = checked.connection  # type: ignore[attr-defined] # whose pages may show the refusal
        raise
    ms = int((time.perf_counter() - began) * 1000)
    note(
        entry.mark.connection_id, direction="in", what="launch", ok=True, status=302, ms=ms,
        reference=entry.matter.case_number,
    )  # fmt: skip
    return answer


def _enter(
    token: str, around: Around, checked: Checked, signed_in: User | None, then: Callable[[Entry], Answer]
) -> tuple[Entry, Answer]:
    said = tokens.check(token, checked, subject=signed_in is None)
    assert checked.connection is not None
    connection = checked.connection
    launch = Launch(
        connection_id=connection.pk, jti=said.jti, case_number=said.number, target=said.target, skew_s=checked.skew_s
    )
    try:
        launch.officer = officer = _officer(said, signed_in)
        unit = _unit(said, officer)
        launch.origin = _origin(said, connection, around)
    except LaunchRefused as refused:
        launch.officer, launch.code = None, refused.code
        with transaction.atomic():
            _spend(launch)
        raise
    entry, answer = _open(said, connection, officer, unit, launch, then)
    _note_use(checked.key)
    return entry, answer


def _spend(launch: Launch) -> None:
    """A token's number works once; its row is the record of the launch. Raises LaunchRefused.

    Inside a transaction: what was raised must end it.
    """
    try:
        launch.save(force_insert=True)
    except IntegrityError as error:
        raise LaunchRefused("launch_replayed") from error


def _officer(said: Context, signed_in: User | None) -> User:
    """Exactly one active person of this province, by account, certificate number or phone."""
    found = _named(said.officer) if said.officer else []
    if signed_in is not None:
        if said.officer and [each.pk for each in found] != [signed_in.pk]:
            raise LaunchRefused("launch_other_officer", signed_in=signed_in.display_name)
        found = [signed_in]
    if not found:
        raise LaunchRefused("launch_officer_unknown")
    if len(found) > 1:
        raise LaunchRefused("launch_officer_two")
    officer = found[0]
    if not officer.is_active:
        raise LaunchRefused("launch_officer_suspended")
    roles = {post.role for post in officer.posts.all()}
    if roles & THREE_ADMINISTRATORS or not roles & {Role.OFFICER, Role.DISPATCHER, Role.LEADER}:
        raise LaunchRefused("launch_not_an_officer")
    return officer


def _named(name: str) -> list[User]:
    return _NAMED.rows(name, normal_phone(name) or name)


_NAMED = Kept(
    lambda name, phone: User.people.filter(
        Q(username__iexact=name) | Q(officer_cert_no=name) | Q(phone=phone)
    ).select_related("unit"),
    along={"posts": Kept(lambda people: Post.objects.filter(user_id__in=people).select_related("unit"))},
)


def _unit(said: Context, officer: User) -> Unit:
    units = [officer.unit, *(post.unit for post in officer.posts.all())]
    if officer.unit is None:
        raise LaunchRefused("launch_other_unit", unit="—")
    if said.unit and said.unit not in {each.code for each in units if each is not None}:
        raise LaunchRefused("launch_other_unit", unit=officer.unit.name)
    return officer.unit


def _origin(said: Context, connection: Connection, around: Around) -> str:
    """The origin of the page around the frame; "" in a window of its own."""
    framed = around.framed if around.framed is not None else bool(said.origin)
    if not framed:
        return ""
    page = urlsplit(around.page)
    origin = said.origin or (f"{page.scheme}://{page.netloc}" if page.netloc else "")
    if origin not in connection.allowed_origins:
        raise LaunchRefused("launch_origin", origin=origin or "—")
    return origin


def _open(
    said: Context,
    connection: Connection,
    officer: User,
    unit: Unit,
    launch: Launch,
    then: Callable[[Entry], Answer],
) -> tuple[Entry, Answer]:
    """One commit for it all. A number that was spent before ends it there, and nothing of it stays."""
    for again in (True, False):
        try:
            with transaction.atomic():
                with trail.through(connection.name):
                    matter = matters.take_up(said, connection=connection, by=officer, unit=unit)
                    photos.expect(matter, said.photos, by=officer)
                    launch.matter = matter
                    _spend(launch)
                    trail.record(matter, "launch", by=officer, data={"framed": bool(launch.origin)})
                mark = Opened(connection.pk, connection.name, matter.pk, launch.origin, matter.case_number)
                entry = Entry(officer, matter, mark, said, launch)
                return entry, then(entry)
        except IntegrityError:
            if not again:  # two windows opened one new case at the same moment: the second finds what the first made
                raise
    raise AssertionError("unreachable")


def _note_use(key: LaunchKey | None) -> None:
    now = clock.now()
    if key is not None and (key.used_at is None or (now - key.used_at).total_seconds() > _USE_NOTED_EVERY_S):
        LaunchKey.objects.filter(pk=key.pk).update(used_at=now)


def _note_refusal(checked: Checked, refused: LaunchRefused, ms: int) -> None:
    """In the traffic of the connection that is named, never with the token; on its page so many a minute."""
    connection = checked.connection
    if connection is None:
        log.info("launch refused: %s", refused.code)
        return
    case = checked.claims.get("case")
    number = str(case.get("number") or "")[:80] if isinstance(case, dict) else ""
    note(
        connection.pk, direction="in", what="launch", ok=False, status=refused.status, ms=ms, code=refused.code,
        reference=number, payload={"reason": refused.code, "clock_ahead_s": checked.skew_s},
    )  # fmt: skip
    if Launch.objects.filter(
        connection_id=connection.pk, code=refused.code, jti=str(checked.claims.get("jti"))
    ).exists():
        return  # its number was spent, and its row says why already
    key = f"launch-refused:{connection.pk}:{int(time.time() // 60)}"
    cache.add(key, 0, timeout=120)
    if cache.incr(key) <= REFUSALS_KEPT_A_MINUTE:
        Launch.objects.create(
            connection_id=connection.pk, code=refused.code, case_number=number, skew_s=checked.skew_s, ms=ms
        )
