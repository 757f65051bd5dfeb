"""What an addressee tells the sender of a letter: opened, accepted or returned, answered. Written by it alone."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audit.move import refusal
from federation.contracts.addresses import Address
from federation.letters.models import Delivery
from kernel import clock
from kernel.errors import BadInput, NotFound404
from provinces.context import required


def opened(letter_id: UUID, addressee: Address | None = None) -> Delivery:
    """Somebody at the addressee has read the letter. The first time counts; later ones change nothing."""
    return _receipt(letter_id, addressee, "open", passed=("opened", "accepted", "answered", "returned"))


def accepted(letter_id: UUID, addressee: Address | None = None) -> Delivery:
    """The addressee takes the matter on. Raises MoveRefused for a letter that was returned."""
    return _receipt(letter_id, addressee, "accept", passed=("accepted", "answered"))


def returned(letter_id: UUID, reason: str, addressee: Address | None = None) -> Delivery:
    """The addressee does not take the matter on, and says why. Raises MoveRefused once it was accepted."""
    reason = reason.strip()
    if not reason:
        raise BadInput(_("请写明退回理由。"), code="return_reason_missing")
    return _receipt(letter_id, addressee, "return", passed=("returned",), return_reason=reason[:500])


def answered(letter_id: UUID, addressee: Address | None = None) -> Delivery:
    """The addressee has answered, and its clock stops."""
    return _receipt(letter_id, addressee, "answer", passed=("answered",))


def over(thread: UUID, *kinds: str, addressee: Address | None = None) -> int:
    """Nothing of these kinds is owed in this matter any more, whoever ended it: the clocks of what came here stop.

    For a matter that ends by what several parties did, or that its asker ended. Returns how many clocks ran.
    """
    rows = Delivery.objects.filter(
        thread=thread, addressee_seat=required().name, letter__kind__in=kinds, state__in=Delivery.MOVES["answer"][0]
    )
    if addressee is not None:
        rows = rows.filter(addressee=str(addressee))
    return rows.update(state=Delivery.State.ANSWERED, answered_at=clock.now())


def _receipt(
    letter_id: UUID, addressee: Address | None, verb: str, *, passed: tuple[str, ...], **fields: str
) -> Delivery:
    """Take the step once; a step that was taken already is no error. Works inside the caller's transaction.

    addressee: needed where one seat reads for several that got the same letter (the brands').
    """
    seat = required()
    rows = Delivery.objects.filter(letter_id=letter_id, addressee_seat=seat.name)
    if addressee is not None:
        rows = rows.filter(addressee=str(addressee))
    sources, target = Delivery.MOVES[verb]
    column = f"{target}_at"
    found = list(rows[:2])
    if not found:
        raise NotFound404(letter_id=letter_id)
    if len(found) > 1:
        raise BadInput(_("这封函件有多个收件方，请说明以哪一方的名义回执。"), code="addressee_ambiguous")
    row = found[0]
    won = rows.filter(state__in=sources).update(state=target, **{column: clock.now()}, **fields)
    row.refresh_from_db()
    if not won and row.state not in passed:
        raise refusal(row, verb)
    return row
