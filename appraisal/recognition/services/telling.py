"""What the province is told of an item, and a photo's look that ends without an answer. Holds no engine."""

from __future__ import annotations

import hashlib

from django.db import transaction

from appraisal.desk.models import DeskItem
from appraisal.recognition.models import CodeReading, ItemNote, PhotoLook
from appraisal.recognition.services import prices
from appraisal.recognition.services.steps import MACHINE, tell_task
from audit.move import move
from federation.contracts.recognition import BarcodeReadV1, CodeReadV1, LookedV1, PoorPhotoV1, PriceHintV1
from kernel import clock
from kernel.canonical import canonical_json

State = PhotoLook.State
OPEN = (State.WAITING, State.RUNNING)


def is_code_shot(shot_code: str) -> bool:
    """Whether a shot is a close-up of a printed code."""
    return any(part in shot_code for part in ("code", "lot", "base", "serial"))


@transaction.atomic
def failed(row: PhotoLook, reason: str) -> PhotoLook:
    """A photo that cannot be looked at, and why (a code of the list `quality`); the province is told."""
    move(row, "fail", by=MACHINE, good=False, quality=[reason], outcome="poor", done_at=clock.now())
    _tell_of(row)
    return row


@transaction.atomic
def put_off(row: PhotoLook, why: str = "") -> PhotoLook:
    """A photo is looked at later; the province is told that it is pending."""
    if row.state in OPEN:
        move(row, "put_off", by=MACHINE, why=why, asked_at=clock.now())
    _tell_of(row)
    return row


def _tell_of(row: PhotoLook) -> None:
    tell_item(DeskItem.objects.select_related("task").get(photos=row.photo_id))


def tell_item(item: DeskItem) -> bool:
    """Tell the province where recognition stands with an item, if that has changed. Returns whether it had."""
    looks = list(PhotoLook.objects.filter(photo__item=item).select_related("photo__exhibit").order_by("asked_at", "id"))
    spoken = [each for each in looks if each.state not in OPEN]
    if not spoken:
        return False
    note = ItemNote.objects.filter(item=item).first()
    price = prices.price_hint(item)
    message = _message(item, spoken, price)
    body = message.to_body()
    body.pop("at")
    digest = hashlib.sha256(canonical_json(body)).hexdigest()
    if note is not None and note.digest == digest:
        return False
    ItemNote.objects.update_or_create(
        item=item,
        defaults={
            "digest": digest,
            "outcome": message.outcome,
            "price": price.model_dump(mode="json") if price else None,
            "told_at": message.at,
        },
    )
    tell_task(item.task, message, MACHINE)
    return True


def _message(item: DeskItem, looks: list[PhotoLook], price: PriceHintV1 | None) -> LookedV1:
    done = [each for each in looks if each.state in (State.DONE, State.FAILED)]
    outcomes = {each.outcome for each in done}
    pending = any(each.state == State.PENDING for each in looks)
    order = ("hints", "pending", "nothing_similar", "no_comparison", "poor")
    there = outcomes | ({"pending"} if pending else set())
    readings = CodeReading.objects.filter(item=item, photo__isnull=False, state=CodeReading.State.PROPOSED)
    return LookedV1(
        request_id=item.task.request_id,
        item_id=item.item_id,
        outcome=next((each for each in order if each in there), "pending"),  # type: ignore[arg-type] # one of the list
        photos=len(done),
        poor=tuple(
            PoorPhotoV1(photo_id=each.photo.photo_id, reasons=tuple(each.quality) or ("other",))
            for each in done
            if not each.good and not is_code_shot(each.photo.shot_code)
        ),
        barcodes=tuple(BarcodeReadV1(photo_id=each.photo.photo_id, **code) for each in done for code in each.barcodes),
        readings=tuple(
            CodeReadV1(
                reading_id=row.pk,
                photo_id=row.photo.photo_id,
                field=row.field,  # type: ignore[arg-type] # one of CODE_FIELDS
                raw=row.raw,
                value=row.value,
                confidence=row.confidence,
            )
            for row in readings.select_related("photo").order_by("at", "id")
            if row.photo is not None
        ),
        price=price,
        at=clock.now(),
    )
