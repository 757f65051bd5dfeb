"""Writing the price table. What has begun is never priced anew, so no statement of the past can change."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.admission import holds_office_post
from accounts.models import User
from audit import trail
from audit.trail import Person
from billing_free.prices.models import Price
from kernel import clock
from kernel.errors import BadInput, NotAllowed

HIGHEST_FEN = 100_000_000
NOTE_LENGTH = 200


def next_month(day: date) -> date:
    """The first of the month after that day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def check_price(*, fen: int, valid_from: date) -> None:
    """Whether this may be written today. Raises BadInput (`price_out_of_range`, `price_of_the_past`)."""
    if not 0 <= fen <= HIGHEST_FEN:
        raise BadInput(_("单价要在 0 元至 1000000 元之间，最小到分。请改正后再保存。"), code="price_out_of_range")
    first = next_month(clock.today())
    if valid_from.day != 1 or valid_from < first:
        raise BadInput(
            _("新单价只能从下个月或以后某月的 1 日起用（最早 {first}），已开始的月份不改。请改起用月份。"),
            code="price_of_the_past",
            first=first.isoformat(),
        )


def set_price(*, meter: str, fen: int, valid_from: date, note: str = "", by: Person) -> Price:
    """Write what a meter costs at home from a month on. Raises NotAllowed, BadInput."""
    if isinstance(by, User) and not holds_office_post(by):
        raise NotAllowed()
    check_price(fen=fen, valid_from=valid_from)
    with transaction.atomic():
        row = Price.objects.create(
            meter=meter,
            fen=fen,
            valid_from=valid_from,
            note=note.strip()[:NOTE_LENGTH],
            set_by_id=by.pk,
            set_by_name=by.display_name,
        )
        trail.record(row, "set", by=by, data={"meter": meter, "fen": fen, "valid_from": valid_from.isoformat()})
    return row
