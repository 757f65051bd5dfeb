"""Whether appraisers answer in the time they promised: breaches of the desk, all organisations together."""

from __future__ import annotations

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import OPEN_STATES
from kernel import clock
from watching.health import Check, Finding, figure, good, register, worse

WAITING = figure("czj_desk_open", "Open tasks of the desk")
BREACHES = figure("czj_desk_overdue", "Open tasks of the desk past the promised time")
OLDEST = figure("czj_desk_oldest_seconds", "How far the oldest task is past its promised time")
MANY = 20


def _desk() -> Finding:
    now = clock.now()
    late = Q(state__in=(DeskTask.State.WAITING, DeskTask.State.CLAIMED), due_at__lt=now)
    found = DeskTask.objects.filter(state__in=OPEN_STATES).aggregate(
        open=Count("id"), late=Count("id", filter=late), since=Min("due_at", filter=late)
    )
    past_s = max(0.0, (now - found["since"]).total_seconds()) if found["since"] else 0.0
    figures = {WAITING: float(found["open"]), BREACHES: float(found["late"]), OLDEST: past_s}
    if found["late"] >= MANY:
        sentence = _("{late} 件申请超过承诺时间没有答复。请省际协作办公室联系相关企业。")
        return worse(sentence, figures=figures, late=found["late"])
    return good(_("待办 {open} 件"), figures=figures, open=found["open"])


register(Check("desk", _("鉴定时限"), _desk, ("brands",)))
