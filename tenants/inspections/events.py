"""What systems of others hear of inspections on the premises and of seizures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.inspections import seizure_selectors, selectors
from tenants.inspections.models import Inspection
from tenants.inspections.seizure_models import Seizure
from webhooks import events


def _inspection(row: Inspection) -> dict[str, Any]:
    links = {"api": f"/api/v1/inspections/{row.pk}/", "page": f"/inspections/{row.pk}/"}
    return {"number": row.number, "links": links}


def _inspections(user: Any, ids: Any) -> Any:
    return selectors.inspections_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _seizure(row: Seizure) -> dict[str, Any]:
    return {
        "inspection_id": str(row.inspection_id),
        "measure": row.measure,
        "links": {"api": f"/api/v1/seizures/{row.pk}/", "page": f"/seizures/{row.pk}/"},
    }


def _seizures(user: Any, ids: Any) -> Any:
    return seizure_selectors.seizures_of(user).filter(pk__in=ids).values_list("pk", flat=True)


events.register_life(
    "inspection",
    _("现场检查"),
    model="inspections.Inspection",
    door=_inspections,
    payload=_inspection,
    names={
        "opened": ("open", _("已开始")),
        "closed": ("close", _("已结束清点")),
        "reopened": ("reopen", _("重新清点")),
        "signed": ("sign", _("笔录已签")),
        "cancelled": ("cancel", _("已取消")),
    },
)
events.register_life(
    "seizure",
    _("查封扣押"),
    model="inspections.Seizure",
    door=_seizures,
    payload=_seizure,
    names={
        "proposed": ("propose", _("已报请批准")),
        "approved": ("approve", _("已批准")),
        "refused": ("refuse", _("不予批准")),
        "in_force": ("carry_out", _("已实施"), ("carry_out_at_once", "confirm")),
        "overruled": ("overrule", _("不予补办，须解除")),
        "released": ("release", _("已解除")),
        "withdrawn": ("withdraw", _("已撤回")),
    },
)
