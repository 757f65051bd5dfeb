"""What the owner of a library lets it do for photos of other right holders' goods."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.desk.selectors import Desk
from appraisal.recognition.models import LibraryChoice
from appraisal.recognition.services.steps import require_decider
from audit import trail
from kernel import clock
from kernel.errors import BadInput


@transaction.atomic
def choose(*, desk: Desk, others: str) -> LibraryChoice:
    """Say whether, and with how much, the library answers for others. Holds from now on; what was sent stays sent."""
    require_decider(desk)
    if others not in LibraryChoice.Others.values:
        raise BadInput(_("请选择本库对别的品牌的申请提供什么。"), code="share_unknown")
    row, made = LibraryChoice.objects.get_or_create(
        organisation=desk.organisation, defaults={"others": others, "said_by": desk.person, "said_at": clock.now()}
    )
    if not made and row.others == others:
        return row
    row.others, row.said_by, row.said_at = others, desk.person, clock.now()
    row.save()
    trail.record(row, "choose", by=desk.person, to_state=others)
    return row
