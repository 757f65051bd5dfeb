"""派员: people for a bureau's action, each with an authority that holds there on that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.desk import selectors
from appraisal.desk.models import DeskPosting
from appraisal.desk.selectors import Desk
from appraisal.desk.services.steps import party_of
from audit.move import move
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.joint_action import JointPeopleAnsweredV1, JointPeopleAskedV1, SentPersonV1
from federation.letters.post import Envelope, post
from federation.parties.models import Authorisation
from federation.parties.selectors import ANYWHERE
from kernel import clock
from kernel.errors import BadInput, Conflict
from notify import live
from notify.services import tell


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be sent. why: the one reason why not, empty where they can."""

    user_id: UUID
    name: str
    title: str
    phone: str
    authorisation: Authorisation
    why: str = ""


def candidates(desk: Desk, posting: DeskPosting) -> list[Candidate]:
    """Everybody with an authorisation of this organisation, those who can be sent first."""
    day = clock.local_date(posting.meet_at)
    rows = (
        Authorisation.objects.filter(
            organisation=desk.organisation,
            state=Authorisation.State.ACTIVE,
            membership__is_active=True,
            membership__user__is_active=True,
        )
        .select_related("membership__user")
        .order_by("-valid_until", "pk")
    )
    best: dict[UUID, Candidate] = {}
    for row in rows:
        person = row.membership.user
        found = Candidate(
            person.pk, person.name, person.display_name, person.phone or "", row, _refused(row, day, posting)
        )
        held = best.get(person.pk)
        if held is None or (held.why and not found.why):
            best[person.pk] = found
    return sorted(best.values(), key=lambda each: (bool(each.why), each.name))


def _refused(row: Authorisation, day: date, posting: DeskPosting) -> str:
    if day > row.valid_until:
        return str(_("授权 {number} 到 {until} 为止，行动当天已到期")).format(number=row.number, until=row.valid_until)
    if day < row.valid_from:
        return str(_("授权 {number} 自 {begins} 起才有效")).format(number=row.number, begins=row.valid_from)
    if ANYWHERE not in row.territory and posting.province_code not in row.territory:
        return str(_("授权 {number} 不包括这个省份")).format(number=row.number)
    return ""


@transaction.atomic
def send_people(*, desk: Desk, posting_id: UUID, user_ids: Sequence[UUID], text: str = "") -> DeskPosting:
    """Say who comes. Said again, it replaces who was named. Raises BadInput for anybody without authority that day."""
    posting = _open(desk, posting_id)
    can = {each.user_id: each for each in candidates(desk, posting)}
    chosen = list(dict.fromkeys(user_ids))
    if not chosen:
        raise BadInput(_("请至少选一个人；派不出人的，请选“不派员”并写明原因。"), code="posting_nobody")
    people = []
    for user_id in chosen:
        found = can.get(user_id)
        if found is None:
            raise BadInput(_("所选的人没有有效授权。请从列表中选择。"), code="posting_person_unknown")
        if found.why:
            raise BadInput(
                _("{name}不能派：{why}。请换人或先续办授权。"), code="posting_without_authority",
                name=found.name, why=found.why,
            )  # fmt: skip
        people.append(
            SentPersonV1(
                name=found.name[:40],
                title=found.title[:40],
                phone=found.phone[:30],
                authority_no=found.authorisation.number,
                valid_from=found.authorisation.valid_from.isoformat(),
                valid_until=found.authorisation.valid_until.isoformat(),
                principal=desk.organisation.name,
            )
        )
    kept = [person.model_dump() | {"user_id": str(pk)} for person, pk in zip(people, chosen, strict=True)]
    posting = move(posting, "name", by=desk.person, people=kept, answer_words=text.strip()[:500])
    _answer(desk, posting, tuple(people), text)
    return posting


@transaction.atomic
def send_nobody(*, desk: Desk, posting_id: UUID, text: str) -> DeskPosting:
    """Nobody comes, and why."""
    posting = _open(desk, posting_id)
    if not text.strip():
        raise BadInput(_("请写明不能派员的原因。"), code="reason_missing")
    posting = move(posting, "decline", by=desk.person, why=text, people=[], answer_words=text.strip()[:500])
    _answer(desk, posting, (), text)
    return posting


def _open(desk: Desk, posting_id: UUID) -> DeskPosting:
    posting = selectors.access_posting(desk, posting_id, lock=True)
    if posting.state == DeskPosting.State.CALLED_OFF:
        raise Conflict(_("对方已取消，不用再答复。"), code="posting_called_off")
    return posting


def _answer(desk: Desk, posting: DeskPosting, people: tuple[SentPersonV1, ...], text: str) -> None:
    post(
        JointPeopleAnsweredV1(
            ask_id=posting.ask_id,
            organisation_id=desk.organisation.pk,
            step="named" if people else "declined",
            people=people,
            text=text.strip()[:500],
            who=desk.person.display_name[:40],
            at=clock.now(),
        ),
        to=Address.province(posting.province_code),
        sender=Address.organisation(desk.organisation.pk),
        thread=posting.ask_id,
        by=desk.person,
        in_reply_to=posting.letter_id,
    )
    live.publish([f"posting:{posting.pk}", "postings"], "posting", {}, party=party_of(desk.organisation.pk))


def people_asked(message: JointPeopleAskedV1, envelope: Envelope) -> None:
    """A bureau asks for people, or says that hour or need changed. The highest revision counts."""
    organisation_id = envelope.addressee.organisation_id
    row = (
        DeskPosting.objects.select_for_update(of=("self",))
        .filter(province_code=envelope.sender.name, ask_id=message.ask_id, organisation_id=organisation_id)
        .first()
    )
    if row is not None and message.revision <= row.revision:
        return
    new = row is None
    if row is None:
        row = DeskPosting(
            ask_id=message.ask_id,
            province_code=envelope.sender.name,
            organisation_id=organisation_id,
            asked_at=message.at,
        )
    for name in ("code_name", "county_code", "meet_at", "unit_name", "contact_name", "contact_phone", "goods",
                 "needed", "revision"):  # fmt: skip
        setattr(row, name, getattr(message, name))
    row.letter_id = envelope.letter_id
    row.save(force_insert=new)
    if message.called_off and row.state != DeskPosting.State.CALLED_OFF:
        move(row, "call_off", by=Actor(None, message.unit_name))
    words = _("{unit}请派员到场：{hour}") if new else _("{unit}改了到场时间：{hour}")
    if message.called_off:
        words = _("{unit}取消了派员：{hour}")
    tell(
        to=selectors.posting_people(organisation_id),
        code="posting",
        title=str(words).format(
            unit=message.unit_name, hour=f"{message.meet_at.astimezone(clock.SHANGHAI):%m-%d %H:%M}"
        ),
        url=f"/postings/{row.pk}/",
        urgent=not new,
        channels=("in_app", "email", "sms"),
    )
    live.publish([f"posting:{row.pk}", "postings"], "posting", {}, party=party_of(organisation_id))
