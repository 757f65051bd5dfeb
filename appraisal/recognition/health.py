"""Whether recognition keeps up: photos that wait to be looked at, and indexes that do not match the library."""

from __future__ import annotations

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from appraisal.recognition.models import IndexState, PhotoLook
from kernel import clock
from watching.health import Check, Finding, bad, figure, good, register, worse

WAITING = figure("czj_recognition_waiting", "Photos that wait for recognition")
OLDEST = figure("czj_recognition_oldest_seconds", "Age of the oldest photo that waits for recognition")
BROKEN = figure("czj_recognition_broken", "Libraries whose engine or index is out of order")
LATE_S, STUCK_S = 300, 1800


def _recognition() -> Finding:
    open_ = Q(state__in=(PhotoLook.State.WAITING, PhotoLook.State.RUNNING, PhotoLook.State.PENDING))
    found = PhotoLook.objects.filter(open_).aggregate(number=Count("id"), since=Min("asked_at"))
    broken = IndexState.objects.exclude(engine_code__in=("", "ok")).count()
    age_s = max(0.0, (clock.now() - found["since"]).total_seconds()) if found["since"] else 0.0
    figures = {WAITING: float(found["number"]), OLDEST: age_s, BROKEN: float(broken)}
    if age_s > STUCK_S or broken:
        sentence = _("识假停了：{number} 张照片在等。鉴定照常，只是没有已知假货提示。请运维按手册“识假停止”处理。")
        return bad(sentence, figures=figures, number=found["number"])
    if age_s > LATE_S:
        return worse(_("识假比平时慢：{number} 张照片在等。"), figures=figures, number=found["number"])
    return good(_("等待 {number} 张"), figures=figures, number=found["number"])


register(Check("recognition", _("识假"), _recognition, ("brands",)))
