"""目标卡: one party, place, telephone, account or code with everything of this bureau that points to it.

What stands on a card is what its reader may see: clues by their door, inspections, cases and requests by theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from accounts.models import User
from appraisal.hints.models import Hint
from appraisal.requests import selectors as requests
from kernel.errors import NotFound404
from tenants.cases import selectors as cases
from tenants.cases.models import Case
from tenants.clues.models import Clue, ClueMatter, Target, TargetLink
from tenants.clues.selectors import clues_seen_by
from tenants.inspections import selectors as inspections
from tenants.inspections.models import Inspection

MOST_CLUES = 100
SHOWN_TARGETS = 60
DRAWN = 12
LONGEST_LABEL = 14
URLS = settings.URLCONFS["province"]


@dataclass(frozen=True)
class Card:
    """A target with what points to it. others: targets of the same clues, with how many of them."""

    target: Target
    clues: list[Clue]
    count: int
    value_yuan: Decimal
    open_count: int
    inspections: list[Inspection]
    cases: list[Case]
    hits: int
    others: list[tuple[Target, int]]
    graph: Graph = field(repr=False)


@dataclass(frozen=True)
class Node:
    """A round of the drawing. kind: "target", "clue" or "other"."""

    x: float
    y: float
    label: str
    kind: str
    url: str = ""

    @property
    def short(self) -> str:
        return self.label if len(self.label) <= LONGEST_LABEL else f"{self.label[: LONGEST_LABEL - 1]}…"

    @property
    def text_y(self) -> float:
        """Where its words stand: below it, or above where it is at the top."""
        return round(self.y + (30 if self.kind == "target" else 22), 1)

    @property
    def left(self) -> float:
        return self.x - 6

    @property
    def top(self) -> float:
        return self.y - 6


@dataclass(frozen=True)
class Graph:
    """The drawing: rounds, and lines between them by their numbers."""

    width: int
    height: int
    nodes: list[Node]
    lines: list[tuple[Node, Node]]


def card(person: User, target_id: UUID) -> Card:
    """A target that at least one clue of this person points to. Raises NotFound404."""
    target = Target.objects.filter(pk=target_id).first()
    if target is None:
        raise NotFound404()
    seen = clues_seen_by(person).filter(target_links__target=target)
    count = seen.order_by().count()
    if not count:
        raise NotFound404()
    clues = list(seen[:MOST_CLUES])
    sums = seen.order_by().aggregate(value=Sum("estimated_value"), open=Count("pk", filter=Q(state__in=Clue.OPEN)))
    visited = _inspections(person, target, clues)
    filed = _cases(person, target, clues, visited)
    others = _others(person, target, clues)
    return Card(
        target=target,
        clues=clues,
        count=count,
        value_yuan=sums["value"] or Decimal(0),
        open_count=sums["open"],
        inspections=visited,
        cases=filed,
        hits=_hits(person, clues),
        others=others,
        graph=_graph(target, clues, others),
    )


def _records(clues: Sequence[Clue], kind: str) -> list[UUID]:
    return list(
        ClueMatter.objects.filter(clue__in=[each.pk for each in clues], kind=kind).values_list("record_id", flat=True)
    )


def _inspections(person: User, target: Target, clues: Sequence[Clue]) -> list[Inspection]:
    found = Q(pk__in=_records(clues, ClueMatter.Kind.INSPECTION))
    if target.kind == Target.Kind.CODE:
        found |= Q(entity__uscc=target.value)
    elif target.kind == Target.Kind.PARTY:
        found |= Q(entity__name=target.shown)
    elif target.kind == Target.Kind.PHONE:
        found |= Q(entity__phone=target.shown)
    return list(inspections.inspections_of(person).filter(found).distinct()[:SHOWN_TARGETS])


def _cases(person: User, target: Target, clues: Sequence[Clue], visited: Sequence[Inspection]) -> list[Case]:
    found = Q(pk__in=_records(clues, ClueMatter.Kind.CASE)) | Q(proposal__inspection__in=[each.pk for each in visited])
    if target.kind == Target.Kind.CODE:
        found |= Q(parties__uscc=target.value)
    elif target.kind == Target.Kind.PARTY:
        found |= Q(parties__name=target.shown)
    return list(cases.cases_of(person).filter(found).distinct()[:SHOWN_TARGETS])


def _hits(person: User, clues: Sequence[Clue]) -> int:
    """Likenesses to known fakes on the requests that hang on the clues."""
    asked = requests.requests_of(person).filter(pk__in=_records(clues, ClueMatter.Kind.REQUEST)).order_by()
    return Hint.objects.filter(request__in=asked.values("pk"), flagged="").exclude(state=Hint.State.REJECTED).count()


def _others(person: User, target: Target, clues: Sequence[Clue]) -> list[tuple[Target, int]]:
    rows = (
        Target.objects.filter(links__clue__in=[each.pk for each in clues])
        .exclude(pk=target.pk)
        .annotate(n=Count("links", filter=Q(links__clue__in=[each.pk for each in clues])))
        .order_by("-n", "kind", "id")
    )
    return [(row, row.n) for row in rows[:SHOWN_TARGETS]]


def _graph(target: Target, clues: Sequence[Clue], others: Sequence[tuple[Target, int]]) -> Graph:
    """The target in the middle, its clues around it, and outside what at least one of them points to beside it."""
    width, height = 640, 380
    middle = Node(width / 2, height / 2, target.shown, "target")
    shown, lines, nodes = list(clues[:DRAWN]), [], [middle]
    at: dict[UUID, Node] = {}
    for place, clue in enumerate(shown):
        angle = 2 * math.pi * place / max(len(shown), 1) - math.pi / 2
        node = Node(
            round(width / 2 + 150 * math.cos(angle), 1),
            round(height / 2 + 95 * math.sin(angle), 1),
            clue.number,
            "clue",
            reverse("clues:detail", args=[clue.pk], urlconf=URLS),
        )
        at[clue.pk] = node
        nodes.append(node)
        lines.append((middle, node))
    outer = [row for row, _count in others[:8]]
    links = TargetLink.objects.filter(target__in=outer, clue__in=list(at)).values_list("target_id", "clue_id")
    joined: dict[UUID, list[Node]] = {}
    for target_id, clue_id in links:
        joined.setdefault(target_id, []).append(at[clue_id])
    for place, row in enumerate(each for each in outer if each.pk in joined):
        angle = 2 * math.pi * (place + 0.5) / max(len(joined), 1) - math.pi / 2
        node = Node(
            round(width / 2 + 270 * math.cos(angle), 1),
            round(height / 2 + 165 * math.sin(angle), 1),
            row.shown,
            "other",
            reverse("clue_ledger:target", args=[row.pk], urlconf=URLS),
        )
        nodes.append(node)
        lines += [(node, each) for each in joined[row.pk]]
    return Graph(width, height, nodes, lines)


def targets_seen_by(person: User, *, kind: str = "", text: str = "") -> QuerySet[Target]:
    """Targets to which two or more clues of this person point, those of most clues first."""
    mine = clues_seen_by(person).order_by().values("pk")
    rows = TargetLink.objects.filter(clue__in=mine).values("target").annotate(n=Count("pk")).filter(n__gte=2)
    found = Target.objects.filter(pk__in=rows.values("target"))
    if kind in Target.Kind.values:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(shown__icontains=text)
    seen = Q(links__clue__in=mine)
    return found.annotate(
        n=Count("links", filter=seen),
        value_yuan=Sum("links__clue__estimated_value", filter=seen),
        open_n=Count("links", filter=seen & Q(links__clue__state__in=Clue.OPEN)),
    ).order_by("-n", "-value_yuan", "id")
