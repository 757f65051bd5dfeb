"""Official letters between bureaux, as this bureau keeps them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_OWN = _("本局的往来单位、印章和假日表。")
KINDS = [
    Kind(
        code="official_letters",
        title=_("公函（本局留存）"),
        model="correspondence.OfficialLetter",
        date_of="closed_at",
        parts=(
            "correspondence.Assistance",
            "correspondence.AssistanceQuestion",
            "correspondence.AssistanceDraft",
            "correspondence.AssistanceAnswer",
            "correspondence.AssistanceExtension",
            "correspondence.LetterApproval",
            "correspondence.LetterItem",
            "correspondence.LetterFile",
            "correspondence.LetterResult",
            "correspondence.CourseStep",
            "correspondence.BulletinCopy",
            "correspondence.CaseTransfer",
            "correspondence.CarriedTerm",
            "correspondence.EvidenceBeside",
            "correspondence.FilingClaim",
            "correspondence.ClaimsSettled",
            "correspondence.CertifiedCopy",
        ),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
]
KEPT = {f"correspondence.{name}": _OWN for name in ("RegionalDay", "Partner", "UnitSeal")}
