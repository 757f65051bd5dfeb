"""同批: finds that seem to come from one run are proposed, with reasons and strength; a person decides.

A batch number stands on genuine and fake goods alike: it supports a link and never makes one. The same artwork alone
makes none either: one plate prints many runs.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from appraisal.desk import selectors as desk_doors
from appraisal.desk.selectors import Desk
from appraisal.recognition import hooks, selectors
from appraisal.recognition.models import CodeSighting, Find, Hint, LibraryEntry, RunLink
from appraisal.recognition.services.codes import in_sequence
from appraisal.recognition.services.steps import announce
from audit.move import move
from federation.contracts.appraisal import VerdictValue
from kernel import clock

SURE = frozenset({"code", "defect"})
ALONE = SURE | {"mould", "sequence"}
"""Reasons that can make a link; batch and print only support one."""
DEFECT_AGREES = 60
"""Per cent of agreement inside a drawn defect from which it links two finds."""
MOST_COMPARED = 500
CLEARED = frozenset({VerdictValue.GENUINE, VerdictValue.LICENSED_OR_AUTHORISED, VerdictValue.NOT_OUR_PRODUCT_LINE})
WANTING = frozenset({VerdictValue.COUNTERFEIT, VerdictValue.REFILLED_OR_REASSEMBLED})


def propose(find: Find) -> list[RunLink]:
    """Links of a find with others of its organisation, new or with more reasons. Decided ones stay as they are."""
    if standing(find) == "cleared":
        return []
    made = []
    for other, reasons in _reasons(find).items():
        strength = strength_of(reasons)
        if strength is None or standing(other) == "cleared" or "fake" not in (standing(find), standing(other)):
            continue
        first, second = sorted((find, other), key=lambda each: each.pk)
        link, new = RunLink.objects.get_or_create(
            first=first,
            second=second,
            defaults={
                "organisation_id": find.organisation_id,
                "reasons": reasons,
                "strength": strength,
                "proposed_at": clock.now(),
            },
        )
        if not new and link.state == RunLink.State.PROPOSED:
            link.reasons, link.strength = reasons, strength
            link.save(update_fields=["reasons", "strength"])
        if new:
            announce(find.organisation_id, "runs", kind="run", pk=link.pk)
        made.append(link)
    return made


def strength_of(reasons: list[dict[str, Any]]) -> str | None:
    """strong, medium or weak; None when nothing among the reasons can make a link."""
    kinds = {reason["code"] for reason in reasons}
    if not kinds & ALONE and not {"print", "batch"} <= kinds:
        return None
    if kinds & SURE or len(kinds & ALONE) > 1:
        return "strong"
    return "medium" if kinds & ALONE else "weak"


def weight(code: str) -> str:
    """What one reason weighs by itself."""
    return "strong" if code in SURE else "medium" if code in ALONE else "weak"


def standing(find: Find) -> str:
    """fake (a verdict stands, or a confirmed entry), cleared, or open."""
    if find.desk_item is not None:
        verdict = desk_doors.standing_verdict(find.desk_item)
        if verdict is not None:
            value = VerdictValue(verdict.value)
            return "cleared" if value in CLEARED else "fake" if value in WANTING else "open"
    confirmed = LibraryEntry.objects.filter(find=find, state=LibraryEntry.State.CONFIRMED).exists()
    return "fake" if confirmed else "open"


def _reasons(find: Find) -> dict[Find, list[dict[str, Any]]]:
    found: dict[Find, list[dict[str, Any]]] = {}

    def add(other: Find, code: str, **data: Any) -> None:
        rows = found.setdefault(other, [])
        if all(row["code"] != code for row in rows):
            rows.append({"code": code, **data})

    for mine in find.sightings.all():
        others = CodeSighting.objects.filter(organisation_id=find.organisation_id, field=mine.field)
        others = others.exclude(find=find).select_related("find__desk_item")
        if mine.field in ("unique", "mould", "batch"):
            alike = others.filter(key=mine.key)
            if mine.field != "unique":
                alike = alike.filter(find__product_id=find.product_id)
            code = {"unique": "code"}.get(mine.field, mine.field)
            for other in alike[:MOST_COMPARED]:
                add(other.find, code, first=mine.raw, second=other.raw)
        if mine.field in ("unique", "logistics"):
            stem = mine.key.rstrip("0123456789")
            for other in others.filter(key__startswith=stem, find__product_id=find.product_id)[:MOST_COMPARED]:
                if in_sequence(mine.key, other.key):
                    add(other.find, "sequence", first=mine.raw, second=other.raw)
    for hint in _hints_between(find):
        mine_is_query = hint.photo.item_id == find.desk_item_id
        other = hint.entry.find if mine_is_query else _find_of(hint)
        if other is None or other.pk == find.pk:
            continue
        best = max((percent for percent in hint.defects if percent is not None), default=0)
        if best >= DEFECT_AGREES:
            add(other, "defect", first=f"{best}%", second=str(hint.entry), entry=str(hint.entry_id))
        if hint.band == "strong":
            add(other, "print", first=str(round(hint.score)), second=str(hint.entry), entry=str(hint.entry_id))
    return found


def _hints_between(find: Find) -> list[Hint]:
    """Hints between this find and others that stand and that nobody refused."""
    of_item = Q(photo__item_id=find.desk_item_id) if find.desk_item_id else Q(pk__in=[])
    rows = (
        Hint.objects.filter(of_item | Q(entry__find=find), flagged="", band__in=("strong", "likely"))
        .select_related("photo__item__task", "entry__find__desk_item")
        .prefetch_related("decisions")[:MOST_COMPARED]
    )
    return [hint for hint in rows if selectors.last_word(hint) != Hint.State.REJECTED]


def _find_of(hint: Hint) -> Find | None:
    from appraisal.recognition.services.steps import find_of

    return find_of(hint.photo.item)


@transaction.atomic
def decide(*, desk: Desk, run_id: UUID, step: str, reason: str = "") -> RunLink:
    """Take two finds for one run (accept), refuse that, or open the question again (reopen)."""
    link = selectors.access_run(desk, run_id, lock=True)
    if step in RunLink.MOVES and link.state == RunLink.MOVES[step][1]:
        return link
    undone = step == "reopen"
    move(
        link,
        step,
        by=desk.person,
        why=reason.strip(),
        decided_by=None if undone else desk.person,
        decided_at=None if undone else clock.now(),
        reason=reason.strip()[:500],
    )
    hooks.run_decided(link)
    announce(link.organisation_id, "runs", kind="run", pk=link.pk)
    return link
