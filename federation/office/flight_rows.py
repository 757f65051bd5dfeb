"""Official letters as pages, files and API show them: names instead of addresses, who has to act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from federation.contracts.addresses import Address
from federation.letters import words
from federation.letters.models import Delivery
from federation.office.selectors import flight, reminders
from kernel import clock
from webui import slots

State = Delivery.State


@dataclass(frozen=True)
class Row:
    """One official letter on its way to one addressee. to_act: who has to do what now, empty when nobody has.
    has_page: a numbered letter between provinces, which the broker shows by itself."""

    id: UUID
    letter_id: UUID
    kind: str
    document_no: str
    sender: str
    addressee: str
    state: str
    state_name: str
    written_at: datetime
    due_at: datetime | None
    to_act: str
    is_open: bool
    is_overdue: bool
    chased: reminders.Chased | None
    may_chase: bool
    has_page: bool


def rows(deliveries: Iterable[Delivery]) -> list[Row]:
    """Read with their letters."""
    found = list(deliveries)
    names = words.party_names(party for each in found for party in (each.sender, each.addressee))
    chased = reminders.of(found)
    moment, today = clock.now(), clock.today()
    made = []
    for each in found:
        is_open = each.state in flight.OPEN
        late = is_open and each.due_at is not None and each.due_at < moment
        last = chased.get(each.pk)
        made.append(
            Row(
                id=each.pk,
                letter_id=each.letter_id,
                kind=words.kind_name(each.letter.kind),
                document_no=each.letter.document_no,
                sender=names[each.sender],
                addressee=names[each.addressee],
                state=each.state,
                state_name=str(each.get_state_display()),
                written_at=each.letter.written_at,
                due_at=each.due_at,
                to_act=_to_act(each, names[each.addressee]) if is_open else "",
                is_open=is_open,
                is_overdue=late,
                chased=last,
                may_chase=late
                and each.state not in Delivery.UNSETTLED
                and each.addressee != str(Address.office())
                and (last is None or today >= last.again_on),
                has_page=bool(each.letter.document_no)
                and {kind_of(each.sender), kind_of(each.addressee)} == {"province"},
            )
        )
    return made


def kind_of(party: str) -> str:
    """One of "province", "organisation", "office"."""
    return party.partition(":")[0]


def _to_act(each: Delivery, addressee: str) -> str:
    if each.state == State.WAITING:
        return _("平台正在投递")
    if each.state == State.DEAD:
        return _("办公室或收件方：处理滞留件")
    if each.due_at is None and each.state == State.ACCEPTED:
        return ""
    if each.state == State.ACCEPTED:
        return _("{addressee}：办理并答复").format(addressee=addressee)
    return _("{addressee}：接收或退回").format(addressee=addressee)


def where(request: HttpRequest, delivery: Delivery) -> str:
    """Address of the page where this party works on a letter, as the apps above say it; empty where none does."""
    return next(slots.ask("letters:open", request, delivery=delivery), "")
