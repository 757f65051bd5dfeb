"""What arriving letters about agreements and meetings do. The office is told of agreements, never of meetings."""

from __future__ import annotations

from federation.agreements.services import agreeing, meeting
from federation.contracts.agreements import (
    AgreementAnsweredV1,
    AgreementInForceV1,
    AgreementLeftV1,
    AgreementProposedV1,
    AgreementWithdrawnV1,
    MeetingActionDoneV1,
    MeetingAnsweredV1,
    MeetingCalledV1,
    MeetingConfirmedV1,
    MeetingMinutesV1,
)
from federation.letters.post import receives

receives(AgreementProposedV1, at="province")(agreeing.proposed)
receives(AgreementProposedV1, at="office", registers=True)(agreeing.proposed)
for _side in ("province", "office"):
    receives(AgreementAnsweredV1, at=_side)(agreeing.answered)  # type: ignore[arg-type]
    receives(AgreementInForceV1, at=_side)(agreeing.entered)  # type: ignore[arg-type]
    receives(AgreementWithdrawnV1, at=_side)(agreeing.withdrawn)  # type: ignore[arg-type]
    receives(AgreementLeftV1, at=_side)(agreeing.left)  # type: ignore[arg-type]

receives(MeetingCalledV1, at="province")(meeting.called)
receives(MeetingAnsweredV1, at="province")(meeting.answer_came)
receives(MeetingMinutesV1, at="province")(meeting.minutes_came)
receives(MeetingConfirmedV1, at="province")(meeting.word_came)
receives(MeetingActionDoneV1, at="province")(meeting.action_done)
