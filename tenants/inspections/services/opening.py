"""An inspection begins: who, where, whose premises, who is there, what they were told."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.requests import services as requests
from appraisal.requests.selectors import home_unit
from appraisal.requests.services import Place
from audit import trail
from audit.move import move
from evidence.models import Exhibit
from kernel import clock, uscc
from kernel.errors import BadInput
from kernel.ids import uuid7
from kernel.text import squeeze
from provinces.context import province_code
from tenants.inspections import selectors
from tenants.inspections.errors import CertificateTwice, JoinCodeWrong, TooManyTries, UnitsApart
from tenants.inspections.models import (
    Inspection,
    InspectionOfficer,
    JoinCode,
    MarketEntity,
    Notice,
    PresentPerson,
)
from tenants.inspections.services.steps import State, certificate_of, changed, normal, require_open

CODE_LIVES = timedelta(minutes=5)
CODE_DIGITS = 6
TRIES = 5
LOCKED = timedelta(minutes=10)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
NOTICE_WORDS = {
    Notice.Code.IDENTITY: _("我们是{unit}的执法人员{officers}，这是我们的执法证件，请您过目。"),
    Notice.Code.AVOIDANCE: _("您认为执法人员与本次检查有直接利害关系的，有权申请回避。您是否申请回避？"),
    Notice.Code.DUTY: _("请您如实回答询问并配合检查，不得阻挠，也不得转移、隐匿、销毁有关物品和资料。"),
    Notice.Code.STATEMENT: _("您有权陈述和申辩，有权对本次检查提出意见。"),
}
REQUIRED_NOTICES = (Notice.Code.IDENTITY, Notice.Code.AVOIDANCE, Notice.Code.DUTY)
DESCRIBED = frozenset({"scene", "party_statement", "conduct", "repeat_offender", "repeat_basis"})


@transaction.atomic
def open_inspection(
    *, by: User, place: Place, inspection_id: UUID | None = None, started_at: datetime | None = None
) -> Inspection:
    """Begin. inspection_id: chosen by the phone, so that a repeated call opens nothing twice.

    Raises CertificateMissing, CertificateLapsed, and what `requests.open_site` raises.
    """
    if inspection_id and Inspection.objects.filter(pk=inspection_id).exists():
        return selectors.access_inspection(by, inspection_id)
    number, until = certificate_of(by)
    unit = home_unit(by)
    now = clock.now()
    inspection = Inspection.objects.create(
        pk=inspection_id or uuid7(),
        number=_number(),
        unit=unit,
        opened_by=by,
        recorder=by,
        site=requests.open_site(by=by, place=place),
        started_at=min(started_at or now, now),
    )
    _come_in(inspection, by, number, until)
    trail.record(inspection, "open", by=by, to_state=State.OPENED)
    changed(inspection, "opened")
    return inspection


def _come_in(inspection: Inspection, person: User, number: str, until: Any) -> InspectionOfficer:
    return InspectionOfficer.objects.create(
        inspection=inspection,
        officer=person,
        name=person.name,
        unit_name=person.unit.name if person.unit else "",
        certificate_no=number,
        certificate_until=until,
    )


def _number() -> str:
    """A number people can say: province, day, 检 and five letters. Drawn by chance; the column is unique."""
    day = clock.local_date(clock.now())
    return f"{province_code().upper()}{day:%y%m%d}检{''.join(secrets.choice(_LETTERS) for _each in range(5))}"


# The second officer ---------------------------------------------------------------------------------------------------


@transaction.atomic
def make_join_code(*, by: User, inspection_id: UUID) -> tuple[str, datetime]:
    """A code for one more officer, shown on the first phone. Returns it and when it ends; those before it end now."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    require_open(inspection)
    now = clock.now()
    inspection.join_codes.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    live = set(JoinCode.objects.filter(used_at=None, expires_at__gt=now).values_list("digest", flat=True))
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        if _digest(code) not in live:
            break
    row = JoinCode.objects.create(
        inspection=inspection, digest=_digest(code), made_by=by, made_at=now, expires_at=now + CODE_LIVES
    )
    return code, row.expires_at


def _digest(code: str) -> str:
    """Of a code, for one province: the rows tell nobody who reads them how to join."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"join {province_code()} {code}".encode(), hashlib.sha256).hex()


def join(*, by: User, code: str) -> Inspection:
    """The second officer comes in, by the code that the first one's phone shows.

    Raises TooManyTries, JoinCodeWrong, CertificateMissing, CertificateLapsed, CertificateTwice, UnitsApart.
    """
    tries_key = f"inspections.join.{by.pk}"
    if cache.get(tries_key, 0) >= TRIES:
        raise TooManyTries(tries=TRIES, minutes=LOCKED.seconds // 60)
    inspection = _join(by, squeeze(code))
    if inspection is None:
        cache.add(tries_key, 0, LOCKED.seconds)
        cache.incr(tries_key)
        raise JoinCodeWrong(minutes=CODE_LIVES.seconds // 60)
    cache.delete(tries_key)
    return inspection


@transaction.atomic
def _join(by: User, code: str) -> Inspection | None:
    """The inspection, with this person on it; None when the code opens nothing."""
    row = JoinCode.objects.filter(digest=_digest(code), used_at=None, expires_at__gt=clock.now()).first()
    if row is None:
        return None
    inspection = Inspection.objects.select_for_update(of=("self",)).get(pk=row.inspection_id)
    if inspection.officers.filter(officer=by).exists():
        return inspection
    number, until = certificate_of(by)
    _require_apart(inspection, by, number)
    require_open(inspection)
    if not JoinCode.objects.filter(pk=row.pk, used_at=None).update(used_at=clock.now(), used_by=by):
        return None
    _come_in(inspection, by, number, until)
    if inspection.state == State.OPENED:
        move(inspection, "join", by=by)
    else:
        trail.record(inspection, "join", by=by)
    changed(inspection, "joined")
    return inspection


def _require_apart(inspection: Inspection, by: User, number: str) -> None:
    for officer in inspection.officers.all():
        if normal(officer.certificate_no) == number:
            raise CertificateTwice(certificate_no=number)
    if not selectors.work_together(inspection.unit, home_unit(by)):
        raise UnitsApart(unit=home_unit(by).name, other=inspection.unit.name)


@transaction.atomic
def show_certificate(*, by: User, inspection_id: UUID) -> InspectionOfficer:
    """This officer showed the certificate to the party. Twice is once."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    require_open(inspection)
    officer = inspection.officers.get(officer=by)
    if officer.shown_at is None:
        officer.shown_at = clock.now()
        officer.save(update_fields=["shown_at"])
        changed(inspection, "officers")
    return officer


# Where, and whose -----------------------------------------------------------------------------------------------------


@transaction.atomic
def correct_place(*, by: User, inspection_id: UUID, place: Place) -> Inspection:
    """The place as a person says it is, where the phone was wrong."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    require_open(inspection)
    inspection.site = requests.correct_site(by=by, site=inspection.site, place=place)
    changed(inspection, "place")
    return inspection


@transaction.atomic
def set_entity(
    *, by: User, inspection_id: UUID, kind: str, name: str, licence_exhibit: Exhibit | None = None, **fields: str
) -> MarketEntity:
    """Whose premises. kind licensed: by `uscc`, by `old_number` with a `note`, or by a photo of the licence.

    A stall or a natural person has neither code nor licence. Raises what `kernel.uscc.parse` raises, BadInput.
    """
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    require_open(inspection)
    if kind not in MarketEntity.Kind.values:
        raise BadInput(_("请从列表中选择主体类别。"), code="entity_kind_unknown", kind=kind)
    if not name.strip():
        raise BadInput(_("请写下名称或姓名；对方不说的，写下所见，例如“红色棚子摊主”。"), code="entity_name_missing")
    values: dict[str, Any] = {
        key: fields.get(key, "").strip()
        for key in ("old_number", "responsible_person", "address", "phone", "identity_no", "note")
    }
    code = fields.get("uscc", "").strip()
    if kind == MarketEntity.Kind.LICENSED:
        values["uscc"] = uscc.parse(code) if code else ""
        if not (code or values["old_number"] or licence_exhibit):
            raise BadInput(
                _("有营业执照的，请填写统一社会信用代码，或拍下执照。没有执照请改选“无照经营”或“摊贩”。"),
                code="entity_code_missing",
            )
    elif code or values["old_number"]:
        raise BadInput(_("填了代码就不是无照。请改选“有营业执照”，或删去代码。"), code="entity_code_unexpected")
    entity = inspection.entity or MarketEntity()
    before = entity.kind
    entity.kind, entity.name, entity.licence_exhibit = kind, name.strip(), licence_exhibit or entity.licence_exhibit
    for key, value in {"uscc": "", **values}.items():
        setattr(entity, key, value)
    entity.save()
    if inspection.entity_id is None:
        inspection.entity = entity
        inspection.save(update_fields=["entity"])
    trail.record(inspection, "entity", by=by, data={"kind": kind, "before": before})
    changed(inspection, "entity")
    return entity


@transaction.atomic
def describe(*, by: User, inspection_id: UUID, **fields: Any) -> Inspection:
    """What was seen, what the party says, whether they sell or make, whether they were punished before.

    Raises BadInput `repeat_basis_missing` when somebody is called a repeat offender without a ground.
    """
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    require_open(inspection)
    unknown = set(fields) - DESCRIBED
    if unknown:
        raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=sorted(unknown))
    for key, value in fields.items():
        setattr(inspection, key, value)
    if inspection.conduct not in Inspection.Conduct.values:
        raise BadInput(_("请选择销售或制造。"), code="conduct_unknown", conduct=inspection.conduct)
    if inspection.repeat_offender and not inspection.repeat_basis.strip():
        raise BadInput(_("请写明曾受何处罚，例如处罚决定书文号。"), code="repeat_basis_missing")
    inspection.save(update_fields=[*fields] or None)
    changed(inspection, "described")
    return inspection


# Who is there, and what they were told --------------------------------------------------------------------------------


@transaction.atomic
def add_person(
    *, by: User, inspection_id: UUID, role: str, person_id: UUID | None = None, **fields: Any
) -> PresentPerson:
    """Somebody is present. person_id: chosen by the phone; said again, it corrects. A refusal needs no name."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    require_open(inspection)
    if role not in PresentPerson.Role.values:
        raise BadInput(_("请从列表中选择在场人员的身份。"), code="person_role_unknown", role=role)
    if not fields.get("name", "").strip() and not fields.get("refused"):
        raise BadInput(_("请填写姓名；对方拒绝表明身份的，请勾选“拒绝表明身份”。"), code="person_name_missing")
    person = PresentPerson.objects.filter(pk=person_id).first() if person_id else None
    if person is not None and person.inspection_id != inspection.pk:
        person = selectors.access_person(by, person.pk, lock=True)  # 404 for a stranger's
        raise BadInput(_("这位在场人员属于另一次检查。请重新登记。"), code="person_elsewhere")
    person = person or PresentPerson(pk=person_id or uuid7(), inspection=inspection)
    person.role = role
    for key, value in fields.items():
        setattr(person, key, value)
    person.save()
    changed(inspection, "persons")
    return person


@transaction.atomic
def give_notice(
    *, by: User, inspection_id: UUID, code: str, answer: str = "", given_at: datetime | None = None
) -> Notice:
    """One notice was read out, in the words kept with it. Said again, the answer is the later one."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    require_open(inspection)
    if code not in Notice.Code.values:
        raise BadInput(_("没有这一项告知。请刷新页面。"), code="notice_unknown", notice=code)
    now = clock.now()
    notice, made = Notice.objects.get_or_create(
        inspection=inspection,
        code=code,
        defaults={
            "words": notice_words(inspection, code),
            "answer": answer.strip(),
            "given_at": min(given_at or now, now),
            "given_by": by,
        },
    )
    if not made and answer.strip() != notice.answer:
        notice.answer = answer.strip()
        notice.save(update_fields=["answer"])
    if code == Notice.Code.IDENTITY:
        inspection.officers.filter(officer=by, shown_at=None).update(shown_at=notice.given_at)
    changed(inspection, "notices")
    return notice


def notice_words(inspection: Inspection, code: str) -> str:
    """What is read out, with the officers' names and numbers where they belong."""
    officers = "、".join(
        str(_("{name}（{number}）")).format(name=officer.name, number=officer.certificate_no)
        for officer in inspection.officers.all()
    )
    return str(NOTICE_WORDS[Notice.Code(code)]).format(unit=inspection.unit.name, officers=officers)
