"""What reminders and ratings do where they arrive."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Post
from federation.contracts.office import RatingNumberV1, RatingV1, ReminderV1
from federation.letters import words
from federation.letters.post import Envelope, receives
from federation.office import services
from federation.parties import selectors as parties
from notify.services import tell


@receives(ReminderV1, at="province")
def chased_province(message: ReminderV1, envelope: Envelope) -> None:
    """线索管理员 and 系统管理员 hear of it; the list 催办 is read from the letters themselves."""
    _tell(people.holders(Post.Role.DISPATCHER, Post.Role.BUREAU_ADMIN).values_list("pk", flat=True), message)


@receives(ReminderV1, at="organisation")
def chased_organisation(message: ReminderV1, envelope: Envelope) -> None:
    """企业管理员 hear of it."""
    _tell(parties.administrators(envelope.addressee.organisation_id), message)


def _tell(to: object, message: ReminderV1) -> None:
    about = message.about
    what = words.kind_name(about.letter_kind) + (f" {about.document_no}" if about.document_no else "")
    tell(
        to=to,  # type: ignore[arg-type]
        code="letter_chased",
        title=_("催办：{what} 已过期限").format(what=what),
        url="/letters/reminders/",
    )


@receives(RatingV1, at="province")
def rated(message: RatingV1, envelope: Envelope) -> None:
    """The one who answered hears how useful it was."""
    tell(
        to=people.holders(Post.Role.DISPATCHER).values_list("pk", flat=True),
        code="answer_rated",
        title=_("对方评价了贵单位的答复：{score}").format(score=services.SCORES[message.score]),
        body=message.remark,
        url="/letters/pace/",
    )


@receives(RatingNumberV1, at="office")
def rating_number(message: RatingNumberV1, envelope: Envelope) -> None:
    """Keep the number."""
    services.count_rating(message, envelope.sender)
