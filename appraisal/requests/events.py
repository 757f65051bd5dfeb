"""What systems of others hear of appraisal requests: states, and each verdict by its code. No words, no photos."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from appraisal.requests import hooks, selectors
from appraisal.requests.models import AppraisalRequest, Opinion
from webhooks import events

GROUP = "appraisal_request"


def _said(row: AppraisalRequest) -> dict[str, Any]:
    return {
        "number": row.number,
        "organisation_id": str(row.organisation_id) if row.organisation_id else None,
        "links": {"api": f"/api/v1/requests/{row.pk}/", "page": f"/requests/{row.pk}/"},
    }


def _door(user: Any, ids: Any) -> Any:
    return selectors.requests_of(user).filter(pk__in=ids).values_list("pk", flat=True)


@hooks.on_verdicts
def _verdicts(request: AppraisalRequest, opinion: Opinion) -> None:
    """Each verdict of an opinion, as it stands now."""
    for verdict in opinion.verdicts.select_related("withdrawal").order_by("pk"):
        withdrawn = hasattr(verdict, "withdrawal")
        events.emit(
            f"{GROUP}.verdict",
            about=request.pk,
            payload={
                "object_id": str(request.pk),
                "state": request.state,
                "verb": "withdraw" if withdrawn else "give",
                "item_id": str(verdict.item_id),
                "verdict_id": str(verdict.pk),
                "verdict": verdict.value,
                "withdrawn": withdrawn,
                "supersedes": str(verdict.supersedes) if verdict.supersedes else None,
                **_said(request),
            },
        )


events.register_life(
    GROUP,
    _("鉴定申请"),
    model="requests.AppraisalRequest",
    door=_door,
    payload=_said,
    names={
        "sent": ("send", _("已发送")),
        "kept": ("keep", _("已留存")),
        "claimed": ("claim", _("已接单")),
        "released": ("release", _("退回队列")),
        "photos_asked": ("ask_photos", _("要求补拍")),
        "photos_sent": ("photos_in", _("补拍已送达")),
        "partly_answered": ("answer_part", _("部分答复")),
        "answered": ("answer", _("已答复")),
        "reopened": ("reopen", _("重新打开")),
        "unanswered": ("give_up", _("无人应答")),
        "cancelled": ("cancel", _("已取消")),
    },
)
events.register(events.EventKind(name=f"{GROUP}.verdict", words=_("辨认结论"), door=_door))
