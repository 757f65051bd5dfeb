"""Joint actions; urgent calls go with their clue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_OWN = _("排班和专项行动的名册，不含案件内容。")
KINDS = [
    Kind(
        code="joint_actions",
        title=_("联合行动"),
        model="campaigns.JointAction",
        date_of="closed_at",
        parts=(
            "campaigns.JointPlanner",
            "campaigns.JointProvince",
            "campaigns.JointSeat",
            "campaigns.JointTarget",
            "campaigns.TargetClue",
            "campaigns.TargetOfficer",
            "campaigns.TargetMark",
            "campaigns.PeopleAsked",
        ),
        is_case=True,
    ),
]
KEPT = {f"campaigns.{name}": _OWN for name in ("Campaign", "DutyTurn", "DutyRule")}
