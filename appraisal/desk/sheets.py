"""What an appraiser signs on the premises: their own standing verdicts of one request. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from appraisal.desk.models import DeskSceneSignature, DeskTask, DeskVerdict
from appraisal.desk.selectors import Desk
from kernel.canonical import canonical_json, sha256_hex


@dataclass(frozen=True)
class Sheet:
    """page: canonical JSON of what stands above the glass; sha256: over it. signature: once it was signed."""

    verdicts: tuple[DeskVerdict, ...]
    page: str
    sha256: str
    signature: DeskSceneSignature | None = None

    @property
    def verdict_ids(self) -> tuple[UUID, ...]:
        """The verdicts that are signed."""
        return tuple(verdict.pk for verdict in self.verdicts)


def sheet_of(desk: Desk, task: DeskTask) -> Sheet | None:
    """What this person would sign of a task fetched by `selectors.with_everything`; None while there is nothing.

    A verdict that was corrected or taken back is not on it, so what comes after a signature is signed anew.
    """
    rows = [
        verdict
        for item in task.items.all()
        for verdict in item.verdicts.all()
        if verdict.opinion.on_site
        and verdict.opinion.given_by_id == desk.person.pk
        and not hasattr(verdict, "withdrawal")
        and not hasattr(verdict, "superseded_by")
    ]
    if not rows:
        return None
    page = canonical_json(
        {
            "type": "appraisal.scene",
            "request": task.request_id,
            "request_no": task.request_no,
            "unit": task.unit_name,
            "organisation": desk.organisation.name,
            "appraiser": desk.person.name,
            "authority": rows[-1].opinion.authority["number"],
            "verdicts": [_line(verdict) for verdict in rows],
        }
    ).decode()
    digest = sha256_hex(page.encode())
    signed = next((each for each in task.scene_signatures.all() if each.page_sha256 == digest), None)
    return Sheet(tuple(rows), page, digest, signed)


def _line(verdict: DeskVerdict) -> dict[str, object]:
    item = verdict.item
    return {
        "verdict": verdict.pk,
        "item": item.item_id,
        "product": item.product_name,
        "claimed_brand": item.claimed_brand,
        "batch_no": item.batch_no,
        "quantity": "" if item.quantity is None else f"{item.quantity.normalize():f}",
        "quantity_unit": item.quantity_unit,
        "value": verdict.value,
        "reasons": verdict.reasons,
        "given_at": verdict.opinion.given_at,
    }
