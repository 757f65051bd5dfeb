"""Rows of urgent calls, joint actions and campaigns, a module a matter. All live in the province's schema."""

from tenants.campaigns.models.action import (
    JointAction,
    JointPlanner,
    JointProvince,
    JointSeat,
    JointTarget,
    PeopleAsked,
    TargetClue,
    TargetMark,
    TargetOfficer,
)
from tenants.campaigns.models.campaign import Campaign, CampaignClue
from tenants.campaigns.models.roster import DutyRule, DutyTurn
from tenants.campaigns.models.urgent import UrgentCall, UrgentLine

__all__ = [
    "Campaign",
    "CampaignClue",
    "DutyRule",
    "DutyTurn",
    "JointAction",
    "JointPlanner",
    "JointProvince",
    "JointSeat",
    "JointTarget",
    "PeopleAsked",
    "TargetClue",
    "TargetMark",
    "TargetOfficer",
    "UrgentCall",
    "UrgentLine",
]
