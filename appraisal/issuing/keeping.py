"""Opinion letters as the brand keeps them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_WHY = _("公开查验要用，只有文号和签发事实。")
_OWN = _("品牌自己的签发设置和证书。")
KINDS = [
    Kind(
        code="issued_opinions",
        title=_("辨认意见书（品牌留存）"),
        model="issuing.OpinionLetter",
        date_of="created_at",
        parts=(
            "issuing.LetterItem",
            "issuing.LetterFinding",
            "issuing.LetterApproval",
            "issuing.LetterFile",
            "issuing.LetterHolder",
            "issuing.Mailing",
            "issuing.Objection",
            "issuing.ReuseOffer",
            "issuing.ReuseItem",
        ),
        is_case=True,
    ),
    Kind(
        code="issuing_notices",
        title=_("协助通知（品牌留存）"),
        model="issuing.Notice",
        date_of="issued_at",
        is_case=True,
    ),
    Kind(
        code="issuing_samples",
        title=_("样品（品牌留存）"),
        model="issuing.Sample",
        date_of="due_at",
        parts=(
            "issuing.SampleEvent",
            "issuing.SamplePhoto",
        ),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
]
KEPT = {"issuing.Certificate": _WHY, "issuing.IssuingSettings": _OWN, "issuing.SigningCertificate": _OWN}
