"""挂牌督办: the common superior puts a matter of a province on its list; the province reports until it is taken off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.move import move, refusal
from audit.trail import Person
from federation.broker import hooks
from federation.broker.models import ListedSupervision, SupervisionReport
from federation.broker.services.common import (
    host_of,
    need,
    next_number,
    own,
    require_leader,
    superior,
    tell_desk,
    title_of,
    url,
)
from federation.contracts.addresses import Address
from federation.contracts.broker import SupervisionReportV1, SupervisionTurnedV1, SupervisionV1
from federation.letters import receipts
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput, NotFound404

State = ListedSupervision.State
REMIND_DAYS = 3


# At the superior ------------------------------------------------------------------------------------------------------


@transaction.atomic
def list_matter(
    *, by: Person, province: str, subject_kind: str, subject_no: str, title: str, demand: str, due_on: date
) -> ListedSupervision:
    """挂牌, with a number, to one province. Raises BadInput `province_wrong`, `due_past`, or for what is missing."""
    require_leader(by)
    host = host_of(province)
    if host is None or host.is_superior or host.state != "active":
        raise BadInput(_("请选择承办的省份。"), code="province_wrong", province=province)
    if due_on < clock.today():
        raise BadInput(_("办结期限不能早于今天。"), code="due_past")
    row = ListedSupervision(
        province=province,
        subject_kind=subject_kind,
        subject_no=need(subject_no, _("请填写案号、线索编号或文号。"), "subject_no_missing", longest=80),
        title=need(title, _("请填写督办事项。"), "title_missing", longest=200),
        demand=need(demand, _("请写明督办要求。"), "demand_missing", longest=2000),
        due_on=due_on,
        listed_by=by.display_name[:60],
        listed_at=clock.now(),
    )
    row.document_no = next_number("督办")
    row.save(force_insert=True)
    trail.record(row, "list", by=by, to_state=row.state)
    post(
        SupervisionV1(
            supervision_id=row.pk, subject_kind=row.subject_kind, subject_no=row.subject_no, title=row.title,
            demand=row.demand, due_on=row.due_on, by_name=row.listed_by, at=row.listed_at,
        ),
        Address.province(province), thread=row.pk, by=by, document_no=row.document_no, due_at=clock.at_end(due_on),
    )  # fmt: skip
    return row


@transaction.atomic
def lift(row: ListedSupervision, *, by: Person, words: str = "") -> ListedSupervision:
    """摘牌: done, or wanted no longer."""
    require_leader(by)
    return _turn(row, "lift", by, words.strip()[:2000], None)


@transaction.atomic
def send_back(row: ListedSupervision, *, by: Person, words: str, due_on: date | None = None) -> ListedSupervision:
    """退回继续办理: more is wanted, by the old day or a new one."""
    require_leader(by)
    said = need(words, _("请写明还要办理什么。"), "words_missing", longest=2000)
    if due_on is not None and due_on < clock.today():
        raise BadInput(_("办结期限不能早于今天。"), code="due_past")
    return _turn(row, "send_back", by, said, due_on or row.due_on)


def _turn(row: ListedSupervision, verb: str, by: Person, words: str, due_on: date | None) -> ListedSupervision:
    now = clock.now()
    fields = {"turned_words": words, "lifted_at": now} if verb == "lift" else {"turned_words": words, "due_on": due_on}
    move(row, verb, by=by, why=words[:500], **fields)
    post(
        SupervisionTurnedV1(
            supervision_id=row.pk, turn="lifted" if verb == "lift" else "sent_back", words=words, due_on=due_on,
            by_name=by.display_name, at=now,
        ),
        Address.province(row.province), thread=row.pk, by=by, due_at=clock.at_end(due_on) if due_on else None,
    )  # fmt: skip
    return row


def report_came(message: SupervisionReportV1, sender: str) -> None:
    """The province has reported; twice is once."""
    row = _there(message.supervision_id)
    if row.province != sender:
        raise NotFound404(supervision_id=row.pk)
    _report, made = SupervisionReport.objects.get_or_create(
        pk=message.report_id,
        defaults={
            "supervision": row,
            "text": message.text,
            "is_final": message.is_final,
            "by_name": message.by_name,
            "at": message.at,
        },
    )
    if not made:
        return
    if message.is_final and row.state == State.LISTED:
        move(row, "report", by=trail.Actor(None, message.by_name))
    tell_desk("broker_supervision", _("督办有情况报告"), f"{title_of(sender)}：{row.title}", url("supervision", row.pk))


# At the province ------------------------------------------------------------------------------------------------------


def came(message: SupervisionV1, document_no: str) -> ListedSupervision:
    """An order from above has arrived."""
    row, made = ListedSupervision.objects.get_or_create(
        pk=message.supervision_id,
        defaults={
            "document_no": document_no,
            "province": own(),
            "subject_kind": message.subject_kind,
            "subject_no": message.subject_no,
            "title": message.title,
            "demand": message.demand,
            "due_on": message.due_on,
            "listed_by": message.by_name,
            "listed_at": message.at,
        },
    )
    if made:
        trail.record(row, "list", by=trail.Actor(None, message.by_name), to_state=row.state)
        tell_desk(
            "broker_supervision", _("总局挂牌督办一件，请按期报结果"), f"{document_no} {row.title}",
            url("supervision", row.pk), urgent=True,
        )  # fmt: skip
        hooks.supervised(row)
    return row


@transaction.atomic
def report(row: ListedSupervision, *, by: Person, text: str, is_final: bool = False) -> SupervisionReport:
    """What was done so far; final when all is done, then it waits for the superior."""
    row = ListedSupervision.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.state != State.LISTED:
        raise refusal(row, "report")
    said = need(text, _("请写明办理情况。"), "report_missing")
    above = superior()
    if above is None:
        raise BadInput(_("总局现在没有在线席位，请书面报告。"), code="superior_away")
    made = SupervisionReport.objects.create(
        supervision=row, text=said, is_final=is_final, by_name=by.display_name[:60], at=clock.now()
    )
    if is_final:
        move(row, "report", by=by)
        receipts.over(row.pk, SupervisionV1.kind, SupervisionTurnedV1.kind)
        hooks.supervised(row)
    else:
        trail.record(row, "report_progress", by=by)
    post(
        SupervisionReportV1(
            supervision_id=row.pk, report_id=made.pk, text=said, is_final=is_final, by_name=made.by_name, at=made.at
        ),
        above, thread=row.pk, by=by,
    )  # fmt: skip
    return made


def turned(message: SupervisionTurnedV1) -> None:
    """The superior took it off the list, or wants more."""
    row = _there(message.supervision_id)
    by = trail.Actor(None, message.by_name)
    if message.turn == "lifted":
        move(row, "lift", by=by, turned_words=message.words, lifted_at=message.at)
        receipts.over(row.pk, SupervisionV1.kind, SupervisionTurnedV1.kind)
        words = _("挂牌督办已摘牌")
    else:
        move(row, "send_back", by=by, turned_words=message.words, due_on=message.due_on or row.due_on)
        words = _("督办报告被退回，请继续办理")
    tell_desk("broker_supervision", words, f"{row.document_no} {row.title}", url("supervision", row.pk))
    hooks.supervised(row)


def remind(now: datetime) -> int:
    """At the province: orders that end within three days or are over are named once a day. Returns how many."""
    day = clock.local_date(now)
    rows = ListedSupervision.objects.filter(
        state=State.LISTED, province=own(), due_on__lte=day + timedelta(days=REMIND_DAYS)
    ).exclude(reminded_on=day)
    for row in rows:
        late = row.due_on < day
        words = _("挂牌督办已超期，请立即报告") if late else _("挂牌督办就要到期")
        tell_desk(
            "broker_supervision", words, f"{row.document_no} {row.title}", url("supervision", row.pk), urgent=late
        )
        ListedSupervision.objects.filter(pk=row.pk).update(reminded_on=day)
    return len(rows)


def _there(supervision_id: UUID) -> ListedSupervision:
    row = ListedSupervision.objects.select_for_update(of=("self",)).filter(pk=supervision_id).first()
    if row is None:
        raise NotFound404(supervision_id=supervision_id)
    return row
