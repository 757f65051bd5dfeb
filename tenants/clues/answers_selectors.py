"""The doors to what sources said and heard: reports of brands, feedback, who is still to be told, what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, When

from accounts.models import User
from evidence.models import Exhibit
from kernel.errors import NotFound404
from provinces.context import required
from tenants.clues import selectors
from tenants.clues.models import (
    BrandReport,
    Clue,
    ClueFile,
    ClueSource,
    Feedback,
    SourceQuestion,
    Telling,
)

BY_BRANDS = (Clue.SourceKind.BRAND, Clue.SourceKind.ASSOCIATION)


# Sources and what they heard ------------------------------------------------------------------------------------------


def sources_of(lead: Clue) -> list[ClueSource]:
    """Sources of a clue and of those merged into it, in the order in which they came."""
    rows = ClueSource.objects.filter(Q(clue=lead) | Q(clue__lead=lead, clue__state=Clue.State.MERGED))
    return list(rows.select_related("clue", "by_user").order_by("at", "id"))


def report_of(source: ClueSource) -> BrandReport | None:
    """What the brand handed in, where this source is a brand that did so by letter."""
    if not source.party:
        return None
    return BrandReport.objects.filter(clue_id=source.clue_id, party=source.party).first()


def last_feedback(source: ClueSource) -> Feedback | None:
    """What this source heard last."""
    rows = Feedback.objects.filter(source=source, target=Feedback.Target.SOURCE)
    return rows.order_by("at", "id").last()


def last_to_campaign(lead: Clue, campaign_id: UUID) -> Feedback | None:
    """What the office of a campaign heard of a clue last."""
    rows = Feedback.objects.filter(clue=lead, target=Feedback.Target.CAMPAIGN, shown__campaign_id=str(campaign_id))
    return rows.order_by("at", "id").last()


def feedback_to_campaign(person: User, campaign_id: UUID) -> QuerySet[Feedback]:
    """What the office of a campaign heard of clues this person may see, newest first."""
    return (
        Feedback.objects.filter(
            target=Feedback.Target.CAMPAIGN,
            shown__campaign_id=str(campaign_id),
            clue__in=selectors.clues_seen_by(person).order_by().values("pk"),
        )
        .select_related("clue")
        .order_by("-at", "-id")
    )


def feedback_of(person: User, clue_id: UUID) -> list[Feedback]:
    """Every answer given for a clue and those merged into it, oldest first. Raises NotFound404."""
    lead = selectors.clue(person, clue_id)
    lead = lead.lead if lead.lead is not None else lead
    rows = Feedback.objects.filter(Q(clue=lead) | Q(clue__lead=lead, clue__state=Clue.State.MERGED))
    return list(rows.select_related("clue", "source", "telling").order_by("at", "id"))


# To be told by phone or letter ----------------------------------------------------------------------------------------


def tellings_for(person: User, *, state: str = Telling.State.DUE) -> QuerySet[Telling]:
    """Sources that this person's desk or unit is to tell, or has told: by the day it is due."""
    rows = Telling.objects.filter(feedback__clue__in=selectors.clues_seen_by(person).order_by().values("pk"))
    if state:
        rows = rows.filter(state=state)
    return rows.select_related(
        "feedback__clue__desk_unit", "feedback__clue__holder_unit", "feedback__source", "told_by"
    )


def telling(person: User, telling_id: UUID, *, lock: bool = False) -> Telling:
    """One of them. Raises NotFound404."""
    rows = tellings_for(person, state="").filter(pk=telling_id)
    if lock:
        rows = rows.select_related(None).select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotFound404()
    return found


def source_name(source: ClueSource) -> str:
    """What to call a source on a page. Who must be protected has no name here."""
    if source.clue.secrecy == Clue.Secrecy.REPORTER_PROTECTED:
        return str(source.get_kind_display())
    kind = str(source.get_kind_display())
    return kind if source.name == kind else f"{kind} {source.name}".strip()


# Reports of brands ---------------------------------------------------------------------------------------------------


def reports_of(person: User, clue_id: UUID) -> list[BrandReport]:
    """What brands handed in for a clue and those merged into it. Raises NotFound404."""
    found = selectors.clue(person, clue_id)
    lead = found.lead if found.lead is not None else found
    return reports_with(lead)


def reports_with(lead: Clue) -> list[BrandReport]:
    """The same for whoever has the clue already."""
    rows = BrandReport.objects.filter(Q(clue=lead) | Q(clue__lead=lead, clue__state=Clue.State.MERGED))
    return list(rows.select_related("clue").prefetch_related("additions", "questions__asked_by").order_by("id"))


def report(person: User, report_id: UUID) -> BrandReport:
    """One report whose clue this person may see. Raises NotFound404."""
    rows = BrandReport.objects.filter(clue__in=selectors.clues_seen_by(person).order_by().values("pk"))
    found = rows.select_related("clue").filter(pk=report_id).first()
    if found is None:
        raise NotFound404()
    return found


def questions_waiting(person: User) -> QuerySet[SourceQuestion]:
    """Questions that brands have not answered yet."""
    return SourceQuestion.objects.filter(
        state=SourceQuestion.State.WAITING,
        report__clue__in=selectors.clues_seen_by(person).order_by().values("pk"),
    ).select_related("report__clue")


def door_to_exhibit(person: User, exhibit: Exhibit) -> bool:
    """Files of a clue, for whoever may see the clue."""
    if required().kind != "province":
        return False
    seen = selectors.clues_seen_by(person).order_by().values("pk")
    return ClueFile.objects.filter(exhibit=exhibit, clue__in=seen).exists()


# What became of a brand's clues ---------------------------------------------------------------------------------------


@dataclass
class Quality:
    """One brand's clues in this province. median_days: from registration to the end."""

    party: str
    name: str
    total: int = 0
    ended: int = 0
    filed: int = 0
    true: int = 0
    partly: int = 0
    untrue: int = 0
    days: list[float] = field(default_factory=list, repr=False)

    @property
    def median_days(self) -> float | None:
        return round(median(self.days), 1) if self.days else None

    @property
    def filed_per_cent(self) -> int | None:
        return round(100 * self.filed / self.ended) if self.ended else None

    @property
    def true_per_cent(self) -> int | None:
        """How many of those that ended were true, wholly or partly."""
        return round(100 * (self.true + self.partly) / self.ended) if self.ended else None


def quality(*, parties: Iterable[str] | None = None, since: datetime | None = None) -> list[Quality]:
    """What became of the clues of each brand and association of this province, most clues first.

    Numbers alone: every officer may read them. A merged clue counts for its brand with the end of the one that leads.
    """
    rows = ClueSource.objects.filter(kind__in=BY_BRANDS).exclude(party="")
    if parties is not None:
        rows = rows.filter(party__in=list(parties))
    if since is not None:
        rows = rows.filter(at__gte=since)
    merged = Q(clue__state=Clue.State.MERGED)

    def led(name: str) -> Case:
        return Case(When(merged, then=F(f"clue__lead__{name}")), default=F(f"clue__{name}"))

    found: dict[str, Quality] = {}
    facts = rows.annotate(final=led("state"), how=led("result"), what=led("outcome"), over=led("ended_at"))
    for row in facts.values("party", "name", "final", "how", "what", "over", "clue__registered_at").order_by("at"):
        each = found.setdefault(row["party"], Quality(row["party"], row["name"]))
        each.name = row["name"] or each.name
        _count(each, row)
    return sorted(found.values(), key=lambda each: (-each.total, each.name))


def _count(each: Quality, row: dict[str, Any]) -> None:
    each.total += 1
    if row["final"] != Clue.State.ENDED:
        return
    each.ended += 1
    each.filed += row["what"] == Clue.Outcome.FILED
    each.true += row["how"] == Clue.Result.TRUE
    each.partly += row["how"] == Clue.Result.PARTLY
    each.untrue += row["how"] == Clue.Result.UNTRUE
    if row["over"]:
        each.days.append((row["over"] - row["clue__registered_at"]).total_seconds() / 86_400)


# Bundled into one action (C-25) --------------------------------------------------------------------------------------


@dataclass
class Bundle:
    """Open clues of one brand: what one action could take together."""

    party: str
    name: str
    clues: list[Clue] = field(default_factory=list)

    @property
    def unit_names(self) -> list[str]:
        return sorted({each.holder_unit.name for each in self.clues})

    @property
    def division_codes(self) -> list[str]:
        return sorted({each.division_code for each in self.clues if each.division_code})


def bundles_by_brand(person: User, *, party: str = "", at_least: int = 1) -> list[Bundle]:
    """Open clues that brands and associations reported, by brand, most first: for one action over several units."""
    seen = selectors.clues_seen_by(person).filter(state__in=Clue.OPEN)
    rows = ClueSource.objects.filter(kind__in=BY_BRANDS, clue__in=seen.order_by().values("pk")).exclude(party="")
    if party:
        rows = rows.filter(party=party)
    names: dict[str, str] = {}
    by_party: dict[str, list[UUID]] = defaultdict(list)
    for row in rows.values("party", "name", "clue_id").order_by("at"):
        names[row["party"]] = row["name"]
        by_party[row["party"]].append(row["clue_id"])
    clues = {each.pk: each for each in seen.filter(pk__in=[pk for many in by_party.values() for pk in many])}
    found = [
        Bundle(key, names[key], [clues[pk] for pk in dict.fromkeys(many) if pk in clues])
        for key, many in by_party.items()
    ]
    return sorted(
        (each for each in found if len(each.clues) >= at_least), key=lambda each: (-len(each.clues), each.name)
    )
