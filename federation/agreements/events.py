"""What systems of others hear of agreements between provinces."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from federation.agreements import selectors
from federation.agreements.models import Agreement
from webhooks import events


def _said(row: Agreement) -> dict[str, Any]:
    return {"form": row.form, "links": {"api": f"/api/v1/agreements/{row.pk}/", "page": f"/agreements/{row.pk}/"}}


def _door(user: Any, ids: Any) -> Any:
    return selectors.agreements(user).filter(pk__in=ids).values_list("pk", flat=True) if selectors.reads(user) else ()


events.register_life(
    "agreement",
    _("协作协议"),
    model="agreements.Agreement",
    door=_door,
    payload=_said,
    hosts=("province", "office"),
    names={
        "entered": ("enter", _("已生效")),
        "expired": ("expire", _("已到期")),
        "ended": ("end", _("已终止")),
        "dropped": ("drop", _("未达成")),
        "reopened": ("reopen", _("再次征求")),
    },
)
