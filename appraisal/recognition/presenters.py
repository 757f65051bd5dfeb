"""What the library's pages show: rows turned into what a template needs, nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.catalogue import selectors as catalogue
from appraisal.desk import selectors as desk_doors
from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.workbench import photo_url
from appraisal.recognised import reason_words, word
from appraisal.recognition import selectors
from appraisal.recognition.models import (
    CODE_FIELDS,
    BandLimits,
    CodeAlert,
    EntryPhoto,
    Find,
    Hint,
    LibraryChoice,
    LibraryEntry,
    LookBack,
    PhotoLook,
    RunLink,
)
from appraisal.recognition.services import limits, runs
from divisions import selectors as divisions
from webui.compare import Comparison, comparison, points, svg

LABELS = dict(CODE_FIELDS)
State = LibraryEntry.State
STATE_LOOKS = {
    State.CANDIDATE: ("accent", "ring"),
    State.CONFIRMED: ("good", "tick"),
    State.SUSPENDED: ("wait", "warning"),
    State.WITHDRAWN: ("neutral", "cross"),
}
BAND_LOOKS = {"strong": ("seal", "dot"), "likely": ("wait", "half"), "possible": ("neutral", "ring")}
ANSWER_LOOKS = {
    Hint.State.SHOWN: ("neutral", "ring"),
    Hint.State.ACCEPTED: ("accent", "tick"),
    Hint.State.REJECTED: ("neutral", "cross"),
    Hint.State.IGNORED: ("neutral", "clock"),
}
ALERT_LOOKS = {
    CodeAlert.State.OPEN: ("wait", "warning"),
    CodeAlert.State.CONFIRMED: ("seal", "warning"),
    CodeAlert.State.DISMISSED: ("neutral", "cross"),
}
RUN_LOOKS = {
    RunLink.State.PROPOSED: ("accent", "ring"),
    RunLink.State.ACCEPTED: ("good", "tick"),
    RunLink.State.REFUSED: ("neutral", "cross"),
}
BACK_LOOKS = {
    LookBack.State.TOLD: ("wait", "clock"),
    LookBack.State.CORRECTED: ("good", "tick"),
    LookBack.State.KEPT: ("neutral", "cross"),
}
STRENGTH_LOOKS = {"strong": ("seal", "dot"), "medium": ("wait", "half"), "weak": ("neutral", "ring")}


# Choices --------------------------------------------------------------------------------------------------------------


def product_choices(desk: Desk) -> list[tuple[str, str]]:
    """The organisation's products in use; nobody else's can be chosen."""
    return [(str(p.pk), p.full_name) for p in catalogue.products_of(desk.organisation) if p.state == "live"]


def county_choices(province: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Counties of a province (its division code) grouped by city."""
    if not province:
        return []
    counties = divisions.counties_by_parent(province)
    groups = [
        (c.name, [(x.code, x.name) for x in counties[c.code]])
        for c in divisions.children(province)
        if c.code in counties
    ]
    direct = [(c.code, c.name) for c in divisions.children(province) if c.code not in counties]
    return [*groups, (_("直辖"), direct)] if direct else groups


# Places ---------------------------------------------------------------------------------------------------------------


def place_names(finds: Iterable[Find]) -> dict[str, str]:
    """Names in full of the counties of these finds."""
    return divisions.path_names({each.county_code for each in finds if each.county_code})


def find_words(find: Find, names: Mapping[str, str]) -> str:
    """Where, when and by whom, in one line."""
    place = names.get(find.county_code, "")
    facts = (place, find.found_on.isoformat(), find.unit_name, find.request_no)
    return " · ".join(each for each in facts if each)


def find_url(find: Find | None) -> str:
    """The task on the desk that a find came with; "" for others."""
    return reverse("desk:task", args=[find.desk_item.task_id]) if find and find.desk_item_id and find.desk_item else ""


# Entries --------------------------------------------------------------------------------------------------------------


@dataclass
class EntryRow:
    """One entry in the list."""

    entry: LibraryEntry
    url: str
    thumb: str
    photos: int
    typology: str
    place: str
    tone: str
    shape: str
    why: str


def entry_row(entry: LibraryEntry, names: Mapping[str, str]) -> EntryRow:
    """An entry as the list takes it."""
    photos = list(entry.photos.all())
    tone, shape = STATE_LOOKS[State(entry.state)]
    return EntryRow(
        entry=entry,
        url=reverse("recognition:entry", args=[entry.pk]),
        thumb=photo_url(photos[0].exhibit, "thumb") if photos else "",
        photos=len(photos),
        typology=str(word("typology", entry.typology)),
        place=find_words(entry.find, names),
        tone=tone,
        shape=shape,
        why=str(word("flag", entry.stopped_because)) if entry.stopped_because else "",
    )


def entry_photo(photo: EntryPhoto) -> dict[str, Any]:
    """A photo of an entry with what is drawn on it."""
    return {
        "id": photo.pk,
        "url": photo_url(photo.exhibit, "view"),
        "thumb_url": photo_url(photo.exhibit, "thumb"),
        "draw_url": reverse("recognition:draw", args=[photo.pk]),
        "outline": svg(points(photo.outline)),
        "defects": list(photo.defects),
        "in_index": bool(photo.engine),
        "waiting": photo.exhibit.state != "ready",
    }


def remarks(entry: LibraryEntry) -> list[str]:
    """What was found odd on its photos, in words."""
    return [str(word("remark", code)) for code in entry.remarks]


# Hints on the desk ----------------------------------------------------------------------------------------------------


@dataclass
class Card:
    """One hint as the workbench takes it."""

    hint: Hint
    url: str
    entry_url: str
    band: str
    tone: str
    shape: str
    typology: str
    reasons: list[str]
    defects: list[str]
    place: str
    here_thumb: str
    there_thumb: str
    hull_here: str
    hull_there: str
    fallen: str
    mine: tuple[str, str, str] | None
    theirs: tuple[str, str, str] | None
    theirs_by: str


def card(hint: Hint, names: Mapping[str, str]) -> Card:
    """A hint in words and two small pictures, with what the officer and the brand's people made of it."""
    tone, shape = BAND_LOOKS.get(hint.band, ("neutral", "ring"))
    geometry = hint.geometry or {}
    reasons, defects = _why(hint)
    spoken = [each for each in hint.decisions.all() if each.side == "brand"]
    mine = Hint.State(spoken[-1].answer) if spoken else Hint.State.SHOWN
    theirs = Hint.State(hint.state)
    return Card(
        hint=hint,
        url=reverse("recognition:hint", args=[hint.pk]),
        entry_url=reverse("recognition:entry", args=[hint.entry_id]),
        band=str(word("band", hint.band)),
        tone="neutral" if hint.flagged else tone,
        shape=shape,
        typology=str(word("typology", hint.entry.typology)),
        reasons=reasons,
        defects=defects,
        place=find_words(hint.entry.find, names),
        here_thumb=photo_url(hint.photo.exhibit, "thumb"),
        there_thumb=photo_url(hint.entry_photo.exhibit, "thumb"),
        hull_here=svg(points(geometry.get("hull_query"))),
        hull_there=svg(points(geometry.get("hull_library"))),
        fallen=str(word("flag", hint.flagged)) if hint.flagged else "",
        mine=(str(mine.label), *ANSWER_LOOKS[mine]) if mine != Hint.State.SHOWN else None,
        theirs=(str(theirs.label), *ANSWER_LOOKS[theirs]) if theirs != Hint.State.SHOWN else None,
        theirs_by=hint.answered_by,
    )


def _why(hint: Hint) -> tuple[list[str], list[str]]:
    """Reasons in words without the defects that have a name, and those by their names."""
    named = [
        (box["words"], percent)
        for box, percent in zip(hint.entry_photo.defects, hint.defects, strict=False)
        if box.get("words") and percent is not None
    ]
    left = Counter(percent for _words, percent in named)
    reasons = []
    for each in hint.reasons:
        if each["code"] == "defect" and left[each["count"]]:
            left[each["count"]] -= 1
        else:
            reasons.append(each)
    words = _("缺陷“%(words)s”：吻合 %(percent)d%%")
    return reason_words(reasons), [words % {"words": name, "percent": percent} for name, percent in named]


@dataclass
class Panel:
    """What recognition says of a task on the workbench."""

    task: DeskTask
    hits: list[Card] = field(default_factory=list)
    folded: list[Card] = field(default_factory=list)
    fallen: list[Card] = field(default_factory=list)
    outcome: str = ""
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    codes: list[tuple[str, str, str]] = field(default_factory=list)


def panel(desk: Desk, task: DeskTask) -> Panel:
    """Hints, and what was read and found wanting on the photos of a task."""
    hints = list(selectors.hints_of_task(desk, task))
    names = place_names(hint.entry.find for hint in hints)
    cards = [card(hint, names) for hint in hints]
    standing = [each for each in cards if not each.hint.flagged]
    looks = list(selectors.looks_of_task(desk, task).values())
    return Panel(
        task=task,
        hits=[each for each in standing if each.hint.band in selectors.BANDS_SHOWN],
        folded=[each for each in standing if each.hint.band not in selectors.BANDS_SHOWN],
        fallen=[each for each in cards if each.hint.flagged],
        outcome=_outcome(looks, over=task.state in (DeskTask.State.ANSWERED, DeskTask.State.CANCELLED)),
        notes=[*_quality(looks), *_barcodes(looks)],
        codes=[
            (str(LABELS.get(row.field, row.field)), row.confirmed_raw or row.value or row.raw, row.get_state_display())
            for row in selectors.readings_of_task(desk, task)
            if row.state != "refused"
        ],
    )


def _outcome(looks: list[PhotoLook], *, over: bool) -> str:
    Look = PhotoLook.State
    waiting = [look for look in looks if look.state in (Look.WAITING, Look.RUNNING, Look.PENDING)]
    if any(look.state == PhotoLook.State.PENDING for look in waiting):
        return str(word("outcome", "pending"))
    if waiting and over:
        return _("已答复，照片留到夜间与假货库比对。")
    if waiting:
        return _("正在与假货库比对，几秒后结果会自己出现。")
    said = {look.outcome for look in looks}
    return next(
        (str(word("outcome", code)) for code in ("nothing_similar", "no_comparison", "poor") if code in said), ""
    )


def _quality(looks: list[PhotoLook]) -> list[tuple[str, str, str]]:
    rows = [
        (
            _("照片不够清楚：%(why)s") % {"why": "；".join(str(word("quality", code)) for code in look.quality)},
            "wait",
            "camera",
        )
        for look in looks
        if not look.good and look.quality
    ]
    again = sum(look.duplicate_of_id is not None for look in looks)
    if again:
        rows.append((_("有 %(n)d 张照片以前用过（同一张图）") % {"n": again}, "wait", "image"))
    return rows


def _barcodes(looks: list[PhotoLook]) -> list[tuple[str, str, str]]:
    rows = []
    for each in {each["text"]: each for look in looks for each in look.barcodes}.values():
        odd = each["fits"] in ("other_product", "other_brand")
        name = f"：{each['product_name']}" if each.get("product_name") else ""
        words = f"{each['text']} {word('fits', each['fits'])}{name}"
        rows.append((words, "wait" if odd else "neutral", "warning" if odd else "tick"))
    return rows


def compared(hint: Hint) -> Comparison:
    """A hint for the comparison viewer."""
    return comparison(
        selectors.hint_comparison(hint), query_name=_("送来的照片"), library_name=str(hint.entry), labels=LABELS
    )


def compared_back(found: LookBack) -> Comparison:
    """A look back for the comparison viewer."""
    return comparison(
        selectors.look_back_comparison(found), query_name=_("以前的照片"), library_name=str(found.entry), labels=LABELS
    )


# Alerts, runs, look backs ---------------------------------------------------------------------------------------------


def alert_rows(alerts: Iterable[CodeAlert]) -> list[dict[str, Any]]:
    """Alerts with the places where the code was seen."""
    found = list(alerts)
    names = place_names(s.find for alert in found for s in alert.sightings.all())
    return [
        {
            "row": alert,
            "words": word("alert", alert.kind),
            "tone": ALERT_LOOKS[CodeAlert.State(alert.state)][0],
            "shape": ALERT_LOOKS[CodeAlert.State(alert.state)][1],
            "sightings": [
                {
                    "raw": each.raw,
                    "how": each.get_how_display(),
                    "place": find_words(each.find, names),
                    "product": each.find.product_name,
                    "url": find_url(each.find),
                    "at": each.at,
                }
                for each in alert.sightings.all()
            ],
        }
        for alert in found
    ]


def run_rows(links: Iterable[RunLink]) -> list[dict[str, Any]]:
    """Same-run proposals with reasons in words."""
    found = list(links)
    names = place_names(find for link in found for find in (link.first, link.second))
    return [
        {
            "row": link,
            "tone": RUN_LOOKS[RunLink.State(link.state)][0],
            "shape": RUN_LOOKS[RunLink.State(link.state)][1],
            "strength": (word("strength", link.strength), *STRENGTH_LOOKS.get(link.strength, ("neutral", "ring"))),
            "finds": [
                {"product": find.product_name, "place": find_words(find, names), "url": find_url(find)}
                for find in (link.first, link.second)
            ],
            "reasons": [
                {
                    "words": word("run", reason["code"]),
                    "strength": word("strength", runs.weight(reason["code"])),
                    "first": reason.get("first", ""),
                    "second": reason.get("second", ""),
                }
                for reason in link.reasons
            ],
            "fallen": word("flag", link.flagged) if link.flagged else "",
        }
        for link in found
    ]


def back_rows(rows: Iterable[LookBack]) -> list[dict[str, Any]]:
    """Look backs with who cleared the goods."""
    return [
        {
            "row": row,
            "url": reverse("recognition:look_back", args=[row.pk]),
            "band": word("band", row.band),
            "band_look": BAND_LOOKS.get(row.band, ("neutral", "ring")),
            "tone": BACK_LOOKS[LookBack.State(row.state)][0],
            "shape": BACK_LOOKS[LookBack.State(row.state)][1],
            "cleared_by": row.verdict.opinion.given_by.display_name if row.verdict else "",
            "task_url": reverse("desk:task", args=[row.item.task_id]),
            "fallen": word("flag", row.flagged) if row.flagged else "",
        }
        for row in rows
    ]


LIMIT_LOOKS = {
    BandLimits.State.PROPOSED: ("wait", "clock"),
    BandLimits.State.IN_FORCE: ("good", "tick"),
    BandLimits.State.REFUSED: ("neutral", "cross"),
    BandLimits.State.ENDED: ("neutral", "ring"),
}


def limit_rows(desk: Desk) -> list[dict[str, Any]]:
    """Limits of product groups: what waits for a person, what holds, and the last ones that no longer do."""
    order = {BandLimits.State.PROPOSED: 0, BandLimits.State.IN_FORCE: 1}
    found = sorted(selectors.band_limits(desk)[:30], key=lambda row: order.get(BandLimits.State(row.state), 2))
    return [
        {
            "row": row,
            "tone": LIMIT_LOOKS[BandLimits.State(row.state)][0],
            "shape": LIMIT_LOOKS[BandLimits.State(row.state)][1],
            "void": row.state in order and row.scale != limits.scale(row.category.code),
        }
        for row in found
    ][:12]


def others(desk: Desk, *, days: int) -> dict[str, Any]:
    """What the library does for photos of other right holders' goods, and how often it did."""
    said = selectors.choice(desk)
    return {
        "choice": said.others if said else LibraryChoice.Others.KNOWN,
        "said": said,
        "choices": LibraryChoice.Others.choices,
        "told": selectors.told_elsewhere(desk, days=days),
    }


def waiting_counts(desk: Desk) -> dict[str, int]:
    """What waits for a person, tab by tab."""
    return {
        "entries": selectors.counts(desk)["candidate"],
        "alerts": selectors.alerts(desk, state=CodeAlert.State.OPEN).count(),
        "runs": selectors.runs(desk, state=RunLink.State.PROPOSED).count(),
        "look_backs": selectors.look_backs(desk, state=LookBack.State.TOLD).count(),
    }


def province_choices() -> list[tuple[str, str]]:
    """Provinces by the code of their schema."""
    return sorted(desk_doors.province_names().items())


def product_of(text: str) -> UUID | None:
    """An id out of an address, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
