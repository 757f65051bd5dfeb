"""What systems of others hear of proposals to file and of cases."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.cases import selectors
from tenants.cases.models import Case, CaseProposal
from webhooks import events


def _case(row: Case) -> dict[str, Any]:
    return {
        "number": row.number,
        "outside_number": row.outside_number,
        "links": {"api": f"/api/v1/cases/{row.pk}/", "page": f"/cases/{row.pk}/"},
    }


def _cases(user: Any, ids: Any) -> Any:
    return selectors.cases_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _proposal(row: CaseProposal) -> dict[str, Any]:
    return {"links": {"api": f"/api/v1/proposals/{row.pk}/", "page": f"/proposals/{row.pk}/"}}


def _proposals(user: Any, ids: Any) -> Any:
    return selectors.proposals_of(user).filter(pk__in=ids).values_list("pk", flat=True)


events.register_life(
    "case",
    _("案件"),
    model="cases.Case",
    door=_cases,
    payload=_case,
    names={
        "filed": ("file", _("已立案")),
        "closed": ("close", _("已结案")),
        "reopened": ("reopen", _("重新打开")),
        "paused": ("pause", _("中止计时")),
        "resumed": ("resume", _("恢复计时")),
        "extended": ("extend", _("已延期")),
        "referral_decided": ("decide_referral", _("移送已有决定")),
    },
)
events.register_life(
    "proposal",
    _("立案建议"),
    model="cases.CaseProposal",
    door=_proposals,
    payload=_proposal,
    names={
        "made": ("propose", _("已提请")),
        "filed": ("file", _("已批准立案")),
        "refused": ("refuse", _("不予立案")),
        "withdrawn": ("withdraw", _("已撤回")),
    },
)
