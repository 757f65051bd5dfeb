"""The doors to grants: what this party gave and holds, who may look, end and renew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest

from accounts.models import Post, User
from federation.contracts.addresses import Address
from federation.grants import guarded
from federation.grants.models import ContentWord, Grant, Item, LevelWord, Use
from federation.letters.addressees import bureaux
from federation.letters.words import party_names
from federation.parties.acting import acting_for, choices
from federation.parties.models import Membership
from federation.parties.selectors import holders
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required
from provinces.hosts import DIRECTORY

SOON_DAYS = 7
_OVERSEERS = (Post.Role.DISPATCHER, Post.Role.LEADER)
_OF_HOUSES = (Membership.Role.BRAND_ADMIN, Membership.Role.RIGHTS_STAFF)


# Whose ----------------------------------------------------------------------------------------------------------------


def party_of(request: HttpRequest) -> str:
    """The party this person acts for, as letters write it. Raises NotFound404, NotAllowed."""
    seat = required()
    if seat.kind == "province":
        return f"province:{seat.name}"
    if seat.kind == "office":
        return "office"
    if seat.kind == "brands":
        return str(Address.organisation(acting_for(request).organisation.pk))
    raise NotFound404()


def parties_of(request: HttpRequest) -> list[str]:
    """All parties this person may act for here."""
    if required().kind != "brands":
        return [party_of(request)]
    return [str(Address.organisation(each.organisation.pk)) for each in choices(request)]


def oversees(request: HttpRequest) -> bool:
    """Who sees all of a party's grants: leaders and dispatchers of the provincial bureau, the office, a house's own."""
    person = request.user
    if not person.is_authenticated:
        return False
    kind = required().kind
    if kind == "province":
        return person.posts.filter(role__in=_OVERSEERS, unit__isnull=False, unit__parent=None).exists()
    if kind == "office":
        return person.has_role(Post.Role.OFFICE_ADMIN)
    return kind == "brands" and bool(choices(request)) and acting_for(request).has(*_OF_HOUSES)


def may_read(request: HttpRequest) -> bool:
    """Whether the pages are offered: who oversees, and who gave something."""
    if oversees(request):
        return True
    person = request.user
    if not person.is_authenticated or required().kind != "province":
        return False
    return Grant.objects.filter(side=Grant.Side.GIVEN, given_by_id=person.pk).exists()


def grants_for(request: HttpRequest, *, side: str = "", state: str = "") -> QuerySet[Grant]:
    """This person's grants, newest first: all of the party's for who oversees them, else those they gave.

    state: "holding", "over" or "soon" (runs out within a week). Raises NotFound404 for who may see none.
    """
    if not request.user.is_authenticated:
        raise NotFound404()
    rows = Grant.objects.filter(party=party_of(request))
    if not oversees(request):
        rows = rows.filter(side=Grant.Side.GIVEN, given_by_id=request.user.pk)
    if side in Grant.Side.values:
        rows = rows.filter(side=side)
    now = clock.now()
    over = Q(state=Grant.State.ENDED) | Q(expires_at__lte=now)
    if state == "over":
        rows = rows.filter(over)
    elif state in ("holding", "soon"):
        rows = rows.exclude(over)
        if state == "soon":
            rows = rows.filter(expires_at__lte=now + timedelta(days=SOON_DAYS))
    rows = rows.order_by("-given_at", "-id")
    return rows.annotate(items_count=Count("items", distinct=True), uses_count=Count("uses", distinct=True))


def access_grant(request: HttpRequest, grant_id: UUID, *, side: str = "") -> Grant:
    """One grant of this party's, by the grant's own id. Raises NotFound404."""
    found = grants_for(request, side=side).filter(grant_id=grant_id).first()
    if found is None:
        raise NotFound404()
    return found


def access_item(request: HttpRequest, grant_id: UUID, item_id: UUID) -> Item:
    """Something that is held under a grant, whether that still holds or not (`guarded.require` asks). NotFound404."""
    grant = access_grant(request, grant_id, side=Grant.Side.HELD)
    found = grant.items.filter(item_id=item_id).select_related("grant").first()
    if found is None:
        raise NotFound404()
    return found


def may_end(request: HttpRequest, grant: Grant) -> bool:
    """The giver's own: who oversees, or who gave it."""
    if grant.side != Grant.Side.GIVEN or grant.party != party_of(request):
        return False
    return oversees(request) or grant.given_by_id == request.user.pk


def require_giver(request: HttpRequest) -> None:
    """Raise NotAllowed unless this person may share in the party's name."""
    if not oversees(request):
        raise NotAllowed()


# One ------------------------------------------------------------------------------------------------------------------


def delivered(grant: Grant) -> QuerySet[Item]:
    """What went out under a grant and cannot be called back, in order."""
    return grant.items.order_by("sent_at", "id")


def uses_of(grant: Grant) -> QuerySet[Use]:
    """Every use, newest first."""
    return grant.uses.order_by("-at", "-id")


def looks(grant: Grant) -> dict[str, Any]:
    """How many looks there were, how many were refused, and when the last was."""
    return grant.uses.aggregate(
        all=Count("id", filter=~Q(way="refused")), refused=Count("id", filter=Q(way="refused")), last=Max("at")
    )


def allows(subject: UUID | tuple[str, UUID], holder: Address, content: str) -> str:
    """How far `holder` may go with a kind of content now: none, masked, view or copy.

    subject: a grant's id, or (kind, id) of what it is about; of several that hold the farthest counts. Asked at the
    holder, and at the giver of those it gave.
    """
    rows = Grant.objects.filter(holder=str(holder))
    if isinstance(subject, tuple):
        rows = rows.filter(subject_kind=subject[0], subject_id=subject[1])
    else:
        rows = rows.filter(grant_id=subject)
    levels = [guarded.level_of(row, content) for row in guarded.holding(rows)]
    return max(levels, key=list(LevelWord.values).index, default=str(LevelWord.NONE))


def named(grants: Iterable[Grant]) -> dict[str, str]:
    """Names of all givers and holders."""
    rows = list(grants)
    return party_names([*(row.giver for row in rows), *(row.holder for row in rows)])


def contents_in_words(grant: Grant) -> list[tuple[Any, str, Any]]:
    """(content, level, level in words) of what a grant covers, in fixed order."""
    return [
        (content.label, grant.contents[content], LevelWord(grant.contents[content]).label)
        for content in ContentWord
        if grant.contents.get(content, LevelWord.NONE) != LevelWord.NONE
    ]


def possible_holders() -> list[tuple[str, str]]:
    """(address, title) of everybody this party can share with."""
    seat = required()
    superior = DIRECTORY.superior()
    left_out = {seat.name, superior.seat.name if superior else ""}  # 总局 has no page for them
    found = [(str(each.address), each.title) for each in bureaux() if each.address.name not in left_out]
    if seat.kind != "office":
        found.append(("office", party_names(["office"])["office"]))
    if seat.kind != "brands":
        found += [(f"organisation:{row.pk}", row.name) for row in holders()]
    return found


# At night -------------------------------------------------------------------------------------------------------------


def overseers(party: str) -> list[UUID]:
    """Whom to tell about a party's grants."""
    seat = required()
    if seat.kind == "brands":
        rows = Membership.objects.filter(
            organisation_id=Address.parse(party).organisation_id, role__in=_OF_HOUSES, is_active=True
        )
        return list(rows.values_list("user_id", flat=True))
    posts = Post.held.all()
    if seat.kind == "office":
        posts = posts.filter(role=Post.Role.OFFICE_ADMIN)
    else:
        posts = posts.filter(role__in=_OVERSEERS, unit__isnull=False, unit__parent=None)
    return list(posts.values_list("user_id", flat=True).distinct())


def who_is(person: User) -> str:
    """A person as the giver reads it: name, and unit where there is one."""
    return f"{person.display_name} {person.unit.name if person.unit else ''}".strip()
