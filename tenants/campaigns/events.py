"""What systems of others hear of joint actions and urgent calls.

Of a joint action only its own steps are told, never a target: before the hour nobody below the chosen level knows what
and where, and a system is nobody's level. The door is asked again when the event is read.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.campaigns import selectors
from tenants.campaigns.models import JointAction, UrgentCall
from webhooks import events


def _action(row: JointAction) -> dict[str, Any]:
    return {"links": {"api": f"/api/v1/joint-actions/{row.pk}/", "page": f"/joint/{row.pk}/"}}


def _actions(user: Any, ids: Any) -> Any:
    return selectors.actions_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _call(row: UrgentCall) -> dict[str, Any]:
    return {"links": {"api": f"/api/v1/urgent/{row.pk}/", "page": f"/urgent/{row.pk}/"}}


def _calls(user: Any, ids: Any) -> Any:
    return selectors.calls_of(user).filter(pk__in=ids).values_list("pk", flat=True)


events.register_life(
    "joint_action",
    _("联合行动"),
    model="campaigns.JointAction",
    door=_actions,
    payload=_action,
    names={
        "begun": ("begin", _("已开始")),
        "called_off": ("call_off", _("已取消")),
        "closed": ("close", _("已结束")),
    },
)
events.register_life(
    "urgent_call",
    _("紧急呼叫"),
    model="campaigns.UrgentCall",
    door=_calls,
    payload=_call,
    names={
        "begun": ("begin", _("已发起")),
        "answered": ("answer", _("已确认")),
        "withdrawn": ("withdraw", _("已撤回")),
    },
)
