"""调阅: the office asks a sender to let it read one letter; the sender grants or refuses. Without a grant nobody reads.

What is read comes under a grant (`federation.grants`): the letter's lines as far as each kind of content is opened, its
end within a second, every look told to the giver.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NoReturn
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.move import move
from audit.trail import Person
from federation.broker import hooks
from federation.broker.models import Look
from federation.broker.services.common import is_superior, need, tell_desk, title_of, url
from federation.contracts.addresses import Address
from federation.contracts.broker import LookAskedV1, LookGrantedV1, LookRefusedV1
from federation.contracts.grants import Content, Level
from federation.grants import services as grants
from federation.letters.models import Letter
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404

MOST_DAYS = 365
SUBJECT_KIND = "letter"


class GrantNeeded(NotAllowed):
    """The office wants to read what nobody has let it read. Data: letter_id."""

    code = "grant_needed"
    sentence = _("没有发函方的授权，不能看这封函件的内容。请先申请调阅，写明用途。本次尝试已记入日志。")


# At the office --------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, letter_id: UUID, purpose: str, until: date, by: Person) -> Look:
    """Ask the sender of a province's letter. One request at a time for each letter.

    Raises NotFound404, BadInput `purpose_missing`, `until_wrong`, Conflict `look_asked`.
    """
    letter = Letter.objects.filter(pk=letter_id, sender__startswith="province:").first()
    if letter is None:
        raise NotFound404(letter_id=letter_id)
    said = need(purpose, _("请写明调阅用途。"), "purpose_missing", longest=200)
    days = (until - clock.today()).days
    if not 0 <= days <= MOST_DAYS:
        raise BadInput(_("使用期限从今天起，最长一年。"), code="until_wrong")
    province = Address.parse(letter.sender).name
    if is_superior(province):
        raise BadInput(_("总局的函件不在这里申请调阅。请直接与总局联系。"), code="superior_not_asked")
    try:
        with transaction.atomic():
            row = Look.objects.create(
                letter_id=letter.pk, province=province, purpose=said, until=until, asked_at=clock.now(),
                asked_by=by.display_name[:60],
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(_("已向发函方申请调阅，正在等答复。"), code="look_asked") from error
    trail.record(row, "ask", by=by, why=said, to_state=row.state)
    post(
        LookAskedV1(look_id=row.pk, letter_id=letter.pk, purpose=said, until=until, at=row.asked_at),
        Address.province(province), thread=row.pk, by=by,
    )  # fmt: skip
    return row


def refuse_to_open(letter: Letter, *, by: Person) -> NoReturn:
    """Somebody of the office wants the contents without a grant: written down, then refused (F-21)."""
    with transaction.atomic(durable=True):
        trail.record(letter, "open_refused", by=by)
    raise GrantNeeded(letter_id=letter.pk)


def granted(message: LookGrantedV1, sender: str) -> None:
    """A province lets the office read."""
    row = _of(message.look_id, sender)
    if row.state == Look.State.ASKED:
        move(row, "grant", by=trail.Actor(None, title_of(sender)), grant_id=message.grant_id, answered_at=message.at)
        tell_desk("broker_look", _("调阅已获同意"), title_of(sender), url("letter", row.letter_id))


def refused(message: LookRefusedV1, sender: str) -> None:
    """A province does not."""
    row = _of(message.look_id, sender)
    if row.state == Look.State.ASKED:
        move(
            row, "refuse", by=trail.Actor(None, title_of(sender)), why=message.reason, reason=message.reason,
            answered_at=message.at,
        )  # fmt: skip
        tell_desk("broker_look", _("调阅未获同意"), title_of(sender), url("letter", row.letter_id))


def _of(look_id: UUID, province: str) -> Look:
    row = Look.objects.select_for_update(of=("self",)).filter(pk=look_id, province=province).first()
    if row is None:
        raise NotFound404(look_id=look_id)
    return row


# At the sender --------------------------------------------------------------------------------------------------------


def came(message: LookAskedV1, envelope: Envelope) -> None:
    """The office asks for one of our letters; for one that is not ours it is refused at once."""
    mine = Letter.objects.filter(pk=message.letter_id, sender=str(envelope.addressee)).exists()
    if not mine:
        raise NotFound404(letter_id=message.letter_id)
    row, made = Look.objects.get_or_create(
        pk=message.look_id,
        defaults={
            "letter_id": message.letter_id,
            "province": envelope.addressee.name,
            "purpose": message.purpose,
            "until": message.until,
            "asked_at": message.at,
            "asked_by": envelope.by_name[:60],
        },
    )
    if made:
        trail.record(row, "ask", by=trail.Actor(None, envelope.by_name), why=message.purpose, to_state=row.state)
        tell_desk("broker_look", _("省际协作办公室申请调阅一封函件"), message.purpose, url("look", row.pk))


@transaction.atomic
def give(row: Look, *, by: Person, levels: Mapping[Content, Level]) -> Look:
    """Let the office read, as far as each kind of content goes, until the day it asked for."""
    letter = Letter.objects.filter(pk=row.letter_id).first()
    grant = grants.give(
        to=Address.office(),
        purpose=row.purpose,
        contents=levels,
        subject_kind=SUBJECT_KIND,
        subject_id=row.letter_id,
        subject_title=letter.document_no if letter else "",
        expires_at=clock.at_end(row.until),
        by=by,
        items=[
            grants.Shared(content=content, title=caption[:200], text=text)  # type: ignore[arg-type] # by `letter_lines`
            for content, caption, text in hooks.lines_of(row.letter_id)
            if levels.get(content, "none") != "none"  # type: ignore[call-overload]
        ],
    )
    now = clock.now()
    move(row, "grant", by=by, grant_id=grant.grant_id, answered_at=now, answered_by=by.display_name[:60])
    post(
        LookGrantedV1(look_id=row.pk, grant_id=grant.grant_id, until=grant.expires_at, at=now),
        Address.office(), thread=row.pk, by=by,
    )  # fmt: skip
    return row


@transaction.atomic
def decline(row: Look, *, by: Person, reason: str) -> Look:
    """Not this letter, or not for this."""
    said = need(reason, _("请写明不同意的理由。"), "reason_missing", longest=500)
    now = clock.now()
    move(row, "refuse", by=by, why=said, reason=said, answered_at=now, answered_by=by.display_name[:60])
    post(LookRefusedV1(look_id=row.pk, reason=said, at=now), Address.office(), thread=row.pk, by=by)
    return row
