"""The party is told and may object; the brand answers; the bureau decides. Until then nothing is closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.opinions import files, hooks, selectors
from appraisal.opinions.models import HeldLetter, Objection, ObjectionFile, Telling
from appraisal.opinions.services.steps import MACHINE, announce, need, page, tell_people, to_brand
from audit import log as seal_log
from audit import trail
from audit.move import move
from evidence import matters
from evidence.models import Exhibit
from evidence.selectors import own_exhibit
from federation.contracts.opinions import FileV1, ObjectionV1
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7

State = Objection.State
OBJECTION_WORKING_DAYS = 5
ANSWER_WORKING_DAYS = 5
MOST_FILES = 12


@transaction.atomic
def tell_party(
    *,
    by: User,
    held_id: UUID,
    way: str,
    told_at: datetime,
    party_name: str = "",
    note: str = "",
    working_days: int = OBJECTION_WORKING_DAYS,
    telling_id: UUID | None = None,
) -> Telling:
    """The party was told of the opinion: how, when, by whom. From then on its code opens the page for objections."""
    letter = selectors.access_letter(by, held_id, lock=True)
    if telling_id and Telling.objects.filter(pk=telling_id).exists():
        return selectors.access_telling(by, telling_id)
    if letter.state != HeldLetter.State.FORMAL:
        raise Conflict(_("只能把有效的正式意见书告知当事人。"), code="letter_not_formal")
    if way not in Telling.Way.values:
        raise BadInput(_("请选择告知的方式。"), code="way_wrong")
    if told_at > clock.now():
        raise BadInput(_("告知时间不能晚于现在。"), code="told_at")
    if not 1 <= working_days <= 60:
        raise BadInput(_("异议期限可以是 1 至 60 个工作日。"), code="objection_days")
    name = party_name.strip() or hooks.ground_of(letter.request).party_name
    pk = telling_id or uuid7()
    telling = Telling.objects.create(
        pk=pk,
        letter=letter,
        way=way,
        party_name=need(name, _("请填写当事人。"), "party_missing")[:120],
        told_at=told_at,
        objection_until=clock.due_at(told_at, clock.Term(working_days, clock.Unit.WORKING_DAY)).at,
        note=note.strip()[:300],
        code_sha256=selectors.code_digest(selectors.objection_code(pk)),
        by=by,
    )
    trail.record(letter, "tell", by=by, data={"telling": str(pk), "way": way})
    announce(letter.request)
    return telling


# Lodging --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def lodge(
    *,
    telling: Telling,
    text: str,
    grey_market: bool,
    contact: str,
    exhibits: Sequence[Exhibit] = (),
    objection_id: UUID | None = None,
) -> Objection:
    """What the party says on its page. objection_id makes it once. After the term it is taken all the same, and marked.

    exhibits: photos of papers, sealed already. Who holds the code speaks for the party; nobody else can.
    """
    there = Objection.objects.filter(pk=objection_id, telling=telling).first() if objection_id else None
    if there is not None:
        return there
    if objection_id and Objection.objects.filter(pk=objection_id).exists():
        objection_id = None  # somebody else's: what a browser sends is no reason to meet it
    said = need(text, _("请写明对哪一项有异议、为什么。"), "text_missing")
    return _keep(
        telling.letter,
        telling=telling,
        came=Objection.Came.PAGE,
        text=said,
        grey_market=grey_market,
        contact=contact,
        exhibits=exhibits,
        late=clock.now() > telling.objection_until,
        by=None,
        objection_id=objection_id,
    )


@transaction.atomic
def write_down(
    *,
    by: User,
    held_id: UUID,
    text: str,
    grey_market: bool = False,
    contact: str = "",
    exhibit_ids: Collection[UUID] = (),
    objection_id: UUID | None = None,
) -> Objection:
    """What the party said or handed in to an officer."""
    letter = selectors.access_letter(by, held_id, lock=True)
    if objection_id and Objection.objects.filter(pk=objection_id).exists():
        return selectors.access_objection(by, objection_id)
    telling = letter.tellings.order_by("-told_at").first()
    return _keep(
        letter,
        telling=telling,
        came=Objection.Came.OFFICER,
        text=need(text, _("请写明对哪一项有异议、为什么。"), "text_missing"),
        grey_market=grey_market,
        contact=contact,
        exhibits=[own_exhibit(by, pk) for pk in exhibit_ids],
        late=telling is not None and clock.now() > telling.objection_until,
        by=by,
        objection_id=objection_id,
    )


def _keep(
    letter: HeldLetter,
    *,
    telling: Telling | None,
    came: str,
    text: str,
    grey_market: bool,
    contact: str,
    exhibits: Sequence[Exhibit],
    late: bool,
    by: User | None,
    objection_id: UUID | None,
) -> Objection:
    if len(exhibits) > MOST_FILES:
        raise BadInput(_("一次最多交 {most} 张照片，其余的请另交一次。"), code="too_many_files", most=MOST_FILES)
    objection = Objection.objects.create(
        pk=objection_id or uuid7(),
        letter=letter,
        telling=telling,
        came=came,
        text=text[:4000],
        grey_market=grey_market,
        contact=contact.strip()[:120],
        late=late,
    )
    ObjectionFile.objects.bulk_create(
        ObjectionFile(objection=objection, exhibit=each) for each in {row.pk: row for row in exhibits}.values()
    )
    request = letter.request
    _put(exhibits, objection)
    trail.record(objection, "lodge", by=by or MACHINE, to_state=objection.state)
    seal_log.append(
        "opinion.objection", objection.pk, {"letter": letter.letter_id, "files": [each.sha256 for each in exhibits]}
    )
    tell_people(
        [request.officer_id, *([by.pk] if by else [])],
        "objection_lodged",
        _("当事人对 {number} 提出异议").format(number=letter.opinion_no),
        page("objection", objection.pk),
        urgent=True,
    )
    announce(request)
    return objection


def _put(exhibits: Sequence[Exhibit], objection: Objection) -> None:
    """Papers of the party belong to the matter, so that officers find them among its evidence."""
    request = objection.letter.request
    matter = matters.Matter(
        kind="request", id=request.pk, number=request.number, title=request.brand_name, url="", unit_id=request.unit_id
    )
    for each in exhibits:
        matters.put(each, matter, by=MACHINE)


# Answering ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def forward(*, by: User, objection_id: UUID, file_ids: Collection[UUID] | None = None) -> Objection:
    """To the brand, which must answer: what the party says, and those of its papers that the officer chose.

    The party's name and contact stay here. file_ids: exhibits; None: all of them.
    """
    objection = selectors.access_objection(by, objection_id, lock=True)
    letter = objection.letter
    rows = [
        each.exhibit
        for each in objection.files.filter(from_brand=False).select_related("exhibit")
        if file_ids is None or each.exhibit_id in set(file_ids)
    ]
    attachments = files.photo_attachments(rows, "objection")
    now = clock.now()
    answer_by = clock.due_at(now, clock.Term(ANSWER_WORKING_DAYS, clock.Unit.WORKING_DAY)).at
    move(objection, "forward", by=by, answer_by=answer_by)
    sent = to_brand(
        letter.request,
        ObjectionV1(
            objection_id=objection.pk,
            letter_id=letter.letter_id,
            opinion_no=letter.opinion_no,
            item_ids=tuple(each.item_id for each in letter.items.all() if each.item_id is not None),
            text=objection.text,
            grey_market=objection.grey_market,
            answer_by=answer_by,
            files=tuple(FileV1(sha256=each.sha256, what="paper") for each in attachments),
            who=by.display_name,
            at=now,
        ),
        by=by,
        organisation_id=letter.organisation_id,
        attachments=attachments,
        due_at=answer_by,
    )
    Objection.objects.filter(pk=objection.pk).update(letter_sent_id=sent.pk)
    objection.refresh_from_db()
    announce(letter.request)
    return objection


@transaction.atomic
def decide(*, by: User, objection_id: UUID, uphold: bool, words: str) -> Objection:
    """Whether the objection is well founded. It is dismissed only after the brand has answered."""
    objection = selectors.access_objection(by, objection_id, lock=True, head=True)
    said = need(words, _("请写明处理意见和理由。"), "words_missing")
    move(
        objection,
        "uphold" if uphold else "dismiss",
        by=by,
        why=said,
        handling=said[:1000],
        handled_by=by,
        handled_at=clock.now(),
    )
    announce(objection.letter.request)
    return objection
