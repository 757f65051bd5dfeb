"""What the office does about a letter whose term is over, and what an asker says of an answer."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.trail import Person
from federation.contracts.addresses import Address
from federation.contracts.office import EnvelopeV1, RatingNumberV1, RatingV1, ReminderV1, Score
from federation.letters.models import Delivery, Letter
from federation.letters.post import post
from federation.office.models import Rating
from federation.office.selectors import flight, ratings, reminders
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from kernel.locks import lock

State = Delivery.State
SCORES = {3: _("有用"), 2: _("部分有用"), 1: _("无用")}


class NothingToChase(Conflict):
    """Its term is not over, or nothing is owed any more, or it has not arrived."""

    code = "nothing_to_chase"
    sentence = _("这封不用催办：期限未到，或已答复、已退回。请刷新页面查看现在的状态。")


class NotArrived(Conflict):
    """It has not reached its addressee, who can do nothing about it."""

    code = "not_arrived"
    sentence = _("这封还没有送达，催办收件方没有用。请到“滞留件”查明原因后重新投递。")


class ChasedToday(Conflict):
    """At most one reminder a working day. Data: again_on."""

    code = "chased_today"
    sentence = _("这封已经催办过，下一次最早在 {again_on}。急事请直接电话联系。")


class RatedAlready(Conflict):
    """An answer is rated once."""

    code = "rated_already"
    sentence = _("这份答复已经评价过，不能再改。")


def remind(*, delivery_id: object, by: Person) -> Letter:
    """催办: send the addressee a reminder, at most one a working day for each letter.

    Raises NotFound404, NothingToChase, NotArrived, ChasedToday, writing nothing.
    """
    with transaction.atomic():
        lock(f"remind {delivery_id}")
        row = flight.access(delivery_id)  # type: ignore[arg-type]
        moment = clock.now()
        if row.due_at is None or row.due_at >= moment or row.state not in flight.OPEN:
            raise NothingToChase()
        if row.state in Delivery.UNSETTLED:
            raise NotArrived()
        if row.addressee == str(Address.office()):
            raise NothingToChase()
        chased = reminders.of([row]).get(row.pk)
        if chased is not None and clock.today() < chased.again_on:
            raise ChasedToday(again_on=chased.again_on)
        message = ReminderV1(
            about=_envelope(row), due_at=row.due_at, number=(chased.times if chased else 0) + 1, at=moment
        )
        return post(message, to=Address.parse(row.addressee), thread=row.pk, by=by, in_reply_to=row.letter_id)


def rate(*, delivery_id: object, score: int, remark: str = "", by: Person) -> None:
    """Say how useful an answer was: the answerer gets number and remark, the office the number.

    Raises NotFound404, BadInput for a number of its own, RatedAlready.
    """
    if score not in SCORES:
        raise BadInput(_("请选有用、部分有用或无用。"), code="score_wrong")
    with transaction.atomic():
        lock(f"rate {delivery_id}")
        row = ratings.access_answered(delivery_id)  # type: ignore[arg-type]
        if row.is_rated:  # type: ignore[attr-defined]
            raise RatedAlready()
        about, moment, number = _envelope(row), clock.now(), cast("Score", score)
        said = RatingV1(about=about, score=number, remark=remark.strip()[:300], at=moment)
        post(said, to=Address.parse(row.addressee), thread=row.pk, by=by, in_reply_to=row.letter_id)
        counted = RatingNumberV1(about=about, answered_by=row.addressee, score=number, at=moment)
        post(counted, to=Address.office(), thread=row.pk, by=by)


def count_rating(message: RatingNumberV1, rater: Address) -> None:
    """At the office: keep the number, if the rater is the one who asked and the letter was answered.

    Raises NotAllowed for anything else: the letter becomes a stuck one, and a person looks.
    """
    row = Delivery.objects.filter(pk=message.about.delivery_id, sender=str(rater), answered_at__isnull=False).first()
    if row is None:
        raise NotAllowed()
    Rating.objects.get_or_create(
        delivery_id=row.pk,
        defaults={
            "letter_kind": row.letter.kind,
            "rated_by": row.sender,
            "answered_by": row.addressee,
            "score": message.score,
            "rated_at": message.at,
        },
    )


def _envelope(row: Delivery) -> EnvelopeV1:
    return EnvelopeV1(
        letter_id=row.letter_id,
        delivery_id=row.pk,
        letter_kind=row.letter.kind,
        document_no=row.letter.document_no,
        sender=row.sender,
    )
