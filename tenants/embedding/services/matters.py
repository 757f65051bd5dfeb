"""Matters: found by their number or key, renamed, settled when two have one number, linked with what is begun here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from audit import trail
from audit.move import move
from connections.models import Connection
from divisions import selectors as divisions
from divisions.resolving import Hints, resolve
from kernel import clock
from kernel.errors import BadInput, Conflict
from provinces.kept import Kept
from tenants.embedding import news
from tenants.embedding.errors import NumberTaken
from tenants.embedding.models import LONGEST_NUMBER, Matter, MatterAlias, MatterLink
from tenants.embedding.tokens import Context

State = Matter.State
_LIVING = ~Q(state=State.MERGED)


def take_up(said: Context, *, connection: Connection, by: User, unit: Unit) -> Matter:
    """The matter that a launch is about: the one it was before, under whatever number, or a new one.

    Call it inside a transaction. The same number under another key of the system is a clash: both are flagged, nothing
    is mixed, and a person settles it.
    """
    matter = _by_key(said, connection) or _by_number(said, connection)
    earlier = _earlier(said, connection, matter)
    if matter is None and earlier is not None:
        matter, earlier = earlier, None
    if matter is None:
        others = _of_the_number(said, connection)
        matter = _made_meanwhile(said, others) or _new(said, others, connection=connection, by=by, unit=unit)
    if earlier is not None:  # the new number and the one it replaces stand on two matters
        _clash(matter, by), _clash(earlier, by)
    if matter.case_number != said.number and not matter.aliases.filter(number=said.number).exists():
        _renumber(matter, said.number, by=by)
    _refresh(matter, said)
    return matter


def _locked(connection_id: UUID) -> QuerySet[Matter]:
    return Matter.objects.select_for_update(of=("self",)).filter(connection_id=connection_id)


_KEYED = Kept(lambda connection, kind, key: _locked(connection).filter(kind=kind, external_id=key)[:1])


def _by_key(said: Context, connection: Connection) -> Matter | None:
    if not said.external_id:
        return None
    return _standing(_KEYED.first(connection.pk, str(said.kind), said.external_id))


def _standing(matter: Matter | None) -> Matter | None:
    """The one it was merged into, if it was."""
    while matter is not None and matter.merged_into_id:
        matter = Matter.objects.select_for_update().get(pk=matter.merged_into_id)
    return matter


def _last(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    """The one opened last. What has a number and what had it are two questions, so that each has its index."""
    return rows.filter(_LIVING).order_by("-opened_at")[:1]


def _any_or_keyless(connection_id: UUID, kind: str, keyless: int) -> QuerySet[Matter]:
    rows = _locked(connection_id).filter(kind=kind)
    return rows.filter(external_id="") if keyless else rows


_HAS = Kept(lambda of, kind, keyless, number: _last(_any_or_keyless(of, kind, keyless).filter(case_number=number)))
_HAD = Kept(lambda of, kind, keyless, number: _last(_any_or_keyless(of, kind, keyless).filter(aliases__number=number)))


def _by_number(said: Context, connection: Connection) -> Matter | None:
    """One of that number which is not known to be another case."""
    asked = connection.pk, str(said.kind), int(bool(said.external_id)), said.number
    matter = _HAS.first(*asked) or _HAD.first(*asked)
    return matter and _keyed(matter, said)


def _keyed(matter: Matter, said: Context) -> Matter:
    """With the key that the system says now, where it had none."""
    if said.external_id and matter.external_id != said.external_id:
        matter.external_id = said.external_id
        matter.save(update_fields=["external_id"])
    return matter


def _of_the_number(said: Context, connection: Connection) -> list[Matter]:
    rows = _locked(connection.pk).filter(
        kind=said.kind, case_number=said.number, state__in=[State.ACTIVE, State.CONFLICT]
    )
    return list(rows.order_by("-opened_at"))


def _made_meanwhile(said: Context, others: list[Matter]) -> Matter | None:
    """The same case, begun by another launch since `_by_number` looked and found nothing."""
    for each in others:
        if not said.external_id or each.external_id in ("", said.external_id):
            return _keyed(each, said)
    return None


def _earlier(said: Context, connection: Connection, matter: Matter | None) -> Matter | None:
    """Another matter that stands under the number which this launch says was its earlier one."""
    if not said.previous_number or said.previous_number == said.number:
        return None
    rows = _locked(connection.pk)
    if matter is not None:
        rows = rows.exclude(pk=matter.pk)
    if said.external_id:
        rows = rows.filter(external_id__in=["", said.external_id])
    number = said.previous_number
    return _last(rows.filter(case_number=number)).first() or _last(rows.filter(aliases__number=number)).first()


def _new(said: Context, others: list[Matter], *, connection: Connection, by: User, unit: Unit) -> Matter:
    """One more matter; `others` are known to be other cases of the same number."""
    for other in others:
        _clash(other, by)
    matter = Matter.objects.create(
        connection_id=connection.pk,
        connection_name=connection.name,
        kind=said.kind,
        case_number=said.number,
        external_id=said.external_id,
        state=State.CONFLICT if others else State.ACTIVE,
        officer=by,
        unit=unit,
        county_code=_county(said, unit),
    )
    if said.previous_number and said.previous_number != said.number:
        MatterAlias.objects.create(matter=matter, number=said.previous_number)
    trail.record(matter, "begin", by=by)
    return matter


def _county(said: Context, unit: Unit) -> str:
    """Where it plays: said, read from the address, or the unit's own county. "" where the officer has to choose."""
    top = divisions.province_of(unit.division_code)
    for code in (said.county_code, _read(said.place or said.party.get("address", ""), top.code, unit)):
        if code and code[:2] == top.code[:2] and (county := divisions.county_of(code)) is not None:
            return county.code
    own = divisions.county_of(unit.division_code)
    return own.code if own else ""


def _read(address: str, province: str, unit: Unit) -> str:
    if not address:
        return ""
    answer = resolve(address, hints=Hints(province=province, sender_division=unit.division_code))
    return answer.code if answer.level == "county" else ""


def _clash(matter: Matter, by: trail.Person) -> None:
    if matter.state == State.ACTIVE:
        move(matter, "clash", by=by)


def _renumber(matter: Matter, number: str, *, by: trail.Person) -> None:
    for other in _others(matter, number):
        _clash(other, by), _clash(matter, by)
    old, matter.case_number = matter.case_number, number
    matter.save(update_fields=["case_number"])
    MatterAlias.objects.get_or_create(matter=matter, number=old)
    MatterAlias.objects.filter(matter=matter, number=number).delete()
    trail.record(matter, "renumber", by=by, data={"from": old, "to": number})


def _refresh(matter: Matter, said: Context) -> None:
    """What the system says now counts; what it leaves out stays."""
    now = {
        "kind": said.kind,
        "opened_at": clock.now(),
        "return_mode": said.return_mode,
        "title": said.title or matter.title,
        "place": said.place or matter.place,
        "party": {**matter.party, **said.party},
        "goods": said.goods or matter.goods,
    }
    changed = {name: value for name, value in now.items() if getattr(matter, name) != value}
    for name, value in changed.items():
        setattr(matter, name, value)
    Matter.objects.filter(pk=matter.pk).update(**changed)


# By a person, or by the system's own call -----------------------------------------------------------------------------


@transaction.atomic
def rename(*, matter: Matter, number: str, by: trail.Person) -> Matter:
    """The case has another number now; the old one goes on finding it. Raises NumberTaken."""
    number = number.strip()
    if not number or len(number) > LONGEST_NUMBER:
        raise BadInput(_("请写新案号，不超过 {longest} 个字。"), code="case_number_missing", longest=LONGEST_NUMBER)
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if matter.case_number == number:
        return matter
    if _others(matter, number).exists():
        raise NumberTaken(number=number)
    before = list(_others(matter, matter.case_number).filter(state=State.CONFLICT))
    _renumber(matter, number, by=by)
    for each in (matter, *before):
        _settle_if_alone(each, by)
    news.changed(matter)
    return matter


def _others(matter: Matter, number: str) -> Any:
    return Matter.objects.filter(
        _LIVING, connection_id=matter.connection_id, kind=matter.kind, case_number=number
    ).exclude(pk=matter.pk)


def _settle_if_alone(matter: Matter, by: trail.Person) -> None:
    if matter.state == State.CONFLICT and not _others(matter, matter.case_number).exists():
        move(matter, "settle", by=by)


@transaction.atomic
def keep_apart(*, matter: Matter, number: str, by: trail.Person) -> Matter:
    """They are two cases: this one is told apart by a number of its own."""
    return rename(matter=matter, number=number, by=by)


@transaction.atomic
def merge(*, matter: Matter, into: Matter, by: trail.Person) -> Matter:
    """They are one case: everything of `matter` hangs on `into` from now on. Raises Conflict."""
    first, second = sorted((matter.pk, into.pk))
    rows = {each.pk: each for each in Matter.objects.select_for_update().filter(pk__in=[first, second]).order_by("pk")}
    matter, into = rows[matter.pk], rows[into.pk]
    if matter.pk == into.pk or matter.connection_id != into.connection_id or into.state == State.MERGED:
        raise Conflict(_("只能并入同一对接里另一件有效的案件。"), code="merge_refused")
    known = set(into.links.values_list("kind", "object_id"))
    for link in matter.links.all():
        if (link.kind, link.object_id) not in known:
            link.matter = into
            link.save(update_fields=["matter"])
    digests = set(into.photos.values_list("sha256", flat=True))
    matter.photos.exclude(sha256__in=digests).update(matter=into)
    numbers = {matter.case_number, *matter.aliases.values_list("number", flat=True)} - {into.case_number}
    for number in sorted(numbers):
        MatterAlias.objects.get_or_create(matter=into, number=number)
    move(matter, "merge", by=by, merged_into=into)
    _settle_if_alone(into, by)
    news.changed(into)
    return into


def link(matter_id: UUID, kind: str, object_id: UUID) -> None:
    """What was begun belongs to a matter; twice is once. In the caller's transaction."""
    MatterLink.objects.get_or_create(matter_id=matter_id, kind=kind, object_id=object_id)
    Matter.objects.filter(pk=matter_id).update(changed_at=clock.now())


def sweep_launches(*, kept: timedelta = timedelta(days=90)) -> int:
    """Drop launches older than a quarter; a token's number is needed for minutes only. Returns how many."""
    from tenants.embedding.models import Launch

    return Launch.objects.filter(at__lt=clock.now() - kept).delete()[0]
