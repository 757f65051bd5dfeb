"""Who looked at what: a line for each look at a sensitive record, written before the answer leaves.

Which addresses show sensitive records is declared in one table (`config.reading`); the middleware notes those by
itself. Whatever shows one in another way says so:

    reads.note(clue, by=request.user)                         one record
    reads.note("clues.clue", by=user, what="q", terms=[text])   a search, or a list of many
    reads.note(telling, by=reads.Link(code, _("当事人"), request))   by a link, where nobody is signed in

Lines of one request are written in one statement when its view is done. If that fails the person is shown nothing:
503, `trail_unwritable`. Work without a request (letters, clocks) reads nothing for a person and writes nothing here.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connections, models, router, transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from audit import log
from audit.models import ReadLine
from kernel import clock
from kernel.errors import Unavailable, Words

logger = logging.getLogger(__name__)
MOST_LINES = 50
"""Of one request: beyond that one line says how many more."""
_TERM_CHARACTERS = 16


class TrailUnwritable(Unavailable):
    """A look at a sensitive record cannot be written down, so nothing sensitive is shown."""

    code = "trail_unwritable"
    title = _("暂时不能查阅")
    sentence = _(
        "查阅记录现在写不进去，为免无痕查阅，案件、线索、证据等内容暂停显示，其他页面照常。"
        "系统已通知审计管理员和运维人员；请过几分钟再试，急办事项请电话联系本单位系统管理员。"
    )


@dataclass
class Collected:
    """What one request has looked at so far."""

    lines: list[ReadLine] = field(default_factory=list)
    seen: set[tuple[str, UUID | None, str]] = field(default_factory=set)


_collected: ContextVar[Collected | None] = ContextVar("reads_collected", default=None)


@dataclass(frozen=True)
class Link:
    """Who looks by a link without signing in: its holder.

    token: kept as a digest, so that all looks by one link are found by whoever has it. made_for: whom it was given to,
    in words that name no private person. request: where from, to a 256th of the addresses; None where a page promises
    that nothing tells who its reader was.
    """

    token: str
    made_for: Words
    request: HttpRequest | None = None

    @property
    def said(self) -> str:
        """The holder, as a line says it."""
        with translation.override(settings.LANGUAGE_CODE):  # whatever language the page is read in
            return str(_("凭链接（{holder}）")).format(holder=self.made_for)[:80]

    @property
    def came(self) -> str:
        """What else a line says: by a link, and from about where."""
        return " ".join(["link", *([about(self.request)] if self.request is not None else [])])


def about(request: HttpRequest) -> str:
    """From where a request comes, the end of the address left out; "-" where that is not known."""
    try:
        address = get_adapter(request).get_client_ip(request)
        return str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False))
    except (PermissionDenied, ValueError):
        return "-"


def collecting() -> Any:
    """Begin to collect, for whoever answers a request. Returns a token for `end`."""
    return _collected.set(Collected())


def end(token: Any) -> None:
    """Stop collecting."""
    _collected.reset(token)


def note(
    row_or_label: models.Model | str,
    *,
    by: Any,
    what: str = "",
    terms: Iterable[str] = (),
    record_id: UUID | None = None,
) -> None:
    """Say that a person, or a link's holder, is being shown a sensitive record, or (a label) many of a kind.

    by: who looks (`trail.Person`, or nobody), or a `Link`. what: which file, by which fields; no contents. terms: what
    was searched for, kept as digests only. Outside a request it does nothing. What cannot be written is told when the
    request ends.
    """
    held = _collected.get()
    if held is None:
        return
    link = by if isinstance(by, Link) else None
    if link is not None:
        by, what, terms = None, f"{what} {link.came}".strip(), [*terms, link.token]
    if isinstance(row_or_label, str):
        label, key = row_or_label.lower(), record_id
    else:
        label, key = row_or_label._meta.label_lower, row_or_label.pk
    if (label, key, what) in held.seen:
        return
    held.seen.add((label, key, what))
    known = bool(getattr(by, "is_authenticated", True)) and by is not None
    held.lines.append(
        ReadLine(
            record_label=label,
            record_id=key,
            what=what[:200],
            terms=[term_digest(each) for each in terms if each.strip()],
            by_id=by.pk if known else None,
            by_name=by.display_name[:80] if known else link.said if link is not None else str(_("凭链接")),
            unit_id=getattr(by, "unit_id", None) if known else None,
        )
    )


def term_digest(text: str, *, seat: str = "") -> str:
    """What somebody searched for, as it is kept: comparable by whoever knows the word, readable by nobody.

    Made with the installation's key, for this seat or the one that is named.
    """
    seat = seat or log.name_of(router.db_for_write(ReadLine) or "default")
    plain = "".join(text.split()).casefold()
    key = hashlib.sha256(f"reads {seat} {settings.SECRET_KEY}".encode()).digest()
    return hmac.digest(key, plain.encode(), hashlib.sha256).hex()[:_TERM_CHARACTERS]


def flush(*, way: str, route: str, house_id: UUID | None, client_id: UUID | None, through: str) -> int:
    """Write what was collected, in one statement. Returns how many lines. Raises TrailUnwritable."""
    held = _collected.get()
    if held is None or not held.lines:
        return 0
    lines, held.lines = held.lines, []
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES
        lines = lines[:MOST_LINES]
        lines[-1].what = f"+{more}"
    using = router.db_for_write(ReadLine) or "default"
    seat = log.name_of(using)
    for line in lines:
        line.seat, line.way, line.route = seat, way, route[:160]
        line.house_id, line.client_id, line.through = house_id, client_id, through[:80]
    try:
        write(lines, using)
    except DatabaseError as error:
        logger.critical("reads cannot be written, nothing sensitive is shown: %s", type(error).__name__, exc_info=True)
        _tell(error)
        raise TrailUnwritable() from error
    return len(lines)


def write(lines: Sequence[ReadLine], using: str) -> None:
    """One INSERT; a transaction of its own only where one is open already."""
    connection = connections[using]
    columns = ReadLine._meta.concrete_fields
    rows = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(lines))
    names = ", ".join(f'"{each.column}"' for each in columns)
    sql = f'INSERT INTO "{ReadLine._meta.db_table}" ({names}) VALUES {rows}'  # noqa: S608 - names of ours
    values = [each.get_db_prep_save(each.pre_save(line, True), connection) for line in lines for each in columns]
    inside = transaction.atomic(using=using) if connection.in_atomic_block else nullcontext()
    with inside, connection.cursor() as cursor:
        cursor.execute(sql, values)


# Alarm ----------------------------------------------------------------------------------------------------------------

Alarm = Callable[[DatabaseError], object]
_alarms: list[Alarm] = []


def on_unwritable(alarm: Alarm) -> Alarm:
    """Call `alarm(error)` when a line cannot be written. What it raises is logged."""
    if alarm not in _alarms:
        _alarms.append(alarm)
    return alarm


def _tell(error: DatabaseError) -> None:
    for alarm in _alarms:
        try:
            alarm(error)
        except Exception:  # an alarm that fails must not hide what it is about
            logger.exception("the alarm of an unwritable trail failed")


def try_writing() -> str:
    """Whether a line could be written now: "" or why not. Writes one and takes it back."""
    using = router.db_for_write(ReadLine) or "default"
    try:
        with transaction.atomic(using=using):
            write(
                [ReadLine(seat=log.name_of(using), record_label="audit.readline", by_name="-", at=clock.now())], using
            )
            transaction.set_rollback(True, using=using)
    except DatabaseError as error:
        return type(error.__cause__ or error).__name__
    return ""


# Which addresses ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address shows: records of `label`, named by the argument; "" for many, searched by `fields`."""

    label: str
    argument: str = ""
    fields: tuple[str, ...] = ()


def request_notes(request: HttpRequest, shown: Iterable[Shown], kwargs: dict[str, Any]) -> None:
    """Note what a request was shown, from its address."""
    for each in shown:
        if each.argument:
            value = kwargs[each.argument]
            try:
                key = value if isinstance(value, UUID) else UUID(str(value))
            except ValueError:
                continue
            what = str(kwargs.get("what") or kwargs.get("kind") or "")
            note(each.label, by=request.user, what=what, record_id=key)
        else:
            used = [name for name in each.fields if request.GET.get(name, "").strip()]
            if used or not each.fields:
                terms = [request.GET[name] for name in used]
                note(each.label, by=request.user, what=",".join(used) or "list", terms=terms)
