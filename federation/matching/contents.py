"""The fourth rung: one province lets another read what its records say, by grants that it can end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from federation.contracts.addresses import Address
from federation.contracts.grants import Content, Level
from federation.grants.services import Shared
from federation.grants.services import give as grant
from federation.matching import sources
from kernel import clock
from kernel.errors import BadInput

PURPOSE = _("跨省线索比对后互通情况")
LEVELS: dict[Content, Level] = {"fact": "view"}
"""The facts of a record go; people, pictures and files are given by a grant or letter of their own."""


def give(*, to: Address, records: Sequence[tuple[str, UUID]], by: User, until: date) -> UUID:
    """Grant the other province the facts of these records. Returns the first grant's id.

    Raises BadInput (`no_record_left`, `grant_day_over`).
    """
    known = sources.described(records)
    if not known:
        raise BadInput(_("本省已没有涉及这条比中的记录，没有内容可以提供。"), code="no_record_left")
    if until <= clock.today():
        raise BadInput(_("授权要到以后的日期为止。请重新选择。"), code="grant_day_over")
    made = [
        grant(
            to=to,
            purpose=str(PURPOSE),
            contents=LEVELS,
            subject_kind=source,
            subject_id=record_id,
            subject_title=said.number,
            expires_at=clock.at_end(until),
            by=by,
            items=[Shared(content="fact", title=said.number, text=said.facts or said.title)],
        )
        for (source, record_id), said in known.items()
    ]
    return made[0].grant_id
