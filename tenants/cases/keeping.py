"""Cases stay for ever unless a province decides otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind, Link, Subject
from papers.keeping import OF_MATTERS

_PARTS = (
    *OF_MATTERS,
    "matching.Holding",
    *(
        "cases.CaseParty",
        "cases.CaseUnit",
        "cases.CaseHandler",
        "cases.CaseEvidence",
        "cases.CasePause",
        "cases.CaseExtension",
        "cases.ReferralDecision",
    ),
    *(
        "linkage.Outgoing",
        "linkage.Referral",
        "linkage.ReferralStep",
        "linkage.Reminder",
    ),
    "opinions.Reliance",
)
KINDS = [
    Kind(
        code="cases",
        title=_("案件（案卷）"),
        model="cases.Case",
        date_of="closed_at",
        only={"state": "closed"},
        parts=_PARTS,
        carries=("cases.CaseProposal",),
        is_case=True,
        note=_("案卷默认永久保存。"),
    ),
    Kind(
        code="case_proposals",
        title=_("没有立案的提请"),
        model="cases.CaseProposal",
        date_of="proposed_at",
        only={"state__in": ("refused", "withdrawn")},
        is_case=True,
    ),
]
LINKS = [Link("cases.CaseEvidence", "record_id")]


def _case(by: Any, record_id: UUID) -> tuple[str, str] | None:
    from kernel.errors import NotFound404
    from tenants.cases.selectors import access_case

    try:
        row = access_case(by, record_id)
    except NotFound404:
        return None
    return row.number, f"/cases/{row.pk}/"


SUBJECTS = [Subject(kind="case", title=_("案件"), model="cases.Case", find=_case)]
