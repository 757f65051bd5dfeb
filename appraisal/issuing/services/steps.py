"""What every service of issuing does: who may take a step, one letter to a province, every holder told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import DeskTask
from appraisal.desk.services.steps import announce, party_of, write_line
from appraisal.issuing.models import IssuingSettings, LetterHolder, OpinionLetter
from audit.trail import Actor, Person
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment, Message
from federation.letters.post import post
from federation.parties.models import Membership, Organisation
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import Conflict, NotAllowed
from notify import live

Role = Membership.Role
State = OpinionLetter.State
MACHINE = Actor(None, "系统")


class NotTheAuthor(NotAllowed):
    """Four eyes: who drafted a letter does not approve it."""

    code = "author_may_not_approve"
    sentence = _("拟稿人不能审批自己的意见书。请由另一位同事审批。")


def require_appraiser(acting: ActingFor) -> None:
    """Letters are drafted, signed and withdrawn by appraisers, of the holder or of who acts for it."""
    acting.require(Role.APPRAISER, own=False)


def require_state(letter: OpinionLetter, *states: str) -> None:
    """Raise Conflict unless the letter is in one of the states."""
    if letter.state not in states:
        raise Conflict(
            _("意见书现在是“{state}”，不能办理这一步。请刷新页面后再看。"),
            code="letter_state",
            state=letter.get_state_display(),
        )


def settings_of(organisation: Organisation) -> IssuingSettings:
    """The organisation's rules; before anybody has set them, none of its own approval and its short name as word."""
    found = IssuingSettings.objects.filter(organisation=organisation).first()
    return found or IssuingSettings(organisation=organisation, number_word=default_word(organisation))


def default_word(organisation: Organisation) -> str:
    """What the numbers begin with: the short name, made its own by the end of the credit code where another has it."""
    word = (organisation.short_name or organisation.name)[:12]
    taken = IssuingSettings.objects.filter(number_word=word).exclude(organisation=organisation).exists()
    same = Organisation.objects.filter(short_name=organisation.short_name).exclude(pk=organisation.pk).exists()
    return f"{word}{organisation.uscc[-5:]}" if taken or same or not organisation.short_name else word


def to_task(task: DeskTask, message: Message, by: Person, attachments: Sequence[Attachment] = ()) -> None:
    """One letter to the province of a task, in the thread of its request."""
    post(
        message,
        to=Address.province(task.province_code),
        sender=Address.organisation(task.organisation_id),
        thread=task.thread,
        by=by,
        in_reply_to=task.letter_id,
        attachments=attachments,
        purpose="appraisal",
    )


def to_matter(
    *,
    organisation_id: UUID,
    province_code: str,
    thread: UUID,
    message: Message,
    by: Person,
    attachments: Sequence[Attachment] = (),
    in_reply_to: UUID | None = None,
) -> None:
    """One letter to a province in the thread named."""
    post(
        message,
        to=Address.province(province_code),
        sender=Address.organisation(organisation_id),
        thread=thread,
        by=by,
        attachments=attachments,
        in_reply_to=in_reply_to,
        purpose="appraisal",
    )


def tell_holders(letter: OpinionLetter, message: Message, by: Person) -> list[LetterHolder]:
    """The same to everybody who holds the letter, each in its own matter. Returns whom."""
    holders = list(letter.holders.all())
    for holder in holders:
        to_matter(
            organisation_id=letter.organisation_id,
            province_code=holder.province_code,
            thread=holder.thread,
            message=message,
            by=by,
        )
    return holders


def note(letter: OpinionLetter, kind: str, who: str, text: str = "", **data: Any) -> None:
    """A line on the task, and whoever looks at the letter sees it anew."""
    said = {"letter_id": str(letter.pk), "number": letter.number, **data}
    write_line(letter.task, kind, "brand", who, at=clock.now(), text=text, data=said)
    changed(letter)


def changed(letter: OpinionLetter) -> None:
    """Pages that show the letter fetch themselves."""
    live.publish(
        [f"letter:{letter.pk}", "letters"], "letter", {"id": str(letter.pk)}, party=party_of(letter.organisation_id)
    )


def announce_task(task: DeskTask) -> None:
    """Pages that show the task fetch themselves."""
    announce(task, "letter")
