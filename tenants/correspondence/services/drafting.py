"""拟稿: a letter is begun from a clue, a case, another letter or nothing; written, given its evidence, submitted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import issuing_unit
from audit import trail
from audit.move import move
from audit.numbering import void as void_number
from evidence.models import Exhibit
from evidence.selectors import access_exhibit
from federation.directory import book
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from tenants.cases import selectors as cases
from tenants.clues import selectors as clues
from tenants.clues.models import Clue
from tenants.correspondence import checks, outside, selectors
from tenants.correspondence.errors import AddresseeAtHome, AddresseeNotGiven, BulletinForNobody, MayNotForward
from tenants.correspondence.kinds import KindSpec, Setting, kind
from tenants.correspondence.models import BulletinCopy, LetterApproval, LetterItem, OfficialLetter
from tenants.correspondence.services import steps
from tenants.correspondence.services.steps import State, announce, need, require, require_state, tell_people

MOST_EXHIBITS = 60
PARTS = ("title", "summary", "legal_basis", "suggestion", "contact_name", "contact_phone", "seal")
_LENGTHS = {"title": 200, "summary": 8000, "legal_basis": 1000, "suggestion": 2000, "contact_name": 40,
            "contact_phone": 30}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class To:
    """Whom a letter is to go to. unit_ref: of the directory. partner_id: a department, on paper.

    provinces, group_id: for kinds that go to several.
    """

    unit_ref: str = ""
    partner_id: UUID | None = None
    provinces: Sequence[str] = field(default_factory=tuple)
    group_id: UUID | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody is named."""
        return not (self.unit_ref or self.partner_id or self.provinces or self.group_id)


@transaction.atomic
def draft(
    *,
    by: User,
    kind_code: str,
    to: To | None = None,
    clue_id: UUID | None = None,
    case_id: UUID | None = None,
    refers_to_id: UUID | None = None,
    refers_as: str = "",
    fields: Mapping[str, Any] | None = None,
    exhibit_ids: Sequence[UUID] | None = None,
    letter_id: UUID | None = None,
    **parts: str,
) -> OfficialLetter:
    """Begin a letter. What is not said is taken from the clue, case or letter it is about.

    to: may be named later, before it is submitted. letter_id: chosen by the page it is written on, so twice is once.
    Raises NotAllowed, NotFound404, BadInput, ReportStaysHere, MayNotForward.
    """
    require(steps.may_draft(by), _("公函由执法人员或线索管理员拟稿。"), "drafters_only")
    known = OfficialLetter.objects.filter(pk=letter_id, drafted_by=by).first() if letter_id else None
    if known is not None:
        return known
    spec, setting = kind(kind_code), setting_for(by, clue_id=clue_id, case_id=case_id, refers_to_id=refers_to_id)
    _fits(spec, setting, refers_as)
    assert by.unit is not None
    started = dict(spec.started(setting))
    letter = OfficialLetter(
        id=letter_id or uuid7(),
        kind=spec.code,
        own_unit=setting.unit,
        clue=setting.clue,
        case=setting.case,
        refers_to=setting.refers_to,
        refers_as=refers_as or (OfficialLetter.Refers.ANSWERS if setting.refers_to else ""),
        drafted_by=by,
        contact_name=by.name,
        contact_phone=by.phone or "",
        title=str(started.pop("title", ""))[:200],
        summary=str(started.pop("summary", ""))[:8000],
        legal_basis=str(started.pop("legal_basis", ""))[:1000],
        suggestion=str(started.pop("suggestion", ""))[:2000],
    )
    letter.origin_id = letter.pk
    letter.thread = setting.refers_to.thread if setting.refers_to is not None else letter.pk
    letter.fields = _plain(started)
    if fields is not None:
        letter.fields = read_fields(spec, fields, setting)
    _set_parts(letter, parts)
    if setting.refers_to is not None and (to is None or to.is_empty):
        _same_addressee(letter, setting.refers_to)
    letter.save(force_insert=True)
    if to is not None and not to.is_empty:
        _address(letter, to, spec)
        letter.save()
    elif setting.refers_to is not None:
        told = setting.refers_to.copies.exclude(state__in=(BulletinCopy.State.NAMED, BulletinCopy.State.DROPPED))
        BulletinCopy.objects.bulk_create(
            BulletinCopy(letter=letter, party=party, name=name) for party, name in told.values_list("party", "name")
        )
    LetterApproval.objects.create(
        letter=letter, step=LetterApproval.Step.DRAFTED, by=by, name=by.name, title=by.title, unit_name=by.unit.name
    )
    trail.record(letter, "draft", by=by, to_state=letter.state, data={"kind": letter.kind})
    if exhibit_ids is not None:
        put_exhibits(by=by, letter_id=letter.pk, exhibit_ids=exhibit_ids)
    elif setting.clue is not None and spec.needs == "clue":
        put_exhibits(by=by, letter_id=letter.pk, exhibit_ids=_own_exhibits(setting.clue))
    announce(letter, "draft")
    return letter


def setting_for(
    by: User, *, clue_id: UUID | None = None, case_id: UUID | None = None, refers_to_id: UUID | None = None,
    letter: OfficialLetter | None = None,
) -> Setting:  # fmt: skip
    """In what somebody writes. Raises NotFound404 for a clue, case or letter they may not see."""
    assert by.unit is not None
    if letter is not None:
        return Setting(
            person=by, unit=letter.own_unit, clue=letter.clue, case=letter.case, letter=letter,
            refers_to=letter.refers_to,
        )  # fmt: skip
    return Setting(
        person=by,
        unit=issuing_unit(by.unit),
        clue=clues.whole_clue(by, clue_id) if clue_id else None,
        case=cases.access_case(by, case_id) if case_id else None,
        refers_to=selectors.letter(by, refers_to_id) if refers_to_id else None,
    )


def _fits(spec: KindSpec, setting: Setting, refers_as: str) -> None:
    if spec.needs == "clue" and setting.clue is None:
        raise BadInput(_("请从线索页面起草“{kind}”。"), code="letter_needs_clue", kind=str(spec.words))
    if spec.needs == "case" and setting.case is None:
        raise BadInput(_("请从案件页面起草“{kind}”。"), code="letter_needs_case", kind=str(spec.words))
    earlier = setting.refers_to
    if refers_as == OfficialLetter.Refers.CORRECTS and (
        earlier is None or not earlier.is_out or earlier.state in (*OfficialLetter.IN_HAND, State.VOID)
    ):
        raise BadInput(_("更正函要指明已发出的原函。请从原函页面起草。"), code="letter_nothing_to_correct")
    clue = setting.clue
    if clue is None:
        return
    if spec.code == "clue_transfer" and clue.state in (Clue.State.ENDED, Clue.State.MERGED):
        raise Conflict(_("线索已办结或已并入，不能移送。需要时先重新办理。"), code="clue_is_over")
    if spec.code in ("clue_transfer", "clue_bulletin"):
        checks.require_no_report(clue)
        came = clue.official_letters.filter(
            direction=OfficialLetter.Direction.IN, kind="clue_transfer", state__in=OfficialLetter.UNDER_WAY
        )
        if spec.code == "clue_transfer" and came.exists():
            raise MayNotForward()


def _own_exhibits(clue: Clue) -> list[UUID]:
    return [
        each.exhibit_id for each in clue.files.select_related("exhibit")
        if each.exhibit.withdrawn_at is None and each.exhibit.state == Exhibit.State.READY
    ][:MOST_EXHIBITS]  # fmt: skip


@transaction.atomic
def again(*, by: User, letter_id: UUID) -> OfficialLetter:
    """改投: a returned letter as a new draft, to the addressee its receiver named; the returned one stays as it was."""
    earlier = selectors.letter(by, letter_id)
    if not earlier.is_out or earlier.state not in (State.RETURNED, State.RECALLED, State.VOID):
        raise BadInput(_("只有被退回、撤回或作废的函可以改投。"), code="letter_not_returned")
    spec = kind(earlier.kind)
    right = book.find(earlier.right_ref) if earlier.right_ref else None
    made = draft(
        by=by, kind_code=spec.code, clue_id=earlier.clue_id, case_id=earlier.case_id,
        to=To(unit_ref=right.ref) if right is not None and not right.removed else None,
        exhibit_ids=[each for each in earlier.items.values_list("exhibit_id", flat=True) if each],
    )  # fmt: skip
    for name in PARTS:
        if name != "seal":
            setattr(made, name, getattr(earlier, name))
    made.fields, made.cc = earlier.fields, earlier.cc
    made.refers_to, made.refers_as = earlier, OfficialLetter.Refers.AGAIN
    made.save()
    return made


# Writing --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def change(
    *, by: User, letter_id: UUID, to: To | None = None, fields: Mapping[str, Any] | None = None,
    cc: Iterable[str] | None = None, **parts: str,
) -> OfficialLetter:  # fmt: skip
    """Write at a draft. Raises NotAllowed, NotWaiting once it was submitted, BadInput."""
    letter = _draft_of(by, letter_id)
    spec = kind(letter.kind)
    _set_parts(letter, parts)
    if fields is not None:
        letter.fields = read_fields(spec, fields, setting_for(by, letter=letter))
    if cc is not None:
        letter.cc = [each.strip()[:80] for each in cc if each.strip()][:20]
    if to is not None and not to.is_empty:
        _address(letter, to, spec)
    letter.save()
    trail.record(letter, "change", by=by)
    announce(letter, "change")
    return letter


def read_fields(spec: KindSpec, fields: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """`fields` as the kind keeps them. Raises BadInput with the sentences of each field."""
    form = spec.form(fields, setting)
    if not form.is_valid():
        names = [str(form.fields[name].label or name) if name in form.fields else name for name in form.errors]
        raise BadInput(
            _("“{kind}”还有要补正的内容：{names}。请修改函稿。"), kind=str(spec.words), names=names,
            fields={name: [str(each) for each in said] for name, said in form.errors.items()},
        )  # fmt: skip
    return _plain(spec.keep(form.cleaned_data))


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON reads it back: what is frozen later is what stands here now."""
    found: dict[str, Any] = json.loads(json.dumps(dict(said), cls=DjangoJSONEncoder))
    return found


def _set_parts(letter: OfficialLetter, parts: Mapping[str, str]) -> None:
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=sorted(unknown))
    for name, value in parts.items():
        if name == "seal":
            if value not in OfficialLetter.Seal.values:
                raise BadInput(_("请选择用印方式。"), code="seal_wrong")
            letter.seal = value
        else:
            setattr(letter, name, value.strip()[: _LENGTHS[name]])


@transaction.atomic
def put_exhibits(*, by: User, letter_id: UUID, exhibit_ids: Sequence[UUID], **more: Any) -> list[LetterItem]:
    """The list of evidence, anew: these exhibits in this order. A photo goes along as a copy to look at; a video or a
    document stands on the list and follows by an evidence transfer.

    Raises NotFound404 for an exhibit this person may not see, BadInput for too many.
    """
    letter = _draft_of(by, letter_id)
    wanted = list(dict.fromkeys(exhibit_ids))
    if len(wanted) > MOST_EXHIBITS:
        raise BadInput(
            _("一封函最多列 {most} 项证据，现有 {n} 项。其余请用证据移转。"), code="letter_items_many",
            most=MOST_EXHIBITS, n=len(wanted),
        )  # fmt: skip
    named = dict(letter.clue.files.values_list("exhibit_id", "what")) if letter.clue is not None else {}
    exhibits = [access_exhibit(by, pk) for pk in wanted]  # before the list that lets them see some of it is gone
    letter.items.all().delete()
    rows = []
    for position, exhibit in enumerate(exhibits, start=1):
        rows.append(
            LetterItem(
                letter=letter,
                position=position,
                exhibit=exhibit,
                item=(named.get(exhibit.pk) or name_of(exhibit))[:300],
                form=exhibit.kind,
                legal_kind=exhibit.legal_kind,
                holder=letter.own_unit.name[:120],
                travels=exhibit.state == Exhibit.State.READY and bool(exhibit.view_key),
                sha256=exhibit.sha256,
                sm3=exhibit.sm3,
                captured_at=exhibit.captured_at,
            )
        )
    LetterItem.objects.bulk_create(rows)
    trail.record(letter, "put_exhibits", by=by, data={"count": len(rows)})
    return rows


def name_of(exhibit: Exhibit) -> str:
    """What an exhibit is called on a list."""
    return exhibit.title or exhibit.file_name or str(exhibit.get_kind_display())


def _draft_of(by: User, letter_id: UUID) -> OfficialLetter:
    letter = selectors.letter_to_change(by, letter_id, direction=OfficialLetter.Direction.OUT)
    require(steps.works_on(by, letter))
    require_state(letter, State.DRAFT)
    return letter


# To whom --------------------------------------------------------------------------------------------------------------


def _address(letter: OfficialLetter, to: To, spec: KindSpec) -> None:
    letter.copies.all().delete()
    letter.partner = None
    if to.provinces or to.group_id:
        _address_many(letter, to, spec)
    elif to.partner_id:
        if "partner" not in spec.to:
            raise BadInput(_("“{kind}”不能发给协作部门。"), code="letter_not_to_partner", kind=str(spec.words))
        partner = selectors.partner(to.partner_id)
        letter.partner, letter.peer_ref, letter.peer_party = partner, "", ""
        letter.peer_name, letter.peer_province, letter.by_paper = partner.name, "", True
        letter.peer_division = partner.division_code
    else:
        if "unit" not in spec.to:
            raise BadInput(_("“{kind}”要发给省份或协作组。"), code="letter_not_to_unit", kind=str(spec.words))
        unit = book.unit(to.unit_ref)
        if unit.removed:
            raise BadInput(
                _("{name} 已撤并，不能收函。请从单位名录重新选择。"), code="letter_addressee_gone", name=unit.name
            )
        if unit.province_code == outside.own_province():
            raise AddresseeAtHome(name=unit.name)
        letter.peer_ref, letter.peer_party, letter.peer_name = unit.ref, outside.party_of(unit), unit.name[:80]
        letter.peer_province, letter.peer_division = unit.province_name[:40], unit.division_code
        letter.by_paper = not letter.peer_party
    if letter.by_paper:
        letter.seal = OfficialLetter.Seal.PAPER


def _address_many(letter: OfficialLetter, to: To, spec: KindSpec) -> None:
    if "provinces" not in spec.to:
        raise BadInput(_("“{kind}”一次只能发给一个单位。"), code="letter_one_addressee", kind=str(spec.words))
    known = dict(outside.other_provinces())
    group_name = ""
    codes = list(dict.fromkeys(to.provinces))
    if to.group_id:
        group = next((each for each in outside.groups() if each.id == to.group_id), None)
        group_name = group.title if group else str(_("所选协作组"))
        codes = [*codes, *(code for code in outside.group_members(to.group_id) if code not in codes)]
    unknown = [code for code in to.provinces if code not in known]
    if unknown:
        raise BadInput(_("请从列表中选择省份。"), code="province_unknown", unknown=unknown)
    if not codes:
        raise BulletinForNobody(group=group_name)
    BulletinCopy.objects.bulk_create(
        BulletinCopy(letter=letter, party=f"province:{code}", name=known.get(code, outside.province_name(code))[:80])
        for code in codes
    )
    letter.terms = {"group_id": str(to.group_id or ""), "group_name": group_name}
    letter.peer_ref = letter.peer_party = letter.peer_province = letter.peer_division = ""
    letter.peer_name = (group_name or "、".join(known.get(code, code) for code in codes[:3]))[:80]
    letter.by_paper = False


def _same_addressee(letter: OfficialLetter, earlier: OfficialLetter) -> None:
    for name in ("peer_party", "peer_ref", "peer_name", "peer_province", "peer_division", "partner_id", "by_paper"):
        setattr(letter, name, getattr(earlier, name))
    if letter.by_paper:
        letter.seal = OfficialLetter.Seal.PAPER


# On, back, away -------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(*, by: User, letter_id: UUID, looked: bool = False) -> OfficialLetter:
    """送审. looked: whoever submits has looked at what reads like a person's number.

    Raises BadInput for what is missing, SourceNamed, LookNeeded, NotWaiting.
    """
    letter = selectors.letter_to_change(by, letter_id, direction=OfficialLetter.Direction.OUT)
    require(steps.works_on(by, letter))
    if letter.state != State.DRAFT:
        move(letter, "submit", by=by)  # raises, with the words for it
    require_whole(letter)
    checks.require_clean(letter, looked=looked)
    move(letter, "submit", by=by, checked_by=None, issued_by=None, noted={"looked": looked})
    tell_people(steps.checkers(letter), letter, "official_to_check", _("有一封函稿等您审核"), but=by.pk)
    announce(letter, "submit")
    return letter


def require_whole(letter: OfficialLetter) -> None:
    """Raise BadInput for what a letter lacks; the kind's own fields are read again."""
    need(letter.title, _("请写明事由。"), "letter_title_missing")
    need(letter.summary, _("请写明摘要。"), "letter_summary_missing")
    if not letter.peer_name:
        raise AddresseeNotGiven()
    spec = kind(letter.kind)
    if "provinces" in spec.to and not letter.partner_id and not letter.peer_party and not letter.copies.exists():
        raise AddresseeNotGiven()
    assert letter.drafted_by is not None
    read_fields(spec, letter.fields, setting_for(letter.drafted_by, letter=letter))
    if letter.clue is not None and spec.code in ("clue_transfer", "clue_bulletin"):
        checks.require_no_report(letter.clue)


@transaction.atomic
def drop(*, by: User, letter_id: UUID, why: str) -> OfficialLetter:
    """作废, before it has left. A number that was given stays in sight, as void."""
    letter = selectors.letter_to_change(by, letter_id, direction=OfficialLetter.Direction.OUT)
    require(steps.works_on(by, letter) or steps.may_issue(by, letter))
    said = need(why, _("请写明作废的原因。"), "void_reason_missing")
    move(letter, "void", by=by, why=said, closed_at=clock.now())
    if letter.document_no:
        void_number(letter.document_no, said, by)
    announce(letter, "void")
    return letter
