"""The papers of a case: 立案审批表. Chinese whatever the reader's language."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from kernel import clock
from papers.content import Facts, PaperContent, Role, Signer
from papers.registry import Draft, Kind, register
from tenants.cases import selectors
from tenants.cases.causes import cause_on
from tenants.inspections.seizure_selectors import issuing_unit

PROPOSAL = "proposal"


def filing_approval(by: User, matter_id: UUID) -> Draft:
    """文书 7: who proposes what against whom, and what the head says."""
    with override("zh-hans"):
        proposal = selectors.access_proposal(by, matter_id)
        cause = cause_on(proposal.cause_code, proposal.cause_day)
        case = getattr(proposal, "case", None)
        said = proposal.answer
        if proposal.decided_at is not None:
            day = proposal.decided_at.astimezone(clock.SHANGHAI)
            said = f"{proposal.get_state_display()}\n{said}\n{day.year}年{day.month}月{day.day}日"
        rows = [
            ("案件来源", proposal.get_source_display()),
            ("案由", f"{cause.name}" + (f"（{cause.rule}）" if cause.rule else "")),
            ("当事人", proposal.party_name),
            ("统一社会信用代码", proposal.party_uscc or "无"),
            ("案情及立案理由", proposal.summary),
            ("办案人员", "、".join(each["name"] for each in proposal.handlers)),
            ("负责人审批意见", said),
        ]
        head = proposal.decided_by
        signers = tuple(
            Signer(
                role=Role.OFFICER,
                name=each["name"],
                user_id=UUID(each["user_id"]),
                certificate_no=each["certificate_no"],
            )
            for each in proposal.handlers
        )
        if head is not None:
            signers += (Signer(role=Role.HEAD, name=head.name, user_id=head.pk),)
        content = PaperContent(
            title="立案/不予立案审批表",
            bureau=issuing_unit(proposal.unit).name,
            form_no=7,
            document_no=case.number if case is not None else "",
            blocks=(Facts(rows=tuple(rows)),),
            signers=signers,
        )
    return Draft(content, proposal.unit_id)


def register_all() -> None:
    """Offer these papers; called once at start-up."""
    register(Kind("filing_approval", _("立案/不予立案审批表"), PROPOSAL, filing_approval))
