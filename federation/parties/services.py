"""What applicants, organisations and the office do. Each outermost call is one transaction and leaves its trail."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.phones import normal_phone
from audit import trail
from audit.move import move, refusal
from audit.trail import Actor
from federation.parties import files, hooks, rights, selectors
from federation.parties.models import (
    ANYWHERE,
    Authorisation,
    Coverage,
    Document,
    DutyAbsence,
    DutySlot,
    Enrolment,
    EnrolmentDocument,
    Mandate,
    Membership,
    Organisation,
    Trademark,
    WantedBrand,
)
from federation.parties.selectors import ACTIVE, ActingFor
from kernel import clock, uscc
from kernel.errors import BadInput, Conflict, NotFound404
from notify import live
from notify.services import tell

Role = Membership.Role
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_REG_NO = re.compile(r"\d{1,8}[A-Z]?")
NICE_CLASSES = range(1, 46)
MAX_DOCUMENTS = 20


# Enrolment ----------------------------------------------------------------------------------------------------------

ENROLMENT_FIELDS = (
    "kind",
    "name",
    "uscc",
    "contact_name",
    "contact_phone",
    "contact_email",
    "brands",
    "trademarks",
)


@transaction.atomic
def write_enrolment(*, enrolment: Enrolment | None = None, **fields: Any) -> Enrolment:
    """Begin or correct an application. Its `code` is the applicant's key to it: 79 random bits.

    Raises BadInput for a wrong USCC, phone or trademark, Conflict once it was handed in.
    """
    unknown = set(fields) - set(ENROLMENT_FIELDS)
    if unknown:
        raise ValueError(f"no such fields: {sorted(unknown)}")
    if "uscc" in fields:
        fields["uscc"] = uscc.parse(fields["uscc"])
    if "contact_phone" in fields:
        fields["contact_phone"] = _phone(fields["contact_phone"])
    if "trademarks" in fields:
        fields["trademarks"] = [_trademark(row) for row in fields["trademarks"]]
    if enrolment is None:
        return Enrolment.objects.create(code=_code(), **fields)
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if locked.state not in Enrolment.MOVES["submit"][0]:
        raise refusal(locked, "submit")
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*fields])
    return locked


def _code() -> str:
    letters = "".join(secrets.choice(_CODE_LETTERS) for _place in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def _phone(text: str) -> str:
    phone = normal_phone(text)
    if phone is None:
        raise BadInput(_("手机号写得不对。请填 11 位手机号。"), code="phone_wrong")
    return phone


def _trademark(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "reg_no": trademark_number(row["reg_no"]),
        "name": str(row.get("name", "")).strip()[:60],
        "nice_classes": _classes(row.get("nice_classes", ())),
    }


def trademark_number(text: str) -> str:
    """A registration number: up to eight digits, perhaps with a letter. Raises BadInput `trademark_number`."""
    value = uscc.normalise(text)
    if not _REG_NO.fullmatch(value):
        raise BadInput(
            _("商标注册号“{value}”不对：应为不超过 8 位的数字，末尾可带一个字母。"), code="trademark_number", value=text
        )
    return value


def _classes(numbers: Iterable[int]) -> list[int]:
    found = sorted({int(number) for number in numbers})
    if not found or any(number not in NICE_CLASSES for number in found):
        raise BadInput(_("请填写 1 至 45 之间的尼斯分类。"), code="nice_class", value=found)
    return found


@transaction.atomic
def add_enrolment_document(*, enrolment: Enrolment, file: BinaryIO, title: str) -> EnrolmentDocument:
    """Add a paper while the application is being written. Raises BadInput, TooLarge, Conflict."""
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if locked.state not in Enrolment.MOVES["submit"][0]:
        raise refusal(locked, "submit")
    if locked.documents.count() >= MAX_DOCUMENTS:
        raise Conflict(_("最多上传 {limit} 个文件。请先删去不需要的。"), code="too_many_documents", limit=MAX_DOCUMENTS)
    return EnrolmentDocument.objects.create(
        enrolment=locked, title=title.strip()[:80] or str(_("证明文件")), **files.keep(file).fields()
    )


@transaction.atomic
def remove_enrolment_document(*, enrolment: Enrolment, document_id: UUID) -> None:
    """Take a paper off the application before it is handed in. Raises NotFound404, MoveRefused."""
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if locked.state not in Enrolment.MOVES["submit"][0]:
        raise refusal(locked, "submit")
    gone, _rows = EnrolmentDocument.objects.filter(enrolment=locked, pk=document_id).delete()
    if not gone:
        raise NotFound404()


@transaction.atomic
def submit_enrolment(*, enrolment: Enrolment) -> Enrolment:
    """Hand the application in; after a refusal, again. Needs at least one paper."""
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if not locked.documents.exists():
        raise BadInput(_("请至少上传一个文件，例如营业执照。"), code="documents_missing")
    if Organisation.objects.filter(uscc=locked.uscc).exclude(state=Organisation.State.LEFT).exists():
        raise Conflict(
            _("该统一社会信用代码的单位已经入驻。请联系贵单位的企业管理员为您开通账号。"), code="already_enrolled"
        )
    return move(locked, "submit", by=Actor(None, locked.contact_name), submitted_at=clock.now(), reason="")


@transaction.atomic
def approve(*, by: User, enrolment_id: UUID, short_name: str = "") -> Organisation:
    """Let the applicant in, once for all provinces: the organisation, its marks, its first administrator, a notice.

    Brands named in the application become the organisation's in the catalogue. Raises NotFound404, MoveRefused, and
    Conflict when the code is another organisation's.
    """
    enrolment = selectors.access_enrolment(enrolment_id, lock=True)
    if enrolment.state != Enrolment.State.SUBMITTED:
        raise refusal(enrolment, "approve")
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(
                kind=enrolment.kind, name=enrolment.name, short_name=short_name.strip()[:40], uscc=enrolment.uscc
            )
    except IntegrityError as error:
        raise Conflict(
            _("该统一社会信用代码的单位已经入驻，不能再建一个。请退回申请并说明。"), code="already_enrolled"
        ) from error
    move(enrolment, "approve", by=by, decided_by=by, decided_at=clock.now(), organisation=organisation)
    trail.record(organisation, "enrol", by=by)
    Trademark.objects.bulk_create(
        [Trademark(organisation=organisation, **row) for row in enrolment.trademarks], ignore_conflicts=True
    )
    admin = _person(enrolment.contact_name, enrolment.contact_phone, enrolment.contact_email, by=by)
    role = Role.PLATFORM_ADMIN if organisation.is_platform else Role.BRAND_ADMIN
    Membership.objects.create(user=admin, organisation=organisation, role=role)
    hooks.enrolled(organisation, selectors.split_names(enrolment.brands))
    tell(
        to=[admin.pk],
        code="enrolment",
        title=_("入驻申请已通过，请登录添加人员")
        if organisation.is_platform
        else _("入驻申请已通过，请登录完善人员、授权和产品"),
        url="/team/",
        channels=("in_app", "email", "sms"),
    )
    return organisation


def _person(name: str, phone: str, email: str, *, by: Any) -> User:
    """The account with that phone, or a new one without a password: it signs in by a code to the phone."""
    known = User.objects.filter(phone=phone).first()
    if known is not None:
        return known
    username = phone.lstrip("+")
    if User.objects.filter(username=username).exists():
        username = f"{username}-{secrets.token_hex(2)}"
    person = User.objects.create_user(username, name=name.strip(), phone=phone, email=email)
    trail.record(person, "create", by=by)
    return person


@transaction.atomic
def refuse(*, by: User, enrolment_id: UUID, reason: str) -> Enrolment:
    """Send an application back with the reason; the applicant may correct it and hand it in again."""
    if not reason.strip():
        raise BadInput(_("请写明退回的原因，申请人要据此修改。"), code="reason_missing")
    enrolment = selectors.access_enrolment(enrolment_id, lock=True)
    return move(
        enrolment,
        "refuse",
        by=by,
        why=reason.strip(),
        reason=reason.strip()[:500],
        decided_by=by,
        decided_at=clock.now(),
    )


@transaction.atomic
def set_standing(*, by: User, organisation_id: UUID, verb: str, why: str) -> Organisation:
    """Suspend, resume or let go an organisation. verb: suspend, resume, leave. It works from the next request on."""
    if not why.strip():
        raise BadInput(_("请写明原因。"), code="reason_missing")
    if verb not in Organisation.MOVES:
        raise BadInput(_("没有这个操作。请刷新页面后重试。"), code="verb_unknown", verb=verb)
    organisation = move(selectors.any_organisation(organisation_id), verb, by=by, why=why.strip())
    live.renew_party(f"org-{organisation.pk}")
    return organisation


# People of an organisation ------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, acting: ActingFor, name: str, phone: str, roles: Sequence[str], email: str = "") -> User:
    """Add a person by phone; a known account is used again. Their first sign-in is by a code to that phone."""
    acting.require(selectors.admin_role(acting.organisation))
    if not roles:
        raise BadInput(_("请至少选择一个角色。"), code="roles_missing")
    person = _person(name, _phone(phone), email, by=acting.person)
    for role in roles:
        _give(acting, person, role)
    tell(
        to=[person.pk],
        code="enrolment",
        title=_("您已加入一个单位，可以用手机验证码登录"),
        url="/",
        channels=("in_app", "email", "sms"),
    )
    return person


def _give(acting: ActingFor, person: User, role: str) -> Membership:
    if role not in selectors.roles_at(acting.organisation):
        raise BadInput(_("没有这个角色。请从列表中选择。"), code="role_unknown", role=role)
    membership, made = Membership.objects.get_or_create(user=person, organisation=acting.organisation, role=role)
    if not made and not membership.is_active:
        membership.is_active = True
        membership.save(update_fields=["is_active"])
    trail.record(membership, "appoint", by=acting.person, data={"role": role})
    return membership


@transaction.atomic
def set_roles(*, acting: ActingFor, user_id: UUID, roles: Sequence[str]) -> None:
    """Give a member exactly these roles; none takes them out. Works from the next request on.

    Raises Conflict when the organisation would be left without an administrator.
    """
    admin = selectors.admin_role(acting.organisation)
    acting.require(admin)
    list(Membership.objects.select_for_update().filter(organisation=acting.organisation).values_list("pk"))
    member = selectors.access_member(acting.organisation, user_id)
    held = {row.role: row for row in member.roles if row.is_active}
    admins = Membership.objects.filter(
        organisation=acting.organisation, role=admin, is_active=True, user__is_active=True
    ).exclude(user_id=user_id)
    if admin in held and admin not in roles and not admins.exists():
        raise Conflict(_("这是最后一位管理员。请先任命另一位，再取消这一位。"), code="last_brand_admin")
    for role, row in held.items():
        if role not in roles:
            row.is_active = False
            row.save(update_fields=["is_active"])
            trail.record(row, "dismiss", by=acting.person, data={"role": role})
    for role in roles:
        if role not in held:
            _give(acting, member.user, role)
    live.renew_party(f"org-{acting.organisation.pk}")


# Marks and authorisations ---------------------------------------------------------------------------------------------


@transaction.atomic
def register_trademark(
    *, acting: ActingFor, reg_no: str, name: str, nice_classes: Iterable[int], valid_until: date | None = None
) -> Trademark:
    """Add a mark, or correct what is known of it (renewal)."""
    acting.require(Role.BRAND_ADMIN)
    mark, _made = Trademark.objects.update_or_create(
        organisation=acting.organisation,
        reg_no=trademark_number(reg_no),
        defaults={"name": name.strip(), "nice_classes": _classes(nice_classes), "valid_until": valid_until},
    )
    trail.record(mark, "register", by=acting.person, data={"valid_until": str(valid_until or "")})
    return mark


def add_document(*, acting: ActingFor, file: BinaryIO, title: str) -> Document:
    """Keep a paper of the organisation. Raises BadInput, TooLarge."""
    kept = files.keep(file, organisation_id=acting.organisation.pk)
    return Document.objects.create(organisation=acting.organisation, title=title.strip()[:80], **kept.fields())


@transaction.atomic
def authorise(
    *,
    acting: ActingFor,
    membership_id: UUID,
    number: str,
    trademark_ids: Sequence[UUID],
    nice_classes: Iterable[int],
    territory: Sequence[str],
    valid_from: date,
    valid_until: date,
    file: BinaryIO | None = None,
) -> Authorisation:
    """Register a 授权委托书: for an appraiser, one's own or an agent's, or for one's own rights staff.

    territory: province codes, or "*" alone. Rights staff report to bureaux by it; it lets nobody appraise.
    """
    acting.require(Role.BRAND_ADMIN)
    membership = rights.may_be_authorised(acting.organisation).filter(pk=membership_id).first()
    marks = list(selectors.trademarks_of(acting.organisation).filter(pk__in=trademark_ids))
    if membership is None or len(marks) != len(set(trademark_ids)):
        raise NotFound404()
    if not marks:
        raise BadInput(_("请至少选择一个商标。"), code="trademarks_missing")
    if not territory:
        raise BadInput(_("请选择授权的地域，或选“全国”。"), code="territory_missing")
    if valid_until < valid_from:
        raise BadInput(_("截止日不能早于起始日。"), code="days_in_disorder")
    if Authorisation.objects.filter(organisation=acting.organisation, number=number.strip()).exists():
        raise Conflict(_("编号 {number} 已登记过。请核对编号。"), code="authorisation_number_taken", number=number)
    document = add_document(acting=acting, file=file, title=number) if file else None
    held = Authorisation.objects.create(
        number=number.strip(),
        organisation=acting.organisation,
        membership=membership,
        nice_classes=_classes(nice_classes),
        territory=[ANYWHERE] if ANYWHERE in territory else sorted(set(territory)),
        valid_from=valid_from,
        valid_until=valid_until,
        document=document,
    )
    held.trademarks.set(marks)
    trail.record(held, "authorise", by=acting.person)
    return held


@transaction.atomic
def withdraw_authorisation(*, acting: ActingFor, authorisation_id: UUID, why: str) -> Authorisation:
    """End an authorisation at once; opinions already given stay."""
    acting.require(Role.BRAND_ADMIN)
    if not why.strip():
        raise BadInput(_("请写明撤回的原因。"), code="reason_missing")
    return move(
        selectors.access_authorisation(acting.organisation, authorisation_id),
        "withdraw",
        by=acting.person,
        why=why.strip(),
    )


# Mandates -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def give_mandate(
    *,
    acting: ActingFor,
    agent_id: UUID,
    valid_from: date,
    valid_until: date,
    scope: str = "",
    file: BinaryIO | None = None,
) -> Mandate:
    """Let an association or agency act for this organisation, once it has accepted."""
    acting.require(Role.BRAND_ADMIN)
    agent = selectors.possible_agents(acting.organisation).filter(pk=agent_id).first()
    if agent is None:
        raise NotFound404()
    if valid_until < valid_from:
        raise BadInput(_("截止日不能早于起始日。"), code="days_in_disorder")
    kind = Mandate.Kind.ASSOCIATION if agent.kind == Organisation.Kind.ASSOCIATION else Mandate.Kind.POWER_OF_ATTORNEY
    mandate = Mandate.objects.create(
        kind=kind,
        agent=agent,
        principal=acting.organisation,
        valid_from=valid_from,
        valid_until=valid_until,
        scope=scope.strip(),
        document=add_document(acting=acting, file=file, title=str(Mandate.Kind(kind).label)) if file else None,
        state=Mandate.State.OFFERED,
    )
    trail.record(mandate, "offer", by=acting.person)
    return mandate


@transaction.atomic
def accept_mandate(*, acting: ActingFor, mandate_id: UUID) -> Mandate:
    """Take a mandate on; only the agent may."""
    acting.require(Role.BRAND_ADMIN)
    mandate = selectors.access_mandate(acting.organisation, mandate_id)
    if mandate.agent_id != acting.organisation.pk:
        raise NotFound404()
    return move(mandate, "accept", by=acting.person)


@transaction.atomic
def end_mandate(*, acting: ActingFor, mandate_id: UUID, why: str = "") -> Mandate:
    """End a mandate; either side may. The agent's people lose the queue with their next request."""
    acting.require(Role.BRAND_ADMIN)
    mandate = move(selectors.access_mandate(acting.organisation, mandate_id), "end", by=acting.person, why=why)
    live.renew_party(f"org-{mandate.principal_id}")
    return mandate


# The roster -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_slot(
    *, acting: ActingFor, membership_id: UUID, weekdays: Sequence[int], starts: time, ends: time, rank: int = 0
) -> list[DutySlot]:
    """Put an appraiser on duty on these weekdays (0: Monday), Beijing time; the same slot twice is one."""
    acting.require(Role.BRAND_ADMIN)
    membership = selectors.appraisers_for(acting.organisation).filter(pk=membership_id).first()
    if membership is None:
        raise NotFound404()
    if not weekdays or any(day not in range(7) for day in weekdays):
        raise BadInput(_("请至少选择一天。"), code="weekday_missing")
    if rank not in range(3):
        raise BadInput(_("次序只能是首位、第二位或第三位。"), code="rank_unknown", rank=rank)
    made = [
        DutySlot.objects.get_or_create(
            organisation=acting.organisation, membership=membership, weekday=day, starts=starts, ends=ends, rank=rank
        )[0]
        for day in sorted(set(weekdays))
    ]
    _reckon_now(acting.organisation)
    return made


@transaction.atomic
def remove_slot(*, acting: ActingFor, slot_id: UUID) -> None:
    """Take a slot off the roster. Raises NotFound404."""
    acting.require(Role.BRAND_ADMIN)
    gone, _rows = DutySlot.objects.filter(organisation=acting.organisation, pk=slot_id).delete()
    if not gone:
        raise NotFound404()
    _reckon_now(acting.organisation)


@transaction.atomic
def add_absence(
    *,
    acting: ActingFor,
    membership_id: UUID,
    from_at: datetime,
    until_at: datetime,
    substitute_id: UUID | None = None,
) -> DutyAbsence:
    """Somebody is away, with or without a substitute. An appraiser may say so of themselves."""
    appraisers = selectors.appraisers_for(acting.organisation)
    membership = appraisers.filter(pk=membership_id).first()
    substitute = appraisers.filter(pk=substitute_id).first() if substitute_id else None
    if membership is None or (substitute_id and substitute is None):
        raise NotFound404()
    if membership.user_id != acting.person.pk:
        acting.require(Role.BRAND_ADMIN)
    if until_at <= from_at:
        raise BadInput(_("结束时间要晚于开始时间。"), code="days_in_disorder")
    if substitute is not None and substitute.user_id == membership.user_id:
        raise BadInput(_("替班人不能是本人。请另选一位。"), code="substitute_is_self")
    absence = DutyAbsence.objects.create(
        membership=membership, from_at=from_at, until_at=until_at, substitute=substitute
    )
    _reckon_now(acting.organisation)
    return absence


@transaction.atomic
def remove_absence(*, acting: ActingFor, absence_id: UUID) -> None:
    """Take an absence back. Raises NotFound404."""
    found = selectors.absences_of(acting.organisation).filter(pk=absence_id).first()
    if found is None:
        raise NotFound404()
    if found.membership.user_id != acting.person.pk:
        acting.require(Role.BRAND_ADMIN)
    DutyAbsence.objects.filter(pk=found.pk).delete()
    _reckon_now(acting.organisation)


# Coverage, invitations ------------------------------------------------------------------------------------------------


def _reckon_now(organisation: Organisation) -> None:
    now = clock.now()
    _reckon(organisation, now, {})


def _reckon(organisation: Organisation, now: datetime, figures: dict[str, int | None]) -> None:
    people = selectors.on_duty(organisation, now)
    Coverage.objects.update_or_create(
        organisation=organisation,
        defaults={
            "on_duty": bool(people),
            "next_on_duty_at": now if people else selectors.next_on_duty(organisation, now),
            "updated_at": now,
            **figures,
        },
    )


def reckon_coverage(*, now: datetime | None = None) -> int:
    """Reckon anew what provinces may know of each organisation's readiness. Returns of how many. Safe to run twice."""
    now = now or clock.now()
    columns = hooks.all_figures(now)
    found = list(Organisation.objects.filter(state=ACTIVE))
    for organisation in found:
        figures = {
            name: values.get(organisation.pk, None if name == "median_answer_s" else 0)
            for name, values in columns.items()
        }
        _reckon(organisation, now, figures)
    return len(found)


@transaction.atomic
def count_wanted(*, brand_name: str, province_code: str, at: datetime) -> WantedBrand:
    """One more request for a brand that nobody answers for."""
    row, made = WantedBrand.objects.get_or_create(
        brand_name=brand_name.strip(), province_code=province_code, defaults={"count": 1, "last_at": at}
    )
    if not made:
        WantedBrand.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=max(at, row.last_at))
        row.refresh_from_db()
    return row
