"""The brands' copies of what officers asked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_OWN = _("鉴定人员自己的设置。")
_PARTS = (
    "desk.DeskItem",
    "desk.DeskPhoto",
    "desk.DeskSupplement",
    "desk.DeskOpinion",
    "desk.DeskVerdict",
    "desk.DeskWithdrawal",
    "desk.DeskSceneSignature",
    "desk.DeskLine",
    "desk.DeskLinePhoto",
    "desk.DeskAppointment",
)
_FEATURES = (
    "recognition.PhotoLook",
    "recognition.CodeReading",
    "recognition.Hint",
    "recognition.HintDecision",
    "recognition.LookBack",
    "recognition.ItemNote",
    "recognition.Elsewhere",
    "recognition.CodeSighting",
)
"""What recognition found out about the photos."""
KINDS = [
    Kind(
        code="desk_tasks",
        title=_("鉴定任务（品牌留存）"),
        model="desk.DeskTask",
        date_of="arrived_at",
        parts=(*_PARTS, *_FEATURES),
        carries=("evidence.Exhibit",),
        is_case=True,
        note=_("进入假货特征库的照片所在的任务不清理。"),
    ),
    Kind(
        code="desk_consultations",
        title=_("咨询（品牌留存）"),
        model="desk.DeskConsultation",
        date_of="last_at",
        parts=("desk.DeskConsultationLine",),
        is_case=True,
    ),
    Kind(
        code="desk_postings",
        title=_("到场邀请（品牌留存）"),
        model="desk.DeskPosting",
        date_of="asked_at",
        is_case=True,
    ),
    Kind(
        code="desk_assistance",
        title=_("协查（品牌留存）"),
        model="desk.DeskAssistance",
        date_of="reply_by",
        is_case=True,
    ),
]
KEPT = {"desk.ReplyTemplate": _OWN, "desk.SavedFilter": _OWN}
