"""The doors of reverse clues. A person acts for one organisation at a time; what another reported is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from appraisal.reverse_clues.models import Addressee, ClueFile, Purchase, Question, ReverseClue
from divisions import selectors as divisions
from federation.parties.models import Membership, Organisation
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import NotFound404
from provinces.hosts import DIRECTORY

State = ReverseClue.State


def may_report(acting: ActingFor) -> bool:
    """Whether this seat hands in clues: rights staff, of the right holder or of who acts for it."""
    return acting.has(Membership.Role.RIGHTS_STAFF)


def clues_of(acting: ActingFor) -> QuerySet[ReverseClue]:
    """The organisation's clues, newest first. Nobody but its rights staff has any. An agent sees those it wrote."""
    if not may_report(acting):
        return ReverseClue.objects.none()
    rows = ReverseClue.objects.filter(organisation=acting.organisation).exclude(state=State.DROPPED)
    return rows.filter(agent=acting.via) if acting.via else rows


def listed(acting: ActingFor, *, state: str = "open", text: str = "") -> QuerySet[ReverseClue]:
    """The list. state: draft, open (at least one bureau has not ended), ended, all. text: in title, number, subject."""
    rows = clues_of(acting).select_related("author").prefetch_related("addressees")
    if state == "draft":
        rows = rows.filter(state=State.DRAFT)
    elif state == "open":
        rows = rows.filter(state=State.SENT, addressees__state__in=Addressee.AT_THE_BUREAU).distinct()
    elif state == "ended":
        rows = rows.filter(state=State.SENT).exclude(addressees__state__in=Addressee.AT_THE_BUREAU)
    if text := text.strip():
        found = Q(title__icontains=text) | Q(ref__icontains=text) | Q(subject_name__icontains=text)
        rows = rows.filter(found | Q(addressees__number__icontains=text)).distinct()
    return rows


def counts(acting: ActingFor) -> dict[str, int]:
    """How many there are of each list, and questions that wait."""
    found = {name: listed(acting, state=name).count() for name in ("draft", "open", "ended")}
    return found | {"questions": questions_waiting(acting).count()}


def access_clue(acting: ActingFor, clue_id: UUID, *, lock: bool = False) -> ReverseClue:
    """One clue. Raises NotFound404 for another organisation's as for none."""
    rows = clues_of(acting)
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("organisation", "agent", "author")
    found = rows.filter(pk=clue_id).first()
    if found is None:
        raise NotFound404()
    return found


def whole_clue(acting: ActingFor, clue_id: UUID) -> ReverseClue:
    """One clue with all that its page shows. Raises NotFound404."""
    found = (
        clues_of(acting)
        .filter(pk=clue_id)
        .select_related("organisation", "agent", "author")
        .prefetch_related(
            "trademarks",
            "products__product__brand",
            "files__exhibit",
            "purchases",
            "supplements__files",
            "supplements__purchases",
            Prefetch("addressees", Addressee.objects.prefetch_related("lines", "questions__files")),
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def access_addressee(acting: ActingFor, addressee_id: UUID, *, lock: bool = False) -> Addressee:
    """One addressee of a clue of the organisation. Raises NotFound404."""
    rows = Addressee.objects.filter(pk=addressee_id, clue__in=clues_of(acting).order_by().values("pk"))
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound404()
    return found


def access_file(acting: ActingFor, file_id: UUID) -> ClueFile:
    """One file of a clue of the organisation. Raises NotFound404."""
    rows = ClueFile.objects.filter(pk=file_id, clue__in=clues_of(acting).order_by().values("pk"))
    found = rows.select_related("exhibit", "clue").first()
    if found is None:
        raise NotFound404()
    return found


def access_purchase(acting: ActingFor, purchase_id: UUID) -> Purchase:
    """One test purchase of a clue of the organisation. Raises NotFound404."""
    rows = Purchase.objects.filter(pk=purchase_id, clue__in=clues_of(acting).order_by().values("pk"))
    found = rows.select_related("clue").first()
    if found is None:
        raise NotFound404()
    return found


def questions_waiting(acting: ActingFor) -> QuerySet[Question]:
    """Questions of desks that the organisation has not answered, the nearest day first."""
    return Question.objects.filter(
        state=Question.State.WAITING, addressee__clue__in=clues_of(acting).order_by().values("pk")
    ).select_related("addressee__clue")


def access_question(acting: ActingFor, question_id: UUID, *, lock: bool = False) -> Question:
    """One question about a clue of the organisation. Raises NotFound404."""
    rows = Question.objects.filter(pk=question_id, addressee__clue__in=clues_of(acting).order_by().values("pk"))
    found = (rows.select_for_update(of=("self",)) if lock else rows.select_related("addressee__clue")).first()
    if found is None:
        raise NotFound404()
    return found


def shows_exhibit(seats: Iterable[ActingFor], exhibit_id: UUID) -> bool:
    """Whether one of these seats has a clue with this file."""
    return any(ClueFile.objects.filter(exhibit_id=exhibit_id, clue__in=clues_of(seat)).exists() for seat in seats)


def people_to_tell(clue: ReverseClue) -> list[UUID]:
    """Who hears of news: who wrote it, and the other rights staff where the clue was written."""
    employer: Organisation = clue.agent or clue.organisation
    rows = Membership.objects.filter(
        organisation=employer, role=Membership.Role.RIGHTS_STAFF, is_active=True, user__is_active=True
    )
    return list(dict.fromkeys([clue.author_id, *rows.values_list("user_id", flat=True)]))


def author_of(clue: ReverseClue) -> User:
    """Who wrote it."""
    return clue.author


# To whom ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """One province of the country, and whether its bureau takes clues here. code: of the province here, if it does."""

    division_code: str
    name: str
    code: str = ""
    title: str = ""


def provinces() -> list[Reach]:
    """Every province, those that take part first: by letter to their bureaux."""
    here = {host.division_code: host for host in DIRECTORY.ordinary() if host.state == "active"}
    found = [
        Reach(row.code, row.name, here[row.code].seat.name if row.code in here else "",
              here[row.code].title if row.code in here else "")
        for row in divisions.children("")
    ]  # fmt: skip
    known = {row.code for row in found}
    found += [
        Reach(host.seat.name, host.title, host.seat.name, host.title)
        for host in here.values()
        if host.seat.name not in known
    ]
    return sorted(found, key=lambda each: (not each.code, each.division_code))


def province_names() -> dict[str, str]:
    """Code to the bureau's title."""
    return {host.seat.name: host.title or host.seat.name for host in DIRECTORY.provinces()}


# Own numbers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What became of an organisation's clues, each province of each counted once. median_days: from sending to end."""

    sent: int
    ended: int
    filed: int
    true: int
    partly: int
    untrue: int
    median_days: float | None

    @property
    def filed_per_cent(self) -> int | None:
        return round(100 * self.filed / self.ended) if self.ended else None


def figures(acting: ActingFor) -> Figures:
    """The organisation's own numbers."""
    rows = list(
        Addressee.objects.filter(clue__in=clues_of(acting).order_by().values("pk"))
        .exclude(state=Addressee.State.CHOSEN)
        .select_related("clue")
    )
    ended = [row for row in rows if row.state == Addressee.State.ENDED]
    days = [
        (row.ended_on - clock.local_date(row.clue.sent_at)).days for row in ended if row.clue.sent_at and row.ended_on
    ]

    def many(result: str) -> int:
        return sum(row.result == result for row in ended)

    return Figures(
        sent=len(rows),
        ended=len(ended),
        filed=sum(row.outcome == Addressee.Outcome.FILED for row in ended),
        true=many(Addressee.Result.TRUE),
        partly=many(Addressee.Result.PARTLY),
        untrue=many(Addressee.Result.UNTRUE),
        median_days=median(days) if days else None,
    )
