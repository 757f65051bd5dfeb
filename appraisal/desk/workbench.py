"""What the workbench shows of a task: rows turned into what a template needs, nothing written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from appraisal.catalogue import selectors as catalogue
from appraisal.desk import selectors
from appraisal.desk.forms import ItemAnswerForm
from appraisal.desk.models import DeskAppointment, DeskItem, DeskLine, DeskPhoto, DeskTask, DeskVerdict
from appraisal.desk.selectors import Desk
from appraisal.desk.words import EVENTS, STATE_LOOKS, VERDICT_LABELS
from evidence.models import Exhibit
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import Conflict, NotFound404

State = DeskTask.State


@dataclass
class Slot:
    """One picture of the shot list, with what came for it. asked: the reason of a retake that is still open."""

    code: str
    name: str
    hint: str = ""
    required: bool = False
    reference_url: str = ""
    absent_reason: str = ""
    asked: str = ""
    photos: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Bench:
    """One item on the workbench. refused: why this person may not answer it; authority: by what they may."""

    item: DeskItem
    prefix: str
    slots: list[Slot]
    verdicts: list[dict[str, Any]]
    standing: DeskVerdict | None
    product: Any = None
    refused: str = ""
    authority: str = ""
    form: ItemAnswerForm | None = None

    @property
    def photo_count(self) -> int:
        return sum(len(slot.photos) for slot in self.slots)

    @property
    def missing(self) -> list[Slot]:
        """Required pictures that neither came nor were said to be impossible."""
        return [slot for slot in self.slots if slot.required and not slot.photos and not slot.absent_reason]

    @property
    def first_photo(self) -> dict[str, Any] | None:
        return next((photo for slot in self.slots for photo in slot.photos), None)


def photo_url(exhibit: Exhibit, what: str) -> str:
    """Address of a view or thumbnail on this host; "" while there is none."""
    return reverse("evidence:photo", args=[exhibit.pk, what]) if exhibit.state == Exhibit.State.READY else ""


def benches(desk: Desk, task: DeskTask) -> list[Bench]:
    """All items of a task that was fetched by `selectors.with_everything`."""
    return [_bench(desk, task, item, number) for number, item in enumerate(task.items.all(), start=1)]


def _bench(desk: Desk, task: DeskTask, item: DeskItem, number: int) -> Bench:
    verdicts = list(item.verdicts.all())
    bench = Bench(
        item=item,
        prefix=f"i{number}",
        slots=_slots(item, desk),
        verdicts=[_shown_verdict(verdict) for verdict in verdicts],
        standing=next((each for each in reversed(verdicts) if stands(each)), None),
    )
    try:
        bench.product = catalogue.product(item.product_id)
        held = parties.authority(
            desk.person,
            principal=desk.organisation,
            product=bench.product,
            province_code=task.province_code,
            at=clock.now(),
        )
        bench.authority = _("依据授权委托书 {number}，有效至 {until}").format(
            number=held.number, until=held.valid_until.isoformat()
        )
    except parties.Uncovered as reason:
        bench.refused = reason.detail
    except NotFound404:
        bench.refused = _("产品库里没有这种产品，请企业管理员先登记产品。")
    return bench


def stands(verdict: DeskVerdict) -> bool:
    """Neither superseded nor withdrawn."""
    return not hasattr(verdict, "withdrawal") and not hasattr(verdict, "superseded_by")


def _slots(item: DeskItem, desk: Desk) -> list[Slot]:
    slots = {slot.code: slot for slot in _listed(item)}
    for code, url in catalogue.reference_urls(desk.organisation, item.product_id).items():
        if code in slots:
            slots[code].reference_url = url
    for row in item.absent:
        slots.setdefault(row["shot_code"], Slot(row["shot_code"], row["shot_code"])).absent_reason = row[
            "absent_reason"
        ]
    for number, photo in enumerate(item.photos.all(), start=1):
        slot = slots.setdefault(photo.shot_code, Slot(photo.shot_code, _other_name(photo.shot_code)))
        slot.photos.append(_tile(photo, slot, number))
    for supplement in item.supplements.all():
        if supplement.answered_at is None:
            slots.setdefault(
                supplement.shot_code, Slot(supplement.shot_code, _other_name(supplement.shot_code))
            ).asked = supplement.reason
    return list(slots.values())


def _listed(item: DeskItem) -> list[Slot]:
    try:
        shots = catalogue.shot_list(item.product_id, item.shot_list_version).shots
    except (NotFound404, Conflict):
        return []
    return [
        Slot(
            code=shot.code,
            name=shot.name,
            hint=shot.hint,
            required=shot.required,
            reference_url=shot.sample_url,
        )
        for shot in shots
    ]


def _other_name(code: str) -> str:
    if code == "shelf":
        return _("货架全景")
    return _("补充照片") if code in {"extra", "other", "chat"} else code


def _tile(photo: DeskPhoto, slot: Slot, number: int) -> dict[str, Any]:
    """A photo as `webui/_photo_tile.html` and the viewer take it."""
    return {
        "id": str(photo.photo_id),
        "url": photo_url(photo.exhibit, "view"),
        "thumb_url": photo_url(photo.exhibit, "thumb"),
        "name": slot.name,
        "number": number,
        "state": _("补拍") if photo.supplement_id else "",
        "tone": "accent",
        "album": photo.source == "album",
        "reason": photo.kept_reason,
        "digest": photo.exhibit.sha256,
        "reference_url": slot.reference_url,
        "captured_at": photo.captured_at,
    }


def _shown_verdict(verdict: DeskVerdict) -> dict[str, Any]:
    """A verdict as `webui/_verdict_card.html` takes it; with what only the brand may read."""
    authority = verdict.opinion.authority
    withdrawal = getattr(verdict, "withdrawal", None)
    after = getattr(verdict, "superseded_by", None)
    return {
        "id": verdict.pk,
        "value": verdict.value,
        "label": VERDICT_LABELS[verdict.value],
        "reasons": verdict.reasons.splitlines(),
        "by": verdict.opinion.given_by.display_name,
        "organisation": authority["principal"],
        "authorisation": _("授权委托书 {number}").format(number=authority["number"]),
        "at": verdict.opinion.given_at,
        "withdrawn": withdrawal.reason if withdrawal else "",
        "superseded_by": VERDICT_LABELS[after.value] if after else "",
        "infringed_right": verdict.infringed_right,
        "secret_checkpoints": verdict.secret_checkpoints,
        "stands": stands(verdict),
        "opinion_id": verdict.opinion_id,
    }


def boxes(all_benches: list[Bench]) -> list[dict[str, Any]]:
    """Boxes that standing verdicts drew, for the viewer."""
    return [
        {"photo": mark["photo_id"], **{k: float(mark[k]) for k in "xywh"}, "comment": mark["words"]}
        for bench in all_benches
        if bench.standing
        for mark in bench.standing.marks
    ]


def initial_answer(bench: Bench, checkpoints: list[Any]) -> dict[str, Any]:
    """What a correction starts from: the standing verdict."""
    verdict = bench.standing
    if verdict is None:
        return {}
    ticked = {row["checkpoint"]: row for row in [*verdict.checkpoints, *verdict.secret_checkpoints]}
    initial: dict[str, Any] = {
        "value": verdict.value,
        "reasons": verdict.reasons,
        "infringed_right": verdict.infringed_right,
        "marks": json.dumps(
            [{"photo": m["photo_id"], **{k: float(m[k]) for k in "xywh"}, "words": m["words"]} for m in verdict.marks],
            ensure_ascii=False,
        ),
    }
    for checkpoint in checkpoints:
        if row := ticked.get(checkpoint.name):
            initial[f"cp-{checkpoint.pk}"] = row["result"]
            initial[f"note-{checkpoint.pk}"] = row["note"]
    return initial


# Queue ------------------------------------------------------------------------------------------------------------


def queue_rows(
    tasks: list[DeskTask],
    *,
    watching: dict[UUID, list[str]],
    provinces: dict[str, str],
    counties: dict[str, str],
    notes: list[Mapping[UUID, list[dict[str, Any]]]],
) -> list[dict[str, Any]]:
    """The lines of the queue. notes: chips (label, tone, shape, title) that others put beside a task."""
    rows = []
    for task in tasks:
        items = list(task.items.all())
        photos = [photo for item in items for photo in item.photos.all()]
        rows.append(
            {
                "task": task,
                "url": reverse("desk:task", args=[task.pk]),
                "province": provinces.get(task.province_code, task.province_code),
                "county": counties.get(task.county_code, ""),
                "products": [item.product_name for item in items],
                "thumbs": [url for photo in photos[:4] if (url := photo_url(photo.exhibit, "thumb"))],
                "photo_count": len(photos),
                "tone": STATE_LOOKS[task.state][0],
                "shape": STATE_LOOKS[task.state][1],
                "watching": watching.get(task.pk, []),
                "notes": [chip for each in notes for chip in each.get(task.pk, [])],
                "paused": _("等补拍") if task.state == State.SUPPLEMENT else "",
                "over": task.state in (State.ANSWERED, State.CANCELLED),
            }
        )
    return rows


# Talk and trail ---------------------------------------------------------------------------------------------------


_HELD_WORDS = {"photos": _lazy("照片处理中，好了就发出"), "refused": _lazy("照片打不开，没有发出")}


def talk(task: DeskTask, desk: Desk) -> list[dict[str, Any]]:
    """Chat lines as `webui/_chat.html` takes them."""
    shown = []
    for line in task.lines.all():
        if line.kind != "chat":
            continue
        held = {"photos": _("照片处理中，好了就发出"), "refused": _("照片打不开，没有发出")}.get(
            line.data.get("held", "")
        )
        shown.append(
            {
                "id": line.pk,
                "at": line.at,
                "by": line.who,
                "mine": line.side == "brand" and line.who == desk.person.display_name,
                "text": f"{line.text}（{held}）" if held else line.text,
                "photos": [
                    {
                        "id": photo.exhibit_id,
                        "url": photo_url(photo.exhibit, "view"),
                        "thumb_url": photo_url(photo.exhibit, "thumb"),
                        "name": _("照片"),
                    }
                    for photo in line.photos.all()
                ],
            }
        )
    return shown


def trail(task: DeskTask) -> list[dict[str, Any]]:
    """What happened, as `webui/_timeline.html` takes it."""
    return [_event(line) for line in task.lines.all() if line.kind in EVENTS]


def _event(line: DeskLine) -> dict[str, Any]:
    title, icon, tone = EVENTS[line.kind]
    detail = line.text
    if line.kind == "verdict":
        detail = "、".join(str(VERDICT_LABELS[value]) for value in line.data.get("values", []))
    elif line.kind == "photos":
        detail = _("{count} 张").format(count=line.data.get("count", 0))
    elif line.kind in ("mailed", "original_mailed"):
        detail = f"{line.data.get('courier', '')} {line.data.get('waybill_no', '')}"
    elif line.kind.startswith("letter_"):
        detail = "　".join(filter(None, [line.data.get("number", ""), line.text]))
    elif line.kind == "onsite":
        detail = "　".join(filter(None, [str(DeskAppointment.State(line.data["step"]).label), line.text]))
    return {"at": line.at, "title": title, "detail": detail, "by": line.who, "icon": icon, "tone": tone}


def appointments(task: DeskTask) -> list[dict[str, Any]]:
    """On-site help, latest first, with the steps that are open to the brand."""
    return [
        {
            "row": row,
            "can_agree": row.state == DeskAppointment.State.ASKED,
            "can_decline": row.state in DeskAppointment.MOVES["decline"][0],
            "can_finish": row.state == DeskAppointment.State.AGREED,
        }
        for row in task.appointments.all()
    ]


def task_for_page(desk: Desk, task_id: UUID) -> DeskTask:
    """The task with all that the workbench shows. Raises NotFound404."""
    found = selectors.with_everything(selectors.tasks_of(desk)).filter(pk=task_id).first()
    if found is None:
        raise NotFound404()
    return found
