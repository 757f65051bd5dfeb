"""What arriving letters do: the same at a bureau, an organisation and the office, each for its own copy."""

from federation.contracts.addresses import Kind
from federation.contracts.joint_case import JointCaseEntriesV1, JointCaseInvitationV1
from federation.jointcases.services import rooms, saying
from federation.letters.post import Envelope, receives

SIDES: tuple[Kind, ...] = ("province", "organisation", "office")


def on_invitation(message: JointCaseInvitationV1, envelope: Envelope) -> None:
    """A party is asked to take seats."""
    rooms.invited(message, envelope)


def on_entries(message: JointCaseEntriesV1, envelope: Envelope) -> None:
    """What was said in a room."""
    saying.take_in(message, envelope)


for _side in SIDES:
    receives(JointCaseInvitationV1, at=_side)(on_invitation)
    receives(JointCaseEntriesV1, at=_side)(on_entries)
