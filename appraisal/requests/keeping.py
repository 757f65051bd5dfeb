"""Requests with their photos. A request that became part of a matter stays with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind, Subject
from papers.keeping import OF_MATTERS

_PARTS = (
    *OF_MATTERS,
    "matching.Holding",
    *(
        "requests.RequestItem",
        "requests.ItemPhoto",
        "requests.AbsentShot",
        "requests.Supplement",
        "requests.Opinion",
        "requests.Verdict",
        "requests.SceneSignature",
        "requests.VerdictWithdrawal",
        "requests.Line",
        "requests.LinePhoto",
        "requests.Appointment",
    ),
    *(
        "hints.Hint",
        "hints.Looked",
        "hints.ReadCode",
        "hints.CodeAlert",
        "hints.LookBack",
        "hints.ItemShare",
    ),
    *(
        "opinions.ReuseOffer",
        "opinions.Sample",
        "opinions.SamplePhoto",
    ),
)
_OVER = ("answered", "partly_answered", "no_answer", "unserved", "cancelled")
KINDS = [
    Kind(
        code="requests",
        title=_("鉴定申请和照片（没有用于案件的）"),
        model="requests.AppraisalRequest",
        date_of="created_at",
        only={"state__in": _OVER},
        parts=_PARTS,
        carries=("evidence.Exhibit", "requests.Site"),
        is_case=True,
        note=_("已用于线索、检查、案件或辨认意见书的申请不清理，随它们一起。"),
    ),
    Kind(
        code="request_drafts",
        title=_("没有发出的申请草稿"),
        model="requests.AppraisalRequest",
        date_of="created_at",
        only={"state": "draft"},
        parts=_PARTS,
        carries=("evidence.Exhibit", "requests.Site"),
        is_case=True,
    ),
    Kind(
        code="sites",
        title=_("现场（没有申请和检查的）"),
        model="requests.Site",
        date_of="opened_at",
        is_case=False,
        parts=OF_MATTERS,
    ),
    Kind(
        code="consultations",
        title=_("咨询"),
        model="requests.Consultation",
        date_of="last_at",
        parts=("requests.ConsultationLine",),
        is_case=True,
    ),
    Kind(
        code="assistance_tasks",
        title=_("请品牌协助"),
        model="requests.AssistanceTask",
        date_of="created_at",
        is_case=True,
    ),
]


def _request(by: Any, record_id: UUID) -> tuple[str, str] | None:
    from appraisal.requests.selectors import access_request
    from kernel.errors import NotFound404

    try:
        row = access_request(by, record_id)
    except NotFound404:
        return None
    return row.number, f"/requests/{row.pk}/"


SUBJECTS = [Subject(kind="request", title=_("鉴定申请"), model="requests.AppraisalRequest", find=_request)]
