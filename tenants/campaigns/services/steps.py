"""What every service here does: the machine's name, and the one event that pages wait for."""

from __future__ import annotations

from uuid import UUID

from audit.trail import Actor
from notify import live

MACHINE = Actor(None, "系统")
RING_CHANNELS = ("in_app", "sms", "wecom", "dingtalk", "phone_call")
QUIET_CHANNELS = ("in_app", "sms", "wecom", "dingtalk")


def changed_call(call_id: UUID, clue_id: UUID) -> None:
    """Tell pages that show a call or its clue."""
    live.publish([f"urgent:{call_id}", f"clue:{clue_id}", "urgent"], "urgent", {"id": str(call_id)})


def changed_action(action_id: UUID) -> None:
    """Tell pages that show an action. The event names no target."""
    live.publish([f"joint:{action_id}", "joint"], "joint", {"id": str(action_id)})
