"""Whether letters move: what waits, what is stuck, how old the oldest is."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from federation.letters.models import Delivery, Letter
from kernel import clock
from provinces.context import required
from provinces.seats import COURIER
from watching.health import Check, Finding, bad, figure, good, register, worse

STUCK = figure("czj_letters_stuck", "Letters that somebody has to look at (dead letters), by addressee")
WAITING = figure("czj_letters_waiting", "Letters on their way, by addressee")
OLDEST = figure("czj_letters_oldest_seconds", "Age of the oldest letter on its way, by addressee")
OVERDUE = figure("czj_letters_overdue", "Letters delivered whose answer is overdue, by addressee")
UNLISTED = figure("czj_letters_unlisted", "Letters that are not in their sender's ledger yet")
LATE_S, STUCK_S = 120, 900


def _letters() -> Finding:
    seat, now = required().name, clock.now()
    rows = Delivery.objects.filter(addressee_seat=seat)
    waiting = Q(state=Delivery.State.WAITING)
    owed = (Delivery.State.DELIVERED, Delivery.State.OPENED, Delivery.State.ACCEPTED)
    found = rows.aggregate(
        waiting=Count("id", filter=waiting),
        stuck=Count("id", filter=Q(state=Delivery.State.DEAD)),
        since=Min("letter__written_at", filter=waiting),
        overdue=Count("id", filter=Q(state__in=owed, due_at__lt=now)),
    )
    unlisted = Letter.objects.filter(
        sender_seat=seat, ledger_entry=None, written_at__lt=now - timedelta(minutes=2)
    ).count() if seat != COURIER.name else 0  # fmt: skip
    age_s = max(0.0, (now - found["since"]).total_seconds()) if found["since"] else 0.0
    figures = {
        STUCK: float(found["stuck"]),
        WAITING: float(found["waiting"]),
        OLDEST: age_s,
        OVERDUE: float(found["overdue"]),
        UNLISTED: float(unlisted),
    }
    if age_s > STUCK_S:
        sentence = _("最早的来函已等了 {minutes} 分钟没有送达。请运维按手册“往来滞留”处理。")
        return bad(sentence, figures=figures, minutes=round(age_s / 60))
    if found["stuck"]:
        sentence = _("有 {stuck} 件滞留件，请在“滞留件”里查看原因，重新投递或退回。")
        return worse(sentence, figures=figures, stuck=found["stuck"])
    if age_s > LATE_S:
        return worse(_("往来送达比平时慢：在途 {waiting} 件。"), figures=figures, waiting=found["waiting"])
    return good(_("在途 {waiting} 件"), figures=figures, waiting=found["waiting"])


register(Check("letters", _("往来"), _letters, ("province", "superior", "brands", "office")))
