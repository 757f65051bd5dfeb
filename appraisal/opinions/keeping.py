"""Opinion letters as the bureau keeps them. One that a matter relies on stays with it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind, Link

KINDS = [
    Kind(
        code="opinions",
        title=_("辨认意见书（没有被引用的）"),
        model="opinions.HeldLetter",
        date_of="received_at",
        parts=(
            "opinions.HeldItem",
            "opinions.Mailing",
            "opinions.LetterReturn",
            "opinions.WithdrawalAlert",
            "opinions.Telling",
            "opinions.Objection",
            "opinions.ObjectionFile",
            "opinions.Review",
            "opinions.ReviewItem",
            "opinions.ReuseOffer",
        ),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
    Kind(
        code="opinion_notices",
        title=_("协助辨认通知书"),
        model="opinions.Notice",
        date_of="issued_at",
        parts=("opinions.NoticeItem", "opinions.ClockEvent"),
        is_case=True,
    ),
    Kind(
        code="samples",
        title=_("送检样品"),
        model="opinions.Sample",
        date_of="sent_on",
        parts=("opinions.SamplePhoto",),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
]
KEPT = {
    "opinions.OpinionPolicy": _("本局的设置。"),
}
LINKS = [Link("opinions.Reliance", "matter_id")]
