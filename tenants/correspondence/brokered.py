"""What the shared layer tells of letters: where the office says that one should go, how a dispute ended."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from federation.broker import hooks
from federation.broker.models import Dispute, Route
from federation.directory import book
from tenants.correspondence import selectors
from tenants.correspondence.models import OfficialLetter
from tenants.correspondence.services import sealing
from tenants.correspondence.services.steps import MACHINE, announce, tell_people


def on_decided(dispute: Dispute) -> None:
    """A dispute over a letter of ours has ended: it stands on the letter, and who wrote it hears."""
    for pk in OfficialLetter.objects.filter(dispute_id=dispute.pk).values_list("pk", flat=True):
        letter = selectors.any_letter(pk)
        trail.record(letter, "dispute_ended", by=MACHINE, data={"dispute": str(dispute.pk)})
        tell_people([letter.drafted_by, letter.checked_by], letter, "official_decided", _("管辖争议有了结果，请查看"))
        announce(letter, "dispute_ended")


def on_routed(route: Route) -> None:
    """The office says who should get a letter that waits for that: the one it names, and it leaves; or another."""
    if route.subject_kind != "official" or route.subject_id is None:
        return
    letter = OfficialLetter.objects.select_for_update().filter(pk=route.subject_id).first()
    if letter is None or letter.state != OfficialLetter.State.ISSUED:
        return
    letter.terms = {**letter.terms, "routed_to": route.unit_ref}
    letter.save(update_fields=["terms"])
    trail.record(letter, "routed", by=MACHINE, data={"unit_ref": route.unit_ref})
    if route.unit_ref == letter.peer_ref:
        pk = letter.pk
        transaction.on_commit(lambda: sealing.seal_and_send(pk))
        return
    unit = book.find(route.unit_ref)
    OfficialLetter.objects.filter(pk=letter.pk).update(
        right_ref=route.unit_ref, right_name=unit.name[:80] if unit is not None else route.unit_ref
    )
    tell_people(
        [letter.drafted_by, letter.issued_by], letter, "official_routed", _("协作办公室建议改发其他单位，请查看")
    )
    announce(letter, "routed")


def lines(letter_id: UUID) -> list[tuple[str, str, str]]:
    """What a letter says, line by line, for a look that its sender has granted. letter_id: in the post office."""
    row = OfficialLetter.objects.filter(post_id=letter_id, direction=OfficialLetter.Direction.OUT).first()
    if row is None:
        return []
    said = [("fact", _("事由"), row.title), ("fact", _("摘要"), row.summary), ("fact", _("建议"), row.suggestion)]
    said += [("file", _("证据清单第 {n} 项").format(n=item.position), item.item) for item in row.items.all()]
    return [each for each in said if each[2]]


def register_all() -> None:
    """Called when the app is ready."""
    hooks.on_decided(on_decided)
    hooks.on_routed(on_routed)
    hooks.letter_lines(lines)
