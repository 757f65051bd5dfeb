"""What systems of others hear of referrals to the police. Nothing of a party, nothing of the facts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.linkage import selectors
from tenants.linkage.models import Referral
from webhooks import events


def _said(row: Referral) -> dict[str, Any]:
    return {
        "number": row.document_no,
        "case_id": str(row.case_id),
        "links": {"api": f"/api/v1/referrals/{row.pk}/", "page": f"/linkage/{row.pk}/"},
    }


def _door(user: Any, ids: Any) -> Any:
    return selectors.referrals_heard_by(user).filter(pk__in=ids).values_list("pk", flat=True)


events.register_life(
    "referral",
    _("移送公安机关"),
    model="linkage.Referral",
    door=_door,
    payload=_said,
    names={
        "sent": ("send", _("已移送")),
        "received": ("receive", _("已收到回执")),
        "returned": ("send_back", _("退回补充")),
        "filed": ("file", _("公安已立案")),
        "not_filed": ("not_file", _("公安不予立案")),
        "reconsidering": ("reconsider", _("提请复议")),
        "upheld": ("uphold", _("复议维持不立案")),
        "supervising": ("supervise", _("建议立案监督")),
        "ended": ("end", _("已了结")),
        "withdrawn": ("withdraw", _("已撤回")),
    },
)
