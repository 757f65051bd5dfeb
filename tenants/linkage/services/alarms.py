"""People hear of a term before it is over, and once it is."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.selectors import heads_of
from kernel import clock
from notify.services import tell
from tenants.linkage import terms
from tenants.linkage.models import Referral, Reminder

State = Referral.State
_BEFORE = timedelta(hours=12)


def remind() -> int:
    """Tell the handlers of what is owed within twelve hours, and with the head of what is over. Each once."""
    told = 0
    own = terms.of_platforms()
    watched = Referral.objects.exclude(state__in=[State.WITHDRAWN, State.ENDED]).select_related("case__unit")
    for referral in watched.iterator(chunk_size=200):
        for owed in terms.clocks_of(referral, own):
            if not owed.open:
                continue
            over = owed.due_at < clock.now()
            if over or owed.due_at - clock.now() <= _BEFORE:
                told += _tell(referral, owed, "over" if over else "soon")
    return told


@transaction.atomic
def _tell(referral: Referral, owed: terms.Clock, stage: str) -> int:
    _row, new = Reminder.objects.get_or_create(record_id=referral.pk, what=owed.rule.code, stage=stage)
    if not new:
        return 0
    people = set(referral.case.handlers.values_list("user_id", flat=True))
    if stage == "over":
        people |= {head.pk for head in heads_of(referral.case.unit)}
    if owed.rule.ours:
        title = _("移送的法定期限已过，请立即办理") if stage == "over" else _("移送的法定期限快到了")
    else:
        title = _("公安机关逾期未答复移送，请催办") if stage == "over" else _("移送快到公安机关答复期限")
    tell(
        to=people,
        code="linkage_term",
        title=title,
        body=f"{referral.case.number} · {owed.rule.words}",
        url=f"/linkage/{referral.pk}/",
        urgent=stage == "over" and owed.rule.ours,
    )
    return 1
