"""What the shared layer tells of letters: where the office says that one should go, how a dispute ended."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from audit import trail
from federation.broker import hooks
from federation.broker.models import Dispute
from tenants.correspondence import selectors
from tenants.correspondence.models import OfficialLetter
from tenants.correspondence.services.steps import MACHINE, announce, tell_people


def on_decided(dispute: Dispute) -> None:
    """A dispute over a letter of ours has ended: it stands on the letter, and who wrote it hears."""
    for pk in OfficialLetter.objects.filter(dispute_id=dispute.pk).values_list("pk", flat=True):
        letter = selectors.any_letter(pk)
        trail.record(letter, "dispute_ended", by=MACHINE, data={"dispute": str(dispute.pk)})
        tell_people([letter.drafted_by, letter.checked_by], letter, "official_decided", _("管辖争议有了结果，请查看"))
        announce(letter, "dispute_ended")


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
    hooks.letter_lines(lines)
