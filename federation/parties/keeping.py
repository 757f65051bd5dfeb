"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("入驻、授权和值班是鉴定资格的依据，鉴定意见有效一天就要能查。")
KEPT = {
    f"parties.{name}": _WHY
    for name in (
        "Organisation",
        "Enrolment",
        "EnrolmentDocument",
        "Document",
        "Membership",
        "Trademark",
        "Authorisation",
        "Mandate",
        "DutySlot",
        "DutyAbsence",
        "Coverage",
        "WantedBrand",
    )
}
