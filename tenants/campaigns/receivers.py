"""What arriving letters do. Each runs in the province's seat, in the delivery's transaction."""

from federation.contracts.joint_action import (
    JointAnswerV1,
    JointInvitationV1,
    JointMarkV1,
    JointPeopleAnsweredV1,
    JointPlanV1,
    JointResultV1,
)
from federation.letters.post import Envelope, receives
from tenants.campaigns.services import escorting, reporting


@receives(JointInvitationV1)
def on_invitation(message: JointInvitationV1, envelope: Envelope) -> None:
    """Another province asks this one to act at the same hour."""
    reporting.invited(message, envelope)


@receives(JointPlanV1)
def on_plan(message: JointPlanV1, envelope: Envelope) -> None:
    """The plan as it is now."""
    reporting.plan_came(message, envelope)


@receives(JointAnswerV1)
def on_answer(message: JointAnswerV1, envelope: Envelope) -> None:
    """An invited province answers."""
    reporting.answered(message, envelope)


@receives(JointMarkV1)
def on_mark(message: JointMarkV1, envelope: Envelope) -> None:
    """A mark at a target of another province."""
    reporting.mark_came(message, envelope)


@receives(JointResultV1)
def on_result(message: JointResultV1, envelope: Envelope) -> None:
    """What stands at a target of another province."""
    reporting.result_came(message, envelope)


@receives(JointPeopleAnsweredV1)
def on_people(message: JointPeopleAnsweredV1, envelope: Envelope) -> None:
    """Whom a right holder sends."""
    escorting.answered(message, envelope)
