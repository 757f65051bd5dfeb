"""Referrals by file: messages that wait go out in a parcel, what the other side says comes in by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.trail import Person
from kernel.errors import NotAllowed
from tenants.cases import selectors as cases
from tenants.linkage.models import LinkageSetting, Outgoing, Referral, ReferralStep
from tenants.linkage.services import referring, sending
from tenants.parcels.kinds import Answer, Checked, Column, Given, Link, Made, Record, RecordKind, register
from webui.pages import uuid_or_none

_OUTCOMES = tuple(
    Column(name=name, label=words, kind="number", hint=_("只在“刑事结果”时填。"))
    for name, words in referring.OUTCOMES.items()
)
COLUMNS = (
    Column(name="document_no", label=_("移送书文号"), needed=True, longest=80),
    Column(
        name="kind",
        label=_("事项"),
        needed=True,
        choices={str(each.value): each.label for each in ReferralStep.THEIRS},
    ),
    Column(name="at", label=_("时间"), kind="moment", needed=True),
    Column(name="number", label=_("文书编号"), longest=80),
    Column(name="words", label=_("说明"), longest=1000, hint=_("回执写签收人；退回、不予立案写理由。")),
    *_OUTCOMES,
)
OUT_COLUMNS = (
    Column(name="kind", label=_("事项"), choices={str(value): words for value, words in Outgoing.Kind.choices}),
    Column(name="case_number", label=_("立案号")),
    Column(name="document_no", label=_("移送书文号")),
    Column(name="made_at", label=_("报送时间")),
)


def out(connection: Link, since: datetime, until: datetime) -> Iterator[Record]:
    """Every message that waits, whole, in the order of its case; whatever the time, for none may be left behind."""
    for message, payload in sending.waiting_for(connection.id):
        yield Record(
            id=message.pk,
            at=message.made_at,
            said={
                "kind": str(message.kind),
                "case_number": message.case.number,
                "document_no": message.referral.document_no if message.referral else "",
                "made_at": message.made_at.isoformat(),
            },
            whole=payload,
        )


def went(connection: Link, ids: Sequence[str], number: int) -> None:
    """They are in a parcel that is ready."""
    for message in Outgoing.objects.filter(pk__in=ids, state=Outgoing.State.WAITING):
        sending.went(message, by=sending.MACHINE, channel=LinkageSetting.Channel.PARCEL, reference=str(number))


def heard(answer: Answer, by: Person) -> None:
    """What the other side says of messages that went in a parcel; of the whole parcel, of each."""
    rows = Outgoing.objects.filter(
        connection_id=answer.connection_id, channel=LinkageSetting.Channel.PARCEL, reference=str(answer.parcel)
    )
    if answer.ref:
        rows = rows.filter(pk=uuid_or_none(answer.ref))
    for message in rows.select_related("case__unit", "referral").order_by("pk"):
        if answer.refused:
            referring.not_taken(message, by=by, words=answer.words)
        elif message.state == Outgoing.State.REFUSED:
            sending.taken_after_all(message, by=by)


def _referral(given: Given) -> Referral | None:
    rows = Referral.objects.filter(connection_id=given.connection.id, state__in=Referral.OUT)
    return rows.filter(document_no=given.said["document_no"]).select_related("case").first()


def check(given: Given) -> Checked:
    """Whether there is such a referral, and whoever takes it in may see its case."""
    referral = _referral(given)
    if referral is None or not (given.by.is_service or cases.cases_of(given.by).filter(pk=referral.case_id).exists()):
        return Checked(effect="rejected", code="referral_unknown", column="document_no")
    if given.ref and referral.steps.filter(external_id=given.ref[:120]).exists():
        return Checked(effect="same", record_id=referral.pk)
    return Checked(effect="new", record_id=referral.pk)


def take(given: Given) -> Made:
    """Write it down as what the platform said."""
    referral = _referral(given)
    if referral is None or not cases.cases_of(given.by).filter(pk=referral.case_id).exists():
        raise NotAllowed()
    said = given.said
    step = referring.arrived(
        referral_id=referral.pk,
        kind=said["kind"],
        at=datetime.fromisoformat(said["at"]),
        number=said.get("number", ""),
        words=said.get("words", ""),
        data={name: said[name] for name in referring.OUTCOMES if name in said},
        external_id=given.ref,
        connection_id=given.connection.id,
        by=given.by,
    )
    return Made(
        record_id=step.pk, title=f"{referral.document_no} {step.get_kind_display()}", url=f"/linkage/{referral.pk}/"
    )


def register_all() -> None:
    """Offer both kinds."""
    register(
        RecordKind(
            name="referral",
            label=_("移送报送"),
            out_columns=OUT_COLUMNS,
            out=out,
            went=went,
            heard=heard,
            for_kinds=frozenset({"linkage"}),
        )
    )
    register(
        RecordKind(
            name="referral_step",
            label=_("公安检察反馈"),
            columns=COLUMNS,
            check=check,
            take=take,
            for_kinds=frozenset({"linkage"}),
            title="document_no",
        )
    )
