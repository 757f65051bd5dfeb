"""What joint actions, rosters and urgent calls refuse. Each says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict


class TurnOverlaps(Conflict):
    """The person has a turn at that time already. Data: name, begins, ends."""

    code = "duty_turn_overlaps"
    sentence = _("{name} 在 {begins} 至 {ends} 已经排了班。请先改那一班，或换一位。")


class AlreadyAnswered(Conflict):
    """Somebody else answered the call first. Data: name."""

    code = "urgent_answered"
    sentence = _("{name} 已经确认这条特急线索，不用再确认。需要一起办，请直接联系。")


class HourNotCome(Conflict):
    """Before the zero hour. Data: code_name."""

    code = "joint_hour_not_come"
    sentence = _("“{code_name}”还没有到零时，不能开始检查。确需提前，请联系策划人员改零时。")


class ActionOver(Conflict):
    """Closed or called off. Data: state_name."""

    code = "joint_action_over"
    sentence = _("行动已是“{state_name}”，不能再改。")


class TargetsOpen(BadInput):
    """An action cannot be closed while a target has no end. Data: numbers."""

    code = "joint_targets_open"
    sentence = _("还有目标没有结束：{numbers}。请承办单位填写结果，或由牵头单位写明未行动的原因，再结束行动。")


class TargetsWithoutHolder(BadInput):
    """An action cannot be announced while nobody is named for a target. Data: numbers."""

    code = "joint_targets_without_holder"
    sentence = _("还有目标没有承办单位：{numbers}。请先指定单位或外省，再部署。")
