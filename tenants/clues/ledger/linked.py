"""What is joined to one clue. The caller has asked a door for the clue."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from tenants.clues.models import Clue, Merge, Target


def merged_into(clue: Clue) -> list[Clue]:
    """Clues that go on as part of this one, each with its own sources."""
    return list(Clue.objects.filter(lead=clue).prefetch_related("sources").order_by("id"))


def merge_of(clue: Clue) -> Merge | None:
    """The merge by which this clue goes on as part of another, while it stands."""
    return Merge.objects.filter(clue=clue, ended_at=None).select_related("lead", "by").first()


def history_of(clue: Clue) -> QuerySet[Merge]:
    """All merges of a clue, those that were undone among them, newest first."""
    rows = Merge.objects.filter(Q(lead=clue) | Q(clue=clue))
    return rows.select_related("lead", "clue", "by", "ended_by")


def cards_of(clue: Clue) -> list[Target]:
    """What a clue points to, with how many clues point there."""
    rows = Target.objects.filter(links__clue=clue).values("pk")
    return list(Target.objects.filter(pk__in=rows).annotate(n=Count("links")).order_by("-n", "kind", "id"))
