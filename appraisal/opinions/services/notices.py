"""A notice is drafted, checked, issued with its number, answered or returned, and waited for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.opinions import files, hooks, selectors
from appraisal.opinions.models import ClockEvent, HeldLetter, Notice, NoticeItem, OpinionPolicy
from appraisal.opinions.services.steps import announce, need, page, tell_people, to_brand
from appraisal.requests import selectors as requests
from appraisal.requests.models import AppraisalRequest, RequestItem
from appraisal.requests.presenters import shot_name
from audit import log as seal_log
from audit import trail
from audit.move import move
from audit.numbering import issue_many
from divisions import selectors as divisions
from evidence.models import Exhibit
from federation.contracts.opinions import NoticeItemV1, NoticeOfficerV1, NoticePhotoV1, NoticeV1, TrademarkV1
from federation.parties.models import Organisation
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from kernel.ids import uuid7
from papers import services as papers

State = Notice.State
KIND_WORDS = {Notice.Type.IDENTIFICATION: "协辨", Notice.Type.DISCRIMINATION: "协鉴"}
QUESTIONS = ("上述商品是否为你单位生产或者许可生产？请逐项写明依据。", "同规格正品的市场价格及其依据。")
LIABILITY = (
    "你单位对所出具的辨认（鉴别）意见负责，应当如实辨认，写明辨认人员、授权和依据。"
    "故意提供虚假意见的，依法承担法律责任。"
)
LONGEST_REPLY_DAYS = 60
EXPERT = "expert"
FORM_OF = {Notice.Type.IDENTIFICATION: 16, Notice.Type.DISCRIMINATION: 16, EXPERT: 30}
"""Form 16 asks right holders to identify or discriminate; form 30 commissions an institution's expert opinion."""
MAY_GET = {
    16: frozenset(
        {Organisation.Kind.BRAND_ENTERPRISE.value, Organisation.Kind.ASSOCIATION.value, Organisation.Kind.AGENCY.value}
    ),
    30: frozenset({"laboratory", "institution"}),
}


class KindBlocked(BadInput):
    """The kind of commission and the kind of addressee do not go together. Nothing was written."""

    code = "addressee_wrong_kind"
    sentence = _("委托类型与受托单位不符：辨认、鉴别写给权利人，鉴定委托鉴定机构。请另选类型或单位。")


def check_kind(kind: str, organisation: Organisation) -> None:
    """Identification is asked of right holders, an expert opinion of institutions; never the other way round."""
    form = FORM_OF.get(kind)
    if form is None:
        raise BadInput(_("请选择辨认或鉴别。"), code="notice_type")
    if organisation.kind in MAY_GET[form]:
        if form == 30:
            raise KindBlocked(_("委托鉴定用鉴定委托书（文书30），请在办案系统中办理。"), code="commission_elsewhere")
        return
    if form == 16:
        raise KindBlocked(
            _("“{name}”不是权利人或其受托人，不能发协助辨认/鉴别通知书（文书16）。委托鉴定请用鉴定委托书（文书30）。"),
            name=organisation.name,
        )
    raise KindBlocked(
        _("“{name}”是权利人一方，不能接受鉴定委托（文书30）。请改用协助辨认/鉴别通知书（文书16）。"),
        name=organisation.name,
    )


@transaction.atomic
def set_policy(*, by: User, show_party: bool, reply_working_days: int) -> OpinionPolicy:
    """What holds for all notices of the bureau, decided by a leader of its top unit."""
    top = by.unit
    while top is not None and top.parent is not None:
        top = top.parent
    if top is None or not selectors.heads(by, top.pk):
        raise NotAllowed()
    if not 1 <= reply_working_days <= LONGEST_REPLY_DAYS:
        raise BadInput(_("答复期限可以是 1 至 {most} 个工作日。"), code="reply_days", most=LONGEST_REPLY_DAYS)
    row, _new = OpinionPolicy.objects.update_or_create(
        only=True,
        defaults={
            "show_party": show_party,
            "reply_working_days": reply_working_days,
            "changed_by": by,
            "changed_at": clock.now(),
        },
    )
    trail.record(row, "set", by=by, data={"show_party": show_party, "reply_working_days": reply_working_days})
    return row


# Drafting -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(
    *,
    by: User,
    request_id: UUID,
    officer_ids: Collection[UUID] = (),
    type: str = Notice.Type.IDENTIFICATION,
    questions: Sequence[str] = (),
    phone: str = "",
    samples_sent: bool = False,
    sample_seal_no: str = "",
    reply_working_days: int | None = None,
    batch_id: UUID | None = None,
    notice_id: UUID | None = None,
) -> Notice:
    """Begin a notice about all items of a request. notice_id makes it once.

    officer_ids: the other officers; without any those who were on the premises. Raises BadInput, KindBlocked, Conflict.
    """
    if notice_id and Notice.objects.filter(pk=notice_id).exists():
        return selectors.access_notice(by, notice_id)
    request = requests.access_request(by, request_id, lock=True)
    organisation = selectors.organisation(request.organisation_id) if request.organisation_id else None
    if organisation is None or request.sent_at is None:
        raise BadInput(_("这个品牌还没有入驻，不知道通知书写给谁。请先联系权利人。"), code="right_holder_unknown")
    check_kind(type, organisation)
    if request.state == AppraisalRequest.State.CANCELLED:
        raise Conflict(_("申请已取消，不能再发通知书。请新建申请。"), code="request_cancelled")
    if request.notices.filter(state__in=(State.DRAFT, State.CHECKING, State.TO_ISSUE, State.ISSUED)).exists():
        raise Conflict(_("这份申请已有一份通知书在办理。请先办完它。"), code="notice_open")
    if samples_sent and not sample_seal_no.strip():
        raise BadInput(_("提交样品的，请填写封签号。"), code="seal_no_missing")
    ground = hooks.ground_of(request)
    rule = selectors.policy()
    days = reply_working_days or (rule.reply_working_days if rule else OpinionPolicy().reply_working_days)
    if not 1 <= days <= LONGEST_REPLY_DAYS:
        raise BadInput(_("答复期限可以是 1 至 {most} 个工作日。"), code="reply_days", most=LONGEST_REPLY_DAYS)
    notice = Notice.objects.create(
        pk=notice_id or uuid7(),
        type=type,
        unit=request.unit,
        request=request,
        batch_id=batch_id,
        organisation_id=organisation.pk,
        organisation_name=organisation.name,
        matter_no=ground.matter_no or request.number,
        party_name=ground.party_name if rule and rule.show_party else "",
        trademarks=_marks(request, organisation.pk),
        questions=[each.strip() for each in questions if each.strip()] or list(QUESTIONS),
        samples_sent=samples_sent,
        sample_seal_no=sample_seal_no.strip(),
        reply_working_days=days,
        officers=_officers(by, officer_ids, ground.officers),
        phone=need(phone or by.phone or "", _("请填写联系电话。"), "phone_missing"),
        liability_notice=LIABILITY,
        drafted_by=by,
    )
    _write_items(notice, request)
    trail.record(notice, "draft", by=by, to_state=notice.state)
    announce(request)
    return notice


@transaction.atomic
def draft_all(*, by: User, request_id: UUID, **said: Any) -> list[Notice]:
    """One notice for each right holder of the visit of this request, in one action. All are drafted, or none."""
    request = requests.access_request(by, request_id)
    asked = selectors.to_ask(by, request)
    if not asked:
        raise Conflict(_("这次检查的权利人都已有通知书在办理。"), code="nobody_left")
    batch = uuid7()
    # Rows of requests are locked in the order of their ids, whoever does this at the same moment.
    drafted = {
        each.pk: draft(by=by, request_id=each.pk, batch_id=batch, **said)
        for each in sorted(asked, key=lambda each: each.pk)
    }
    return [drafted[each.pk] for each in asked]


def _marks(request: AppraisalRequest, organisation_id: UUID) -> list[dict[str, Any]]:
    """Marks of the right holder that cover the goods; where none does, or goods have no class, all of them."""
    wanted = set(selectors.nice_classes(list(request.items.all())).values())
    marks = selectors.trademarks(organisation_id)
    fitting = [each for each in marks if wanted & set(each.nice_classes)] or marks
    return [
        {
            "name": each.name,
            "reg_no": each.reg_no,
            "nice_classes": list(each.nice_classes),
            "valid_until": each.valid_until,
        }
        for each in fitting[:60]
    ]


def _officers(by: User, ids: Collection[UUID], there: Sequence[hooks.Officer]) -> list[dict[str, str]]:
    """Two officers or more, each with a certificate of their own that holds today."""
    wanted = set(ids) or {each.user_id for each in there}
    people = selectors.officers_by_id({by.pk, *wanted})
    people.sort(key=lambda each: (each.pk != by.pk, each.name, str(each.pk)))
    today, found, seen = clock.today(), [], set()
    for person in people:
        number = (person.officer_cert_no or "").strip()
        if not number or (person.officer_cert_until is not None and person.officer_cert_until < today):
            raise BadInput(
                _("{name}没有有效的执法证，不能列入通知书。请换证后由管理员更新，或另选一位。"),
                code="certificate_missing",
                name=person.display_name,
            )
        if number.upper() not in seen:
            seen.add(number.upper())
            found.append({"user_id": str(person.pk), "name": person.name, "certificate_no": number})
    if len(found) < 2:
        raise BadInput(_("通知书要写两名执法人员，各有自己的执法证。请再选一位同事。"), code="officers_missing")
    return found[:4]


def _write_items(notice: Notice, request: AppraisalRequest) -> None:
    items = list(request.items.prefetch_related("photos__exhibit"))
    specs = selectors.specs(items)
    county = request.site.county_code
    NoticeItem.objects.bulk_create(
        NoticeItem(
            notice=notice,
            item=item,
            position=number,
            name=item.product_name,
            claimed_brand=item.claimed_brand,
            spec=specs.get(item.pk, ""),
            batch_no=item.batch_no,
            quantity=item.quantity,
            unit=item.quantity_unit,
            taken_where=divisions.path_name(county) if county else "",
            taken_county=county,
            taken_at=_taken_at(item) or request.sent_at,
            photos=[
                {
                    "photo_id": str(photo.pk),
                    "shot_code": photo.shot_code,
                    "shot_name": shot_name(item, photo.shot_code),
                    "sha256": photo.exhibit.sha256,
                }
                for photo in item.photos.all()
                if photo.exhibit.state not in (Exhibit.State.REFUSED, Exhibit.State.WITHDRAWN)
            ],
        )
        for number, item in enumerate(items, start=1)
    )


def _taken_at(item: RequestItem) -> datetime | None:
    moments = [photo.exhibit.captured_at for photo in item.photos.all() if photo.exhibit.captured_at]
    return min(moments) if moments else None


@transaction.atomic
def change(*, by: User, notice_id: UUID, questions: Sequence[str], phone: str, reply_working_days: int) -> Notice:
    """Change what is asked while it is a draft."""
    notice = selectors.access_notice(by, notice_id, lock=True)
    if notice.state != State.DRAFT:
        raise Conflict(_("通知书已送审，不能再改。需要修改的，请审核人退回。"), code="notice_sent_on")
    if not 1 <= reply_working_days <= LONGEST_REPLY_DAYS:
        raise BadInput(_("答复期限可以是 1 至 {most} 个工作日。"), code="reply_days", most=LONGEST_REPLY_DAYS)
    notice.questions = [each.strip() for each in questions if each.strip()] or list(QUESTIONS)
    notice.phone = need(phone, _("请填写联系电话。"), "phone_missing")
    notice.reply_working_days = reply_working_days
    notice.save(update_fields=["questions", "phone", "reply_working_days"])
    notice.items.all().delete()
    _write_items(notice, notice.request)
    trail.record(notice, "change", by=by)
    announce(notice.request)
    return notice


# 审核, 签发 ----------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(*, by: User, notice_id: UUID) -> Notice:
    """The drafter hands it to be checked."""
    notice = selectors.access_notice(by, notice_id, lock=True)
    move(notice, "submit", by=by)
    people = [each.pk for each in selectors.colleagues(by)]
    tell_people(people, "notice_to_check", _("有一份协助辨认通知书待审核"), page("notice", notice.pk))
    announce(notice.request)
    return notice


@transaction.atomic
def check(*, by: User, notice_id: UUID) -> Notice:
    """Somebody else than the drafter has checked it: an officer of the unit or a leader above it."""
    notice = selectors.access_notice(by, notice_id, lock=True, head=True)
    _another(by, notice.drafted_by_id)
    move(notice, "check", by=by, checked_by=by, checked_at=clock.now())
    people = [each.pk for each in selectors.heads_of(notice.unit) if each.pk not in (by.pk, notice.drafted_by_id)]
    tell_people(people, "notice_to_issue", _("有一份协助辨认通知书待签发"), page("notice", notice.pk))
    announce(notice.request)
    return notice


@transaction.atomic
def send_back(*, by: User, notice_id: UUID, reason: str) -> Notice:
    """Not like this: back to the drafter, with the reason."""
    notice = selectors.access_notice(by, notice_id, lock=True, head=True)
    why = need(reason, _("请写明退回的原因。"), "reason_missing")
    _another(by, notice.drafted_by_id)
    move(notice, "send_back", by=by, why=why, checked_by=None, checked_at=None)
    title = _("通知书被退回：{why}").format(why=why[:60])
    tell_people([notice.drafted_by_id], "notice_sent_back", title, page("notice", notice.pk))
    announce(notice.request)
    return notice


@transaction.atomic
def withdraw(*, by: User, notice_id: UUID, reason: str) -> Notice:
    """It is not needed. Only before it was issued: what went out is answered or returned."""
    notice = selectors.access_notice(by, notice_id, lock=True, head=True)
    why = need(reason, _("请写明作废的原因。"), "void_reason_missing")
    move(notice, "withdraw", by=by, why=why, closing_reason=why[:1000])
    announce(notice.request)
    return notice


def _another(by: User, *others: UUID | None) -> None:
    if by.pk in others:
        raise NotAllowed(_("拟稿、审核、签发要由不同的人办理，这一步请另一位同事办。"), code="not_your_own")


@transaction.atomic
def issue(*, by: User, notice_id: UUID) -> Notice:
    """签发 one notice. See `issue_all`."""
    notice = selectors.access_notice(by, notice_id, head=True)
    return _issue([notice], by=by)[0]


@transaction.atomic
def issue_all(*, by: User, batch_id: UUID) -> list[Notice]:
    """签发 every notice of one action that is ready: consecutive numbers of each kind, all of them or none."""
    ready = [each for each in selectors.batch_of(by, batch_id) if each.state == State.TO_ISSUE]
    if not ready:
        raise Conflict(_("这一批里没有待签发的通知书。"), code="nothing_to_issue")
    return _issue(ready, by=by)


def _issue(notices: Sequence[Notice], *, by: User) -> list[Notice]:
    """Number, paper, letter and the beginning of the pause, in one transaction; the head's, never the drafter's."""
    now = clock.now()
    rows = []
    for each in sorted(notices, key=lambda each: each.pk):
        row = selectors.access_notice(by, each.pk, lock=True, head=True)
        if not selectors.heads(by, row.unit_id):
            raise NotAllowed(_("通知书由局领导签发。"), code="head_issues")
        _another(by, row.drafted_by_id, row.checked_by_id)
        due = clock.due_at(now, clock.Term(row.reply_working_days, clock.Unit.WORKING_DAY))
        fields = {"reply_due_at": due.at, "reply_provisional": due.provisional}
        rows.append(move(row, "issue", by=by, issued_by=by, issued_at=now, **fields))
    series = [(selectors.issuing_unit(row.unit).agency_word, KIND_WORDS[Notice.Type(row.type)]) for row in rows]
    for row, number in zip(rows, issue_many(series), strict=True):
        row.document_no = number
        row.save(update_fields=["document_no"])
        _send(row, by=by)
    return rows


def _send(notice: Notice, *, by: User) -> None:
    paper = papers.make(by=by, kind="assist_notice", matter_id=notice.pk, let_in=True)
    data = bytes(papers.write_file(paper, "pdf").data)
    title = f"协助辨认/鉴别通知书 {notice.document_no}"
    exhibit = files.keep_made(data, title=title, request_id=notice.request_id)
    letter = to_brand(
        notice.request,
        _message(notice, exhibit.sha256, by),
        by=by,
        attachments=(files.document_attachment(exhibit, "notice"),),
        document_no=notice.document_no,
        due_at=notice.reply_due_at,
    )
    notice.letter_id, notice.paper_id = letter.pk, paper.pk
    notice.save(update_fields=["letter_id", "paper_id"])
    assert notice.issued_at is not None
    ClockEvent.objects.create(
        notice=notice, kind=ClockEvent.Kind.BEGIN, at=notice.issued_at, why="发出通知书", by_name=by.display_name
    )
    seal_log.append(
        "opinion.notice",
        notice.pk,
        {"number": notice.document_no, "paper_sha256": paper.content_sha256, "pdf_sha256": exhibit.sha256},
    )
    tell_people(
        [notice.drafted_by_id, notice.request.officer_id],
        "notice_issued",
        _("{number} 已签发").format(number=notice.document_no),
        page("notice", notice.pk),
    )
    announce(notice.request)


def _message(notice: Notice, pdf_sha256: str, by: User) -> NoticeV1:
    assert notice.reply_due_at is not None and notice.issued_at is not None
    return NoticeV1(
        notice_id=notice.pk,
        request_id=notice.request_id,
        organisation_id=notice.organisation_id,
        type=notice.type,
        matter_no="" if not notice.party_name else notice.matter_no,
        party_name=notice.party_name,
        trademarks=tuple(
            TrademarkV1(name=each["name"], reg_no=each["reg_no"], nice_classes=tuple(each["nice_classes"]),
                        valid_until=each["valid_until"])
            for each in notice.trademarks
        ),
        items=tuple(
            NoticeItemV1(
                item_id=each.item_id,
                position=each.position,
                name=each.name,
                claimed_brand=each.claimed_brand,
                spec=each.spec,
                batch_no=each.batch_no,
                quantity=each.quantity,
                unit=each.unit,
                taken_county=each.taken_county,
                taken_at=each.taken_at,
                photos=tuple(
                    NoticePhotoV1(
                        photo_id=photo["photo_id"], shot_code=photo["shot_code"], original_sha256=photo["sha256"]
                    )
                    for photo in each.photos
                ),
            )
            for each in notice.items.all()
        ),
        questions=tuple(notice.questions),
        samples_sent=notice.samples_sent,
        sample_seal_no=notice.sample_seal_no,
        reply_due_at=notice.reply_due_at,
        unit_name=selectors.issuing_unit(notice.unit).name,
        officers=tuple(NoticeOfficerV1(name=each["name"], cert_no=each["certificate_no"]) for each in notice.officers),
        phone=notice.phone,
        liability_notice=notice.liability_notice,
        issued_by_name=by.name,
        issued_at=notice.issued_at,
        seal_state=notice.seal_state,
        pdf_sha256=pdf_sha256,
    )  # fmt: skip


def sealed_on_paper(notice: Notice, *, by: User) -> None:
    """Every page of the printed, sealed notice has come back as a photo."""
    if notice.seal_state != Notice.SealState.SCANNED:
        Notice.objects.filter(pk=notice.pk).update(seal_state=Notice.SealState.SCANNED)
        trail.record(notice, "seal", by=by, data={"seal_state": "scanned"})
        announce(notice.request)


# Waiting --------------------------------------------------------------------------------------------------------------


def settle(notice: Notice, *, at: datetime, by_name: str) -> bool:
    """End the waiting when every item has a conclusion in a formal letter that stands and was not returned.

    Called with the notice's row locked. Returns whether it ended.
    """
    if notice.state != State.ISSUED:
        return False
    wanted = set(notice.items.values_list("item_id", flat=True))
    letters = HeldLetter.objects.filter(request_id=notice.request_id, state=HeldLetter.State.FORMAL)
    covered: set[UUID] = set()
    for letter in letters:
        if not selectors.open_return(letter):
            covered |= {each.item_id for each in letter.items.all() if each.item_id is not None}
    if not wanted <= covered:
        return False
    ClockEvent.objects.create(
        notice=notice, kind=ClockEvent.Kind.END, at=at, why="收到正式意见书", by_name=by_name[:80]
    )
    move(notice, "answer", by=trail.Actor(None, by_name), answered_at=at)
    return True


def keep_waiting(notice: Notice, *, why: str, by: User) -> None:
    """What came went back: the end of the pause is struck out, as if it had never come."""
    last = notice.clock_events.filter(kind=ClockEvent.Kind.END).order_by("-recorded_at", "-id").first()
    if notice.state != State.ANSWERED or last is None:
        return
    ClockEvent.objects.create(
        notice=notice, kind=ClockEvent.Kind.STRIKE, at=clock.now(), strikes=last, why=why[:500], by_name=by.display_name
    )
    move(notice, "reopen", by=by, why=why, answered_at=None)


def give_back(notice: Notice, *, why: str, by: Any, at: datetime) -> None:
    """The right holder returned the notice: nobody is waited for any more. Called with the row locked."""
    move(notice, "give_back", by=by, why=why, closing_reason=why[:1000])
    ClockEvent.objects.create(
        notice=notice, kind=ClockEvent.Kind.END, at=at, why="权利人退回通知书", by_name=by.display_name[:80]
    )


def remind_overdue(*, now: datetime | None = None) -> int:
    """Tell officers of notices whose answer is overdue, each once a day. Returns how many. Safe to run twice."""
    now = now or clock.now()
    today, count = clock.local_date(now), 0
    late = Notice.objects.filter(state=State.ISSUED, reply_due_at__lt=now).exclude(reminded_on=today)
    for notice in late.select_related("request"):
        if not Notice.objects.filter(pk=notice.pk).exclude(reminded_on=today).update(reminded_on=today):
            continue
        people = [notice.drafted_by_id, notice.request.officer_id]
        title = _("{number} 已过答复期限").format(number=notice.document_no)
        tell_people(people, "notice_overdue", title, page("notice", notice.pk))
        count += 1
    return count


__all__ = [
    "KindBlocked",
    "change",
    "check",
    "check_kind",
    "draft",
    "draft_all",
    "give_back",
    "issue",
    "issue_all",
    "keep_waiting",
    "remind_overdue",
    "send_back",
    "sealed_on_paper",
    "set_policy",
    "settle",
    "submit",
    "withdraw",
]
