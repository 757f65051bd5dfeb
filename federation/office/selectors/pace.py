"""办理时效: how provinces answer one another, from the receipts on envelopes alone.

One statement over the deliveries of a period. A login counts what it may see: the office every pair, a province the
pairs that it is one side of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db import connection

from federation.office.selectors.flight import NOT_OFFICIAL
from kernel import clock
from kernel.ids import uuid7_floor
from provinces.context import required

By = Literal["pair", "addressee", "sender", "kind", "month"]
FEWEST = 5
"""Below this many letters a pair is shown and not ranked."""
ACCEPTANCE_DAYS = 5
"""Working days to accept or return a letter in, where no agreement says otherwise."""
LONGEST_MONTHS = 24

_KEYS: dict[str, str] = {
    "pair": "d.sender, d.addressee",
    "addressee": "'', d.addressee",
    "sender": "d.sender, ''",
    "kind": "l.kind, ''",
    "month": "to_char(l.written_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), ''",
}
_OFFICE_RATINGS = "LEFT JOIN office_rating r ON r.delivery_id = d.id"
# The thread of a rating is the delivery it rates; a party reads those it wrote and those it got.
_OWN_RATINGS = """LEFT JOIN LATERAL (
        SELECT (b.body::jsonb ->> 'score')::int AS score FROM letters_delivery e
        JOIN letters_letterbody b ON b.letter_id = e.letter_id
        WHERE e.thread = d.id AND e.sender = d.sender AND e.addressee = d.addressee AND e.sequence = 1
    ) r ON true"""
_SQL = """
    SELECT {keys}, count(*),
        count(*) FILTER (WHERE least(d.accepted_at, d.answered_at, d.returned_at) <= c.deadline),
        count(*) FILTER (WHERE c.deadline < %(now)s
            OR least(d.accepted_at, d.answered_at, d.returned_at) <= c.deadline),
        count(*) FILTER (WHERE d.answered_at IS NOT NULL),
        count(*) FILTER (WHERE d.answered_at <= d.due_at),
        count(*) FILTER (WHERE d.due_at < %(now)s OR d.answered_at IS NOT NULL),
        count(*) FILTER (WHERE d.returned_at IS NOT NULL),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM d.answered_at - d.delivered_at)),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM d.answered_at - d.delivered_at)),
        count(r.score), avg(r.score)
    FROM letters_delivery d
    JOIN letters_letter l ON l.id = d.letter_id
    LEFT JOIN unnest(%(days)s::date[], %(deadlines)s::timestamptz[]) AS c (day, deadline)
        ON c.day = (d.delivered_at AT TIME ZONE 'Asia/Shanghai')::date
    {ratings}
    WHERE d.id >= %(begin)s AND d.id < %(end)s AND d.due_at IS NOT NULL
        AND d.sender LIKE 'province:%%' AND d.addressee LIKE 'province:%%' AND NOT l.kind LIKE ANY (%(never)s)
        AND (%(kind)s = '' OR l.kind = %(kind)s)
        AND (%(party)s = '' OR d.sender = %(party)s OR d.addressee = %(party)s)
    GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Period:
    """Whole months, first and last, each by its first day. Letters written in them count."""

    first: date
    last: date

    @classmethod
    def parse(cls, first: str, last: str) -> Period:
        """From "2026-09" and "2026-11"; whatever is missing or wrong is this month and the two before it."""
        today = clock.today().replace(day=1)
        end = min(_month(last) or today, today)
        begin = _month(first) or _back(end, 2)
        begin = max(min(begin, end), _back(end, LONGEST_MONTHS - 1))
        return cls(begin, end)

    @property
    def begin(self) -> datetime:
        """The first moment."""
        return clock.at_start(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return clock.at_start(_back(self.last, -1))


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _back(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True)
class Figure:
    """One row. Counts are of letters; shares are None where there is nothing to divide by.

    on_time: accepted, answered or returned within the term of acceptance; on_time_of: those whose term of acceptance is
    over, or was kept. in_term: answered before they were due; in_term_of: answered or overdue. median_s, p90_s: from
    delivery to answer. score: mean of the ratings, 1 to 3.
    """

    one: str
    other: str
    letters: int
    on_time: int
    on_time_of: int
    answered: int
    in_term: int
    in_term_of: int
    returned: int
    median_s: float | None
    p90_s: float | None
    rated: int
    score: float | None

    @property
    def on_time_share(self) -> float | None:
        """Share accepted in time."""
        return self.on_time / self.on_time_of if self.on_time_of else None

    @property
    def in_term_share(self) -> float | None:
        """Share answered within the term."""
        return self.in_term / self.in_term_of if self.in_term_of else None

    @property
    def is_ranked(self) -> bool:
        """Whether there are enough letters to compare."""
        return self.letters >= FEWEST


def figures(period: Period, *, by: By = "pair", kind: str = "", party: str = "") -> list[Figure]:
    """One figure for each pair, province, kind or month. Pairs: ranked ones first, by shares; then those of too few."""
    days = [period.first + timedelta(days=number) for number in range((period.end - period.begin).days + 62)]
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(keys=_KEYS[by], ratings=_OFFICE_RATINGS if required().kind == "office" else _OWN_RATINGS),
            {
                "now": clock.now(),
                "days": days,
                "deadlines": [clock.at_end(clock.add_working_days(day, ACCEPTANCE_DAYS).date) for day in days],
                "begin": uuid7_floor(period.begin),
                "end": uuid7_floor(period.end),
                "never": [f"{prefix}%" for prefix in NOT_OFFICIAL],
                "kind": kind,
                "party": party,
            },
        )
        found = [Figure(*row[:12], None if row[12] is None else float(row[12])) for row in cursor.fetchall()]
    if by == "month":
        return sorted(found, key=lambda row: row.one)
    return sorted(found, key=_rank)


def _rank(row: Figure) -> tuple[Any, ...]:
    return (
        not row.is_ranked,
        -(row.on_time_share or 0),
        -(row.in_term_share or 0),
        row.median_s or 0,
        -row.letters,
        row.one,
        row.other,
    )


def kinds() -> list[str]:
    """Kinds with a term that provinces write to one another."""
    from federation.contracts.messages import KINDS

    return sorted({kind for (kind, _version), message in KINDS.items() if message.due or message.numbered})
