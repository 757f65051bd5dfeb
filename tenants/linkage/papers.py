"""The paper of a referral: 涉嫌犯罪案件移送书 (form 5). Chinese whatever the reader's language."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.selectors import issuing_unit
from kernel import clock
from papers.content import Facts, PaperContent, Role, Signer
from papers.registry import Draft, Kind, register
from tenants.linkage import selectors

REFERRAL = "referral"


def letter(by: User, matter_id: UUID) -> Draft:
    """文书 5: to whom, which case, what is suspected, what goes along."""
    with override("zh-hans"):
        referral = selectors.access_referral(by, matter_id)
        case = referral.case
        day = referral.decided_at.astimezone(clock.SHANGHAI)
        held = "、".join(each["source"] for each in referral.check_made.get("held", []) if each.get("met"))
        rows = [
            ("送", referral.police_org),
            ("案件名称", case.title),
            ("立案号", case.number),
            ("涉嫌罪名", referral.suspected_crime),
            ("当事人", "、".join(each["name"] for each in referral.suspects)),
            ("案情与证据", referral.facts),
            ("涉案货值", f"{referral.goods_yuan} 元" if referral.goods_yuan is not None else "—"),
            ("达到的移送标准", held or "—"),
            ("批准", f"{referral.decision.decided_by_name} {day.year}年{day.month}月{day.day}日"),
            ("附件", "；".join(f"{n}. {each['title']}" for n, each in enumerate(referral.annexes, start=1)) or "—"),
        ]
        signers = tuple(
            Signer(
                role=Role.OFFICER,
                name=each["name"],
                user_id=UUID(each["user_id"]),
                certificate_no=each["certificate_no"],
            )
            for each in referral.team
        )
        content = PaperContent(
            title="涉嫌犯罪案件移送书",
            bureau=issuing_unit(referral.unit).name,
            form_no=5,
            document_no=referral.document_no,
            blocks=(Facts(rows=tuple(rows)),),
            signers=signers,
        )
    return Draft(content, referral.unit_id)


def register_all() -> None:
    """Offer the paper; called once at start-up."""
    register(Kind("criminal_referral", _("涉嫌犯罪案件移送书"), REFERRAL, letter))
