"""What official letters ask of the shared layer: who can be written to, on what terms, who decides a dispute."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from audit.trail import Person
from federation.agreements import selectors as agreements
from federation.agreements.models import Agreement, Revision
from federation.agreements.selectors import GroupRow, Terms
from federation.broker.models import Dispute
from federation.broker.services import disputes, routes
from federation.contracts.official import UnitV1
from federation.directory import book
from federation.directory.book import DirectoryUnit
from kernel import clock
from kernel.errors import Conflict
from provinces.context import required
from provinces.hosts import DIRECTORY


def own_province() -> str:
    """The code of the province this thread works for."""
    return required().name


def own_title() -> str:
    """The provincial bureau's full title."""
    return next((host.title for host in DIRECTORY.provinces() if host.seat.name == own_province()), "")


def province_name(code: str) -> str:
    """A province as people say it."""
    found = book.province_named(code)
    return found.name if found is not None else code


def party_of(unit: DirectoryUnit) -> str:
    """Its address in the post office, empty where it is written to on paper."""
    return f"province:{unit.province_code}" if unit.enrolled else ""


def terms_with(province_code: str, kind: str) -> Terms:
    """What holds between this province and another for a kind of letter today."""
    return agreements.terms_between(own_province(), province_code, kind)


def prefix_of(ref: str) -> str:
    """The province of a unit of the directory, as agreements know it."""
    found = book.find(ref)
    return found.province_code if found is not None else ""


def lapsed_agreement(province_code: str, kind: str) -> str:
    """The title of an agreement for letters of this kind that has run out, where there was one."""
    rows = Agreement.objects.filter(members__contains=[own_province()]).filter(members__contains=[province_code])
    last = {row.current_id: row.title for row in rows if row.current_id}
    over = Revision.objects.filter(pk__in=last, scope__contains=[kind], valid_until__lt=clock.today())
    newest = over.order_by("-valid_until").first()
    return last[newest.pk] if newest is not None else ""


def other_provinces() -> list[tuple[str, str]]:
    """Every other province that is on the system: (code, title), by code."""
    own = own_province()
    return [(each.code, each.title) for each in book.provinces() if each.enrolled and each.code != own]


def groups() -> list[GroupRow]:
    """Groups by agreement to which this province may send a bulletin."""
    return agreements.groups_open_to_me()


def group_members(group_id: UUID) -> tuple[str, ...]:
    """The other members of a group now. Nobody for one that is over or unknown."""
    own = own_province()
    return tuple(code for code in agreements.members_of(group_id) if code != own)


def ref_of(unit: Unit) -> str:
    """A unit of this bureau as the directory refers to it."""
    bureaux = (Unit.Kind.PROVINCIAL_BUREAU, Unit.Kind.MUNICIPAL_BUREAU, Unit.Kind.COUNTY_BUREAU)
    return unit.division_code[:6] if unit.kind in bureaux else f"{own_province()}:{unit.code}"


def as_contract(unit: Unit) -> UnitV1:
    """A unit of this bureau as letters name it."""
    return UnitV1(
        ref=ref_of(unit),
        name=unit.name,
        province=own_province(),
        province_name=province_name(own_province()),
        division_code=unit.division_code[:6],
    )


def own_unit_named(named: UnitV1) -> Unit | None:
    """The unit of this bureau that a letter names; None where it names none that is in use."""
    rows = Unit.objects.filter(is_active=True)
    own, _colon, code = named.ref.partition(":")
    if code:
        return rows.filter(code=code).first() if own == own_province() else None
    found = rows.filter(name=named.name).first()
    if found is not None:
        return found
    kinds = (Unit.Kind.PROVINCIAL_BUREAU, Unit.Kind.MUNICIPAL_BUREAU, Unit.Kind.COUNTY_BUREAU)
    return rows.filter(division_code=named.ref, kind__in=kinds).first() if named.ref else None


def top_unit() -> Unit:
    """The provincial bureau itself. Raises Conflict where no unit is in use: a letter waits until there is one."""
    found = Unit.objects.filter(is_active=True, parent=None).order_by("code").first()
    if found is None:
        raise Conflict(_("本省还没有登记任何单位，来函无处安放。请管理员先登记单位。"), code="province_without_units")
    return found


def open_dispute(
    *, letter_id: UUID | None, title: str, reason: str, other: str, by: Person, clue_id: UUID | None, unit_id: UUID
) -> UUID:
    """A dispute with another province over whose a matter is; the common superior decides where they do not agree.

    In the caller's transaction. letter_id: in the post office. Returns the dispute's id. Raises Conflict, BadInput.
    """
    row = disputes.open_dispute(
        letter_id=letter_id, kind="official.clue_transfer", reason=reason, other=other, by=by, title=title,
        subject_kind="clue" if clue_id else "", subject_id=clue_id, unit_id=unit_id,
    )  # fmt: skip
    found: UUID = row.pk
    return found


def ask_route(*, kind: str, by: Person, division_code: str, brand_name: str, letter_id: UUID) -> None:
    """Have the office say who should get a letter, where an agreement wants that. In the caller's transaction."""
    routes.ask(
        letter_kind=kind, by=by, division_code=division_code, brand_name=brand_name, subject_kind="official",
        subject_id=letter_id,
    )  # fmt: skip


def open_filing_dispute(
    *, letter_id: UUID | None, title: str, reason: str, other: str, by: Person, filed_at: datetime, filed_no: str,
    case_id: UUID | None, unit_id: UUID,
) -> UUID:  # fmt: skip
    """Both provinces filed the matter of a letter: this side's part of the dispute, with when it filed.

    Opened once for the two of them, whoever comes first. In the caller's transaction. Raises Conflict, BadInput.
    """
    row = disputes.open_dispute(
        letter_id=letter_id, kind="case", reason=reason, other=other, by=by, title=title, own_filed_at=filed_at,
        own_filed_no=filed_no, claim=Dispute.Claim.MINE, subject_kind="case" if case_id else "", subject_id=case_id,
        unit_id=unit_id,
    )  # fmt: skip
    found: UUID = row.pk
    return found


def ask_designation(*, letter_id: UUID | None, title: str, reason: str, other: str, by: Person, unit_id: UUID) -> UUID:
    """A case was handed over to a bureau that is not competent: who is, the common superior says.

    In the caller's transaction. Raises Conflict, BadInput.
    """
    row = disputes.open_dispute(
        letter_id=letter_id, kind="official.case_transfer", reason=reason, other=other, by=by, title=title,
        unit_id=unit_id,
    )  # fmt: skip
    found: UUID = row.pk
    return found
