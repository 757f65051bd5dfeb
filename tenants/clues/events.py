"""What systems of others hear of clues. Nothing of a source, nothing of a party."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.clues import selectors
from tenants.clues.models import Clue
from webhooks import events


def _said(row: Clue) -> dict[str, Any]:
    return {
        "number": row.number,
        "outside_number": row.outside_number,
        "links": {"api": f"/api/v1/clues/{row.pk}/", "page": f"/clues/{row.pk}/"},
    }


def _door(user: Any, ids: Any) -> Any:
    return selectors.clues_seen_by(user).filter(pk__in=ids).values_list("pk", flat=True)


events.register_life(
    "clue",
    _("线索"),
    model="clues.Clue",
    door=_door,
    payload=_said,
    names={
        "registered": ("register", _("已登记")),
        "assessing": ("assess", _("正在研判")),
        "screened": ("screen", _("已筛查")),
        "dispatched": ("dispatch", _("已分派")),
        "recalled": ("recall", _("已收回")),
        "signed_for": ("sign_for", _("已签收"), ("take",)),
        "returned": ("return", _("已退回")),
        "disputed": ("dispute", _("有管辖争议")),
        "ended": ("end", _("已办结")),
        "reopened": ("reopen", _("重新打开")),
        "merged": ("merge", _("已并案")),
    },
)
