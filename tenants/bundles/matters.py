"""What the exports know of the kinds of matter beyond their exhibits: their letters, and what they were about.

An app whose matters can be exported registers here:

    matters.register("inspection", threads=lambda matter: [matter.id], facts=of_inspection)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from appraisal.requests.models import AppraisalRequest
from evidence.matters import Matter

Threads = Callable[[Matter], Sequence[UUID]]
Facts = Callable[[Matter], dict[str, Any]]


@dataclass(frozen=True)
class Knowledge:
    """threads: ids under which letters about the matter were written. facts: canonical JSON about it."""

    threads: Threads
    facts: Facts


_known: dict[str, Knowledge] = {}


def register(kind: str, *, threads: Threads, facts: Facts) -> None:
    """Say what belongs to a kind of matter."""
    _known[kind] = Knowledge(threads, facts)


def threads(matter: Matter) -> Sequence[UUID]:
    """Ids of the matters of its letters."""
    known = _known.get(matter.kind)
    return known.threads(matter) if known else [matter.id]


def facts(matter: Matter) -> dict[str, Any]:
    """What it was about."""
    known = _known.get(matter.kind)
    return known.facts(matter) if known else {}


def _request_facts(matter: Matter) -> dict[str, Any]:
    return {"requests": [_request(row) for row in _requests(pk=matter.id)]}


def _site_threads(matter: Matter) -> Sequence[UUID]:
    return list(_requests(site_id=matter.id).values_list("pk", flat=True))


def _site_facts(matter: Matter) -> dict[str, Any]:
    return {"requests": [_request(row) for row in _requests(site_id=matter.id)]}


def _requests(**which: UUID) -> Any:
    rows = AppraisalRequest.objects.filter(**which).select_related("officer", "unit", "site").order_by("pk")
    return rows.prefetch_related(
        "items__photos", "items__verdicts__opinion", "items__verdicts__withdrawal", "scene_signatures"
    )


def _request(row: AppraisalRequest) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "state": row.state,
        "unit": row.unit.name,
        "officer": row.officer.display_name,
        "place": row.site.place,
        "county_code": row.site.county_code,
        "asked_of": row.organisation_name,
        "claimed_brand": row.brand_name,
        "question": row.question,
        "sent_at": row.sent_at,
        "answered_at": row.answered_at,
        "items": [_item(item) for item in row.items.all()],
        "signed_on_the_premises": [_signature(each) for each in row.scene_signatures.all()],
    }


def _signature(row: Any) -> dict[str, Any]:
    """A name on glass, whole: what stood above it, and how it was written; the letter that brought it is there too."""
    return {
        "by": row.appraiser_name,
        "authority": row.authority.get("number", ""),
        "at": row.signed_at,
        "verdicts": row.verdict_ids,
        "page": row.page,
        "page_sha256": row.page_sha256,
        "strokes": row.strokes,
        "strokes_sha256": row.strokes_sha256,
    }


def _item(item: Any) -> dict[str, Any]:
    return {
        "id": item.pk,
        "product": item.product_name,
        "photos": [{"shot": photo.shot_code, "exhibit": photo.exhibit_id} for photo in item.photos.all()],
        "verdicts": [
            {
                "id": verdict.pk,
                "verdict": verdict.value,
                "reasons": verdict.reasons,
                "by": verdict.opinion.appraiser_name,
                "at": verdict.opinion.given_at,
                "on_site": verdict.opinion.on_site,
                "withdrawn": hasattr(verdict, "withdrawal"),
            }
            for verdict in item.verdicts.all()
        ],
    }


register("request", threads=lambda matter: [matter.id], facts=_request_facts)
register("site", threads=_site_threads, facts=_site_facts)
