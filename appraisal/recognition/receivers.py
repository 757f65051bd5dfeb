"""What arriving letters do on the brand's side. Each runs in the brands seat, in the delivery's transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from appraisal.catalogue import selectors as catalogue
from appraisal.desk.models import DeskItem, DeskTask
from appraisal.recognition.models import Elsewhere, Find, Hint, LibraryEntry
from appraisal.recognition.queue import enqueue_examine
from appraisal.recognition.services import beyond, codes, entries, hinting
from appraisal.recognition.services.steps import announce, find_of
from audit.trail import Actor
from evidence.services import take_in
from federation.contracts.recognition import CandidateV1, CodeConfirmedV1, HintAnsweredV1, ShareV1
from federation.letters.post import Envelope, receives
from kernel.errors import NotFound404


def _task(request_id: UUID, envelope: Envelope) -> DeskTask:
    """The task of a request, locked: of the province that sends, at the organisation that is addressed."""
    task = (
        DeskTask.objects.select_for_update(of=("self",))
        .filter(
            request_id=request_id,
            province_code=envelope.sender.name,
            organisation_id=envelope.addressee.organisation_id,
        )
        .first()
    )
    if task is None:
        raise NotFound404()
    return task


def _item(message: Any, envelope: Envelope) -> DeskItem:
    task = _task(message.request_id, envelope)
    item = task.items.filter(item_id=message.item_id).first()
    if item is None:
        raise NotFound404()
    item.task = task
    return item


@receives(HintAnsweredV1, at="organisation")
def on_hint_answered(message: HintAnsweredV1, envelope: Envelope) -> None:
    """The officer took a hint, refused it or left it aside: on record, and counted.

    One that was told for somebody else's photo belongs to no task of this organisation.
    """
    told = (
        Elsewhere.objects.select_for_update(of=("self",))
        .select_related("entry")
        .filter(
            pk=message.hint_id,
            organisation_id=envelope.addressee.organisation_id,
            photo__item__task__province_code=envelope.sender.name,
        )
        .first()
    )
    if told is not None:
        beyond.answered(told, message.answer, at=message.at)
        return
    task = _task(message.request_id, envelope)
    hint = (
        Hint.objects.select_for_update(of=("self",))
        .select_related("entry__find", "photo__item__task")
        .filter(pk=message.hint_id, photo__item__task=task)
        .first()
    )
    if hint is None:
        raise NotFound404()
    hinting.officer_answered(
        hint, message.answer, who=message.who, note=message.note, at=message.at, letter_id=envelope.letter_id
    )


@receives(CodeConfirmedV1, at="organisation")
def on_code_confirmed(message: CodeConfirmedV1, envelope: Envelope) -> None:
    """The officer stands for a code, or says that there is none."""
    item = _item(message, envelope)
    codes.officer_said(
        item,
        message.reading_id,
        photo_id=message.photo_id,
        field=message.field,
        step=message.step,
        raw=message.raw,
        who=message.who,
    )


@receives(ShareV1, at="organisation")
def on_share(message: ShareV1, envelope: Envelope) -> None:
    """The province says what others may see of what was found under a request. Holds for hints from now on."""
    find = find_of(_item(message, envelope))
    Find.objects.filter(pk=find.pk).update(shared=message.share)


@receives(CandidateV1, at="organisation")
def on_candidate(message: CandidateV1, envelope: Envelope) -> None:
    """Seized goods are offered: a candidate in the library, or an answer why not."""
    organisation_id = envelope.addressee.organisation_id
    if LibraryEntry.objects.filter(find__offer_id=message.offer_id).exists():
        return
    product = catalogue.products([message.product_id]).get(message.product_id)
    find = Find.objects.create(
        organisation_id=organisation_id,
        origin=Find.Origin.SEIZURE,
        product=product if product and product.organisation_id == organisation_id else None,
        product_name=message.product_name,
        province_code=envelope.sender.name,
        county_code=message.county_code,
        unit_name=message.unit_name,
        request_id=message.request_id,
        item_id=message.item_id,
        offer_id=message.offer_id,
        found_on=message.found_on,
        shared=message.share,
    )
    if product is None or product.organisation_id != organisation_id:
        entries.refuse_offer(find, by=Actor(None, "系统"))
        return
    shots = [
        (take_in(envelope.attachment(each.view_sha256), letter_id=envelope.letter_id), each) for each in message.photos
    ]
    entry = entries.make_from_offer(
        find=find,
        product=product,
        typology=message.typology,
        exhibits=[(exhibit, each.shot_code) for exhibit, each in shots],
        note=message.note,
    )
    for field, raw in (("batch", message.batch_no), ("barcode", message.barcode)):
        if raw:
            codes.sight(find, field, raw, how="typed")
    announce(organisation_id, kind="entry", pk=entry.pk)
    enqueue_examine(entry.pk)
