"""The doors to clues, to the work on them and to the rules of competence.

A leader or dispatcher sees clues whose desk or holder lies in their units; an officer those that their own unit holds,
that they registered, that they check, or that they were asked to assess. Everything else is not there.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Prefetch, Q, QuerySet
from django.urls import reverse

from accounts.models import Post, Unit, User
from accounts.selectors import below, heads, heads_of, held_posts, led_unit_ids, visible_unit_ids
from divisions.models import Zone
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from kernel.text import squeeze
from tenants.cases import selectors as cases
from tenants.cases.models import Case
from tenants.clues.letters import LETTERS, Thing
from tenants.clues.models import (
    Assessment,
    Clue,
    ClueAsk,
    ClueMatter,
    Competence,
    CompetenceSuggestion,
    Dispatch,
    PanelMember,
    Supervision,
    TermCorrection,
    Verifier,
)


def clues_seen_by(person: User) -> QuerySet[Clue]:
    """Clues this person may see, newest first, with their units and holder. Merged ones among them."""
    return Clue.objects.filter(_seen(person)).select_related(
        "desk_unit", "competent_unit", "holder_unit", "holder", "proposed_unit", "proposed_officer", "lead"
    )


def corrections_seen_by(person: User) -> QuerySet[TermCorrection]:
    """Terms reckoned anew after a change of the table of holidays, of clues this person may see, newest first."""
    return TermCorrection.objects.filter(clue__in=clues_seen_by(person).order_by()).select_related("clue")


def _seen(person: User) -> Q:
    return seen_from(visible_unit_ids(person), person.pk, at_the_desk=sees_the_desk(person))


def sees_the_desk(person: User) -> bool:
    """Whether somebody sees what the desks of their units keep."""
    return person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER)


def seen_from(units: Collection[UUID], person_id: UUID, *, at_the_desk: bool) -> Q:
    """What a person of these units may see, by the clue's own columns."""
    own = (
        Q(registered_by_id=person_id)
        | Q(pk__in=Verifier.objects.filter(officer_id=person_id, until=None).values("clue_id"))
        | Q(pk__in=PanelMember.objects.filter(user_id=person_id).values("assessment__clue_id"))
    )
    if at_the_desk:
        own |= Q(desk_unit_id__in=units)
    return Q(holder_unit_id__in=units) | own


def clue(person: User, clue_id: UUID) -> Clue:
    """One clue. Raises NotFound404."""
    found = clues_seen_by(person).filter(pk=clue_id).first()
    if found is None:
        raise NotFound404()
    return found


def whole_clue(person: User, clue_id: UUID) -> Clue:
    """One clue with all that its page shows. Raises NotFound404."""
    found = (
        clues_seen_by(person)
        .filter(pk=clue_id)
        .prefetch_related(
            "sources",
            "products",
            "matters",
            "files__exhibit",
            "verifiers__officer",
            "pauses",
            "extensions__approved_by",
            "disputes__first_unit",
            "disputes__second_unit",
            "disputes__superior",
            "jurisdictions__unit",
            Prefetch("dispatches", Dispatch.objects.select_related("unit", "officer", "by", "ended_by")),
            Prefetch("assessments", Assessment.objects.select_related("opened_by").prefetch_related("members")),
            Prefetch("supervisions", Supervision.objects.select_related("ordered_by", "answered_by")),
            Prefetch("asks", ClueAsk.objects.select_related("asked_by", "decided_by")),
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def clue_to_change(person: User, clue_id: UUID, *, who: str) -> Clue:
    """One clue, locked, for somebody who is going to write. who: "desk", "unit" (whoever works for the holder),
    "head" (who decides for the holder) or "any" of them.

    Raises NotFound404, NotAllowed.
    """
    found = clue(person, clue_id)
    may = {
        "desk": lambda: keeps_desk(person, found),
        "unit": lambda: works_for(person, found.holder_unit_id),
        "head": lambda: heads(person, found.holder_unit_id),
        "any": lambda: keeps_desk(person, found) or works_for(person, found.holder_unit_id),
    }[who]
    if not may():
        raise NotAllowed()
    return Clue.objects.select_for_update(of=("self",)).get(pk=found.pk)


def keeps_desk(person: User, clue: Clue) -> bool:
    """Whether this person decides at the desk of a clue: a dispatcher or leader of it, or of a unit above it."""
    return clue.desk_unit_id in desk_unit_ids(person)


def desk_unit_ids(person: User) -> set[UUID]:
    """Units at whose desk this person dispatches: those of their posts as dispatcher or leader, and all below."""
    units: set[UUID] = set()
    for post in held_posts(person):
        if post.role in (Post.Role.LEADER, Post.Role.DISPATCHER) and post.unit is not None:
            units |= below(post.unit)
    return units


def works_for(person: User, unit_id: UUID) -> bool:
    """Whether this person acts for a unit: an officer of it, or its own dispatcher or leader. Not those above it."""
    posts = list(person.posts.all())
    if person.unit_id == unit_id and any(each.role == Post.Role.OFFICER for each in posts):
        return True
    return any(each.unit_id == unit_id and each.role in (Post.Role.LEADER, Post.Role.DISPATCHER) for each in posts)


def dispatchers_of(unit: Unit) -> list[User]:
    """Active dispatchers of a desk; of the nearest desk above where it has none; its heads where nobody has any."""
    step: Unit | None = unit
    while step is not None:
        found = list(User.people.filter(is_active=True, posts__role=Post.Role.DISPATCHER, posts__unit=step).distinct())
        if found:
            return found
        step = step.parent
    return heads_of(unit)


def officers_of_unit(unit_id: UUID) -> QuerySet[User]:
    """Active officers whose home is this unit."""
    return User.people.filter(is_active=True, unit_id=unit_id, posts__role=Post.Role.OFFICER).distinct()


def people_of_unit(unit: Unit) -> list[User]:
    """Who is told of what comes to a unit: its active officers, dispatchers and leaders; else the heads above it."""
    roles = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)
    own = list(
        User.people.filter(is_active=True)
        .filter(Q(unit=unit, posts__role=Post.Role.OFFICER) | Q(posts__unit=unit, posts__role__in=roles))
        .distinct()
    )
    return own or heads_of(unit)


def officers_inside(unit: Unit) -> QuerySet[User]:
    """Active officers of a unit and of all under it."""
    rows = User.people.filter(is_active=True, unit_id__in=below(unit), posts__role=Post.Role.OFFICER)
    return rows.select_related("unit").distinct().order_by("unit__code", "username")


def possible_verifiers(clue: Clue) -> list[User]:
    """Officers of the unit that holds a clue and of its bureau, with a certificate that holds, own unit first."""
    home = clue.holder_unit
    house = home.parent if home.parent is not None and home.kind not in _BUREAUX else home
    people = officers_inside(house).exclude(officer_cert_no=None).filter(officer_cert_until__gte=clock.today())
    return sorted(people, key=lambda each: each.unit_id != home.pk)


def possible_panel(person: User) -> QuerySet[User]:
    """People of the units whose matters this person sees, for an assessment."""
    units = visible_unit_ids(person)
    rows = User.people.filter(is_active=True, unit_id__in=units).exclude(posts__role__in=_ADMINISTRATORS)
    return rows.filter(posts__isnull=False).select_related("unit").distinct().order_by("unit__code", "username")[:400]


_BUREAUX = (Unit.Kind.COUNTY_BUREAU, Unit.Kind.MUNICIPAL_BUREAU, Unit.Kind.PROVINCIAL_BUREAU, Unit.Kind.BRANCH_BUREAU)
_ADMINISTRATORS = (Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN, Post.Role.SECURITY_DEPUTY, Post.Role.AUDIT_ADMIN)


def open_units() -> QuerySet[Unit]:
    """Units in use, by code."""
    return Unit.objects.filter(is_active=True)


def unit_or_404(unit_id: UUID) -> Unit:
    """A unit in use. Raises NotFound404."""
    found = Unit.objects.select_related("parent").filter(pk=unit_id, is_active=True).first()
    if found is None:
        raise NotFound404()
    return found


def assessment(person: User, assessment_id: UUID, *, lock: bool = False) -> Assessment:
    """One assessment of a clue this person may see. Raises NotFound404."""
    rows = Assessment.objects.filter(pk=assessment_id, clue__in=clues_seen_by(person).order_by())
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("clue", "opened_by")
    found = rows.first()
    if found is None:
        raise NotFound404()
    return found


def assessments_seen_by(person: User) -> QuerySet[Assessment]:
    """Assessments of clues this person may see, newest first."""
    return (
        Assessment.objects.filter(clue__in=clues_seen_by(person).order_by().values("pk"))
        .select_related("clue", "clue__holder_unit", "opened_by", "concluded_by")
        .prefetch_related("members")
    )


def supervision(person: User, supervision_id: UUID, *, lock: bool = False) -> Supervision:
    """One order on something this person may see. Raises NotFound404."""
    rows = _supervisions(person).filter(pk=supervision_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound404()
    return found


def supervisions_seen_by(person: User) -> QuerySet[Supervision]:
    """Orders on what this person may see, the nearest deadline first."""
    rows = _supervisions(person).select_related(
        "clue__holder_unit", "clue__holder", "clue__desk_unit", "case__unit", "ordered_by"
    )
    return rows.order_by("due_on", "id")


def supervisions_on(person: User, row: Model) -> QuerySet[Supervision]:
    """Orders that stand on one case or letter."""
    on = Q(case_id=row.pk) if isinstance(row, Case) else Q(letter_id=row.pk)
    return supervisions_seen_by(person).filter(on).exclude(state=Supervision.State.LIFTED)


def _supervisions(person: User) -> QuerySet[Supervision]:
    """Who sees the clue, the case or the letter sees the orders on it."""
    seen = Q(clue__in=clues_seen_by(person).order_by().values("pk"))
    seen |= Q(case__in=cases.cases_of(person).order_by().values("pk"))
    for kind in LETTERS.values():
        seen |= Q(letter_kind=kind.code, letter_id__in=kind.seen_by(person).order_by().values("pk"))
    return Supervision.objects.filter(seen)


def letter(person: User, code: str, letter_id: UUID) -> Thing:
    """A letter that an order may be on and that this person may see. Raises NotFound404."""
    kind = LETTERS.get(code)
    found = kind.seen_by(person).filter(pk=letter_id).first() if kind else None
    if kind is None or found is None:
        raise NotFound404()
    return kind.read(found)


def ask(person: User, ask_id: UUID, *, lock: bool = False) -> ClueAsk:
    """One matter laid before the head. Raises NotFound404."""
    rows = ClueAsk.objects.filter(pk=ask_id, clue__in=clues_seen_by(person).order_by())
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("clue")
    found = rows.first()
    if found is None:
        raise NotFound404()
    return found


def asks_waiting_for(person: User) -> QuerySet[ClueAsk]:
    """What waits for this person's decision as head."""
    return ClueAsk.objects.filter(
        state=ClueAsk.State.ASKED, clue__holder_unit_id__in=led_unit_ids(person)
    ).select_related("clue", "asked_by")


# Competence -----------------------------------------------------------------------------------------------------------


def may_set_competence(person: User) -> bool:
    """Whether this person keeps the rules of competence: the bureau's administrator, a dispatcher or leader."""
    return person.has_role(Post.Role.BUREAU_ADMIN, Post.Role.DISPATCHER, Post.Role.LEADER)


def ruled_unit_ids(person: User) -> set[UUID] | None:
    """Units for which this person lays down competence; None: every unit of the bureau."""
    if person.has_role(Post.Role.BUREAU_ADMIN):
        return None
    return desk_unit_ids(person)


def competences(person: User) -> QuerySet[Competence]:
    """Rules this person may see: all of the bureau. Raises NotAllowed."""
    if not may_set_competence(person):
        raise NotAllowed()
    return Competence.objects.select_related("unit", "officer", "under", "made_by")


def competence(person: User, rule_id: UUID) -> Competence:
    """One rule. Raises NotFound404, NotAllowed."""
    found = competences(person).filter(pk=rule_id).first()
    if found is None:
        raise NotFound404()
    return found


def suggestions(person: User) -> QuerySet[CompetenceSuggestion]:
    """What desks' choices suggest, newest first. Raises NotAllowed."""
    if not may_set_competence(person):
        raise NotAllowed()
    return CompetenceSuggestion.objects.select_related("unit", "decided_by")


def suggestion(person: User, suggestion_id: UUID, *, lock: bool = False) -> CompetenceSuggestion:
    """One suggestion. Raises NotFound404, NotAllowed."""
    rows = suggestions(person).filter(pk=suggestion_id)
    rows = rows.select_related(None).select_for_update() if lock else rows
    found = rows.first()
    if found is None:
        raise NotFound404()
    return found


def rules_url() -> str:
    """Where the rules, the suggestions and the coverage check stand."""
    return reverse("clues:competence", urlconf=settings.URLCONFS["province"])


def zone_names(province: str) -> list[str]:
    """Development zones with land in a province."""
    rows = Zone.objects.all().values_list("name", "host_codes")
    return [name for name, hosts in rows if any(code[:2] == province[:2] for code in hosts)]


# Cases ----------------------------------------------------------------------------------------------------------------


def cases_grown_from(person: User, clue: Clue) -> list[Case]:
    """Cases this person may see that were filed from what was done about a clue and those merged into it."""
    rows = ClueMatter.objects.filter(Q(clue=clue) | Q(clue__lead=clue)).values_list("kind", "record_id")
    ids: dict[str, list[UUID]] = {kind: [] for kind in ClueMatter.Kind.values}
    for kind, record_id in rows:
        ids[kind].append(record_id)
    inspections, requests = ids[ClueMatter.Kind.INSPECTION], ids[ClueMatter.Kind.REQUEST]
    return list(
        cases.cases_of(person).filter(
            Q(pk__in=ids[ClueMatter.Kind.CASE])
            | Q(proposal__inspection_id__in=inspections)
            | Q(proposal__request_id__in=requests)
            | Q(proposal__request__site__inspection__in=inspections)
        )
    )


def case_numbered(person: User, number: str) -> Case | None:
    """The case this person may see that has this number here or outside."""
    said = {number, squeeze(number)}
    return cases.cases_of(person).filter(Q(number__in=said) | Q(outside_number__in=said)).first()


def cases_named(person: User, clue: Clue) -> list[Case]:
    """Cases a clue ended with, those this person may open."""
    linked = clue.matters.filter(kind=ClueMatter.Kind.CASE).values_list("record_id", flat=True)
    return list(cases.cases_of(person).filter(pk__in=list(linked)))
