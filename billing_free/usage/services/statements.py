"""用量结算单: a party's month as it was counted, at ¥0.00, with what it would have cost at home. Frozen once issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.trail import Actor, Person
from billing_free.prices import selectors as prices
from billing_free.usage import rules, selectors
from billing_free.usage.meters import of_host
from billing_free.usage.models import Day, Statement
from billing_free.usage.services import counting
from federation.contracts.addresses import Address
from federation.contracts.usage import StatementLineV1, UsageStatementV1
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import BadInput
from kernel.ids import uuid7
from provinces.context import required

MACHINE = Actor(None, "系统")
ISSUED_ON_DAY = 3
"""A month's statement goes out on the third day of the next one, when what came late has been counted."""
WHY_LENGTH = 200
_LONGEST_BACK = 24


def issue_due() -> list[Statement]:
    """Issue what is due at this seat: each finished month that was counted and has none. Safe to run twice."""
    seat = required()
    first_day = Day.objects.filter(seat=seat.name).order_by("day").values_list("day", flat=True).first()
    if first_day is None:
        return []
    issued: list[Statement] = []
    last = _last_due()
    month = max(first_day.replace(day=1), _back(last, _LONGEST_BACK))
    while month <= last:
        issued += _issue_month(month)
        month = following(month)
    return issued


def issue_last_month() -> list[Statement]:
    """Issue last month's at this seat, due or not, where it has none."""
    return _issue_month(_back(clock.today().replace(day=1), 1))


def _issue_month(month: date) -> list[Statement]:
    seat = required()
    there = set(Statement.objects.filter(seat=seat.name, month=month).values_list("party", flat=True))
    wanted = [party for party in selectors.parties_counted(seat, month) if str(party) not in there]
    return [made for party in wanted if (made := _issue(party, month, by=MACHINE)) is not None]


def amend(statement: Statement, *, why: str, by: Person) -> Statement:
    """Count the month anew and issue the next version; what was issued stays as it is. Raises NotAllowed, BadInput."""
    rules.require_keeper(by, statement)
    if not why.strip():
        raise BadInput(_("请写明更正的原因。"), code="why_missing")
    if clock.today() < following(statement.month):
        raise BadInput(_("这个月还没有结束，不能更正。"), code="month_open")
    counting.count(statement.month, following(statement.month) - timedelta(days=1))
    made = _issue(Address.parse(statement.party), statement.month, by=by, why=why.strip()[:WHY_LENGTH])
    if made is None:
        raise BadInput(_("重新统计的结果与现有的一样，没有出新的版次。"), code="nothing_to_amend")
    return made


def _issue(party: Address, month: date, *, by: Person, why: str = "") -> Statement | None:
    """The next version of a month. None when it would say what the last one says."""
    seat = required()
    lines = lines_of(party, month)
    with transaction.atomic():
        counting.alone(str(party), f"{month}")
        last = Statement.objects.filter(seat=seat.name, party=str(party), month=month).order_by("-version").first()
        if last is not None and last.lines == lines:
            return None
        row = Statement(
            id=uuid7(),
            seat=seat.name,
            party=str(party),
            month=month,
            version=last.version + 1 if last else 1,
            lines=lines,
            home_fen=sum(line["home_fen"] for line in lines),
            issued_by_id=by.pk,
            issued_by_name=by.display_name,
            why=why,
        )
        row.thread = last.thread if last else row.pk
        row.save(force_insert=True)
        trail.record(row, "amend" if last else "issue", by=by, why=why, data={"month": f"{month:%Y-%m}"})
        if seat.kind == "province":
            post(_message(row), to=Address.office(), thread=row.thread, by=MACHINE)
    return row


def lines_of(party: Address, month: date) -> list[dict[str, Any]]:
    """What a party used in a month, priced as of that month: one line a meter, in their order."""
    used = selectors.month_of(party, month)
    priced = prices.in_force(month)
    lines = []
    for meter in of_host(party.seat.kind):
        amount, fen = used.get(meter.code, 0), priced[meter.code].fen if meter.code in priced else meter.fen
        lines.append(
            {
                "meter": meter.code,
                "amount": amount,
                "fen": fen,
                "per": meter.priced_per,
                "home_fen": home_fen(amount, fen, meter.priced_per),
            }
        )
    return lines


def home_fen(amount: int, fen: int | None, per: int) -> int:
    """What an amount costs, to the nearest fen, half a fen up. Whole numbers throughout."""
    return 0 if fen is None else (2 * amount * fen + per) // (2 * per)


def _message(row: Statement) -> UsageStatementV1:
    return UsageStatementV1(
        statement_id=row.pk,
        month=f"{row.month:%Y-%m}",
        number=row.version,
        lines=tuple(StatementLineV1(**line) for line in row.lines),
        home_fen=row.home_fen,
        issued_at=row.issued_at,
    )


def arrived(message: UsageStatementV1, envelope: Envelope) -> Statement:
    """The office keeps what a province sent, once."""
    row, _made = Statement.objects.get_or_create(
        letter_id=envelope.letter_id,
        defaults={
            "seat": required().name,
            "party": str(envelope.sender),
            "month": _first_of(message.month),
            "version": message.number,
            "thread": envelope.thread,
            "lines": [line.model_dump() for line in message.lines],
            "home_fen": message.home_fen,
            "issued_at": message.issued_at,
        },
    )
    return row


def _first_of(month: str) -> date:
    return datetime.strptime(month, "%Y-%m").date()


def _last_due() -> date:
    """The last month whose statement goes out by now."""
    today = clock.today()
    return _back(today.replace(day=1), 1 if today.day >= ISSUED_ON_DAY else 2)


def _back(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def following(month: date) -> date:
    """The first of the next month."""
    return _back(month, -1)


def totals(rows: Sequence[Statement]) -> dict[str, int]:
    """Amounts of several statements together, by meter."""
    found: dict[str, int] = {}
    for row in rows:
        for line in row.lines:
            found[line["meter"]] = found.get(line["meter"], 0) + line["amount"]
    return found
