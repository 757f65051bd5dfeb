"""How much the seat keeps: originals, and the copies made of them."""

from __future__ import annotations

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from evidence.models import Exhibit
from kernel import clock
from provinces.context import required
from watching.health import Check, Finding, figure, good, register, worse

STORED = figure("czj_stored_bytes", "Bytes of originals that a seat keeps")
EXHIBITS = figure("czj_exhibits", "Exhibits that a seat keeps")
UNREADY = figure("czj_photos_unready", "Photos that wait longer than ten minutes for the copy people look at")
PATIENCE_S = 600


def _storage() -> Finding:
    from datetime import timedelta

    own = Exhibit.objects.filter(owner=required().name) if required().kind == "province" else Exhibit.objects.all()
    late = Q(state=Exhibit.State.RECEIVED, received_at__lt=clock.now() - timedelta(seconds=PATIENCE_S))
    found = own.aggregate(size=Sum("size_bytes"), number=Count("id"), late=Count("id", filter=late))
    size, number, unready = int(found["size"] or 0), found["number"], found["late"]
    figures = {STORED: float(size), EXHIBITS: float(number), UNREADY: float(unready)}
    megabytes = round(size / 1_000_000)
    if unready:
        sentence = _("{unready} 张照片超过十分钟没有处理好。请运维按手册“定时任务停止”处理。")
        return worse(sentence, figures=figures, unready=unready)
    return good(_("原件 {number} 件，共 {megabytes} MB"), figures=figures, number=number, megabytes=megabytes)


register(Check("storage", _("证据存储"), _storage))
