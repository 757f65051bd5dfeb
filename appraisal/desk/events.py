"""What a brand's own systems hear of its desk. Each house hears of its own tasks alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import DeskTask
from federation.parties.houses import houses_of
from webhooks import events


def _said(row: DeskTask) -> dict[str, Any]:
    links = {"page": f"/desk/{row.pk}/"}
    return {"number": row.request_no, "province": row.province_code, "request_id": str(row.request_id), "links": links}


def _house(row: DeskTask) -> UUID:
    found: UUID = row.organisation_id
    return found


def task_came(row: DeskTask) -> None:
    """A task has arrived."""
    said = {"object_id": str(row.pk), "state": row.state, "verb": "arrive", **_said(row)}
    events.emit("desk_task.arrived", about=row.pk, payload=said, organisation_id=row.organisation_id)


def _door(user: Any, ids: Any) -> Any:
    return DeskTask.objects.filter(pk__in=ids, organisation_id__in=houses_of(user)).values_list("pk", flat=True)


events.register(events.EventKind(name="desk_task.arrived", words=_("已到达"), door=_door, hosts=("brands",)))
events.register_life(
    "desk_task",
    _("鉴定任务"),
    model="desk.DeskTask",
    door=_door,
    payload=_said,
    house=_house,
    hosts=("brands",),
    names={
        "claimed": ("claim", _("已接单")),
        "released": ("release", _("退回队列")),
        "photos_asked": ("ask_photos", _("要求补拍")),
        "photos_arrived": ("photos_in", _("补拍已到")),
        "partly_answered": ("answer_part", _("部分答复")),
        "answered": ("answer", _("已答复")),
        "reopened": ("reopen", _("重新打开")),
        "cancelled": ("cancel", _("已取消")),
    },
)
