"""What arriving letters do on the officer's side. Each runs in the province's seat, in the delivery's transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from appraisal.comparison import from_letter
from appraisal.hints.models import CodeAlert, Hint, LookBack, Looked, Offer, ReadCode
from appraisal.recognised import word
from appraisal.requests.models import AppraisalRequest, RequestItem
from appraisal.requests.services.steps import announce
from audit.move import move
from audit.trail import Actor
from evidence.models import Exhibit
from evidence.services import take_in
from federation.contracts.addresses import Address
from federation.contracts.recognition import (
    CandidateAnsweredV1,
    CodeAlertSettledV1,
    CodeAlertV1,
    ElsewhereV1,
    HintFlaggedV1,
    HintV1,
    LookBackV1,
    LookedV1,
)
from federation.letters.post import Envelope, receives
from kernel import clock
from kernel.errors import NotFound404
from notify.services import tell

BANDS_RUNG = ("strong", "likely")


def _request(request_id: UUID, envelope: Envelope) -> AppraisalRequest:
    """The request a letter speaks of, locked; only the organisation that was asked may speak of it."""
    request = AppraisalRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if request is None or envelope.sender != Address.organisation(request.organisation_id):
        raise NotFound404()
    return request


def _item(message: Any, envelope: Envelope) -> RequestItem:
    request = _request(message.request_id, envelope)
    item = request.items.filter(pk=message.item_id).first()
    if item is None:
        raise NotFound404()
    item.request = request
    return item


def _picture(sha256: str, envelope: Envelope) -> Exhibit | None:
    return take_in(envelope.attachment(sha256), letter_id=envelope.letter_id) if sha256 else None


def _by(envelope: Envelope) -> Actor:
    return Actor(None, envelope.by_name)


def _tell(request: AppraisalRequest, code: str, title: str, *, urgent: bool = False) -> None:
    tell(to=[request.officer_id], code=code, title=title, url=f"/requests/{request.pk}/", urgent=urgent)


@receives(HintV1, at="province")
def on_hint(message: HintV1, envelope: Envelope) -> None:
    """A photo looks like a known fake: the officer's page shows it by itself; a hit is told."""
    _keep(
        message,
        envelope,
        _item(message, envelope),
        reasons=[reason.model_dump() for reason in message.reasons],
        codes=[code.model_dump() for code in message.codes],
    )


def _keep(message: HintV1 | ElsewhereV1, envelope: Envelope, item: RequestItem, **more: Any) -> None:
    if Hint.objects.filter(pk=message.hint_id).exists():
        return
    first = not item.request.hints.filter(band__in=BANDS_RUNG, flagged="").exists()
    fields = {"reasons": [{"code": "print", "count": message.inliers}], **more}
    hint = Hint.objects.create(
        pk=message.hint_id,
        request=item.request,
        item=item,
        photo=item.photos.filter(pk=message.photo_id).first(),
        organisation_id=envelope.sender.organisation_id,
        letter_id=envelope.letter_id,
        band=message.band,
        score=message.score,
        inliers=message.inliers,
        typology=message.typology,
        seen=message.seen.model_dump(mode="json"),
        geometry=from_letter(message.geometry),
        picture=_picture(message.picture_sha256, envelope),
        at=message.at,
        received_at=clock.now(),
        **fields,
    )
    announce(item.request, "hint")
    if first and hint.band in BANDS_RUNG:
        _tell(item.request, "hint", _("{number} 有相似的已知假货").format(number=item.request.number))


@receives(ElsewhereV1, at="province")
def on_elsewhere(message: ElsewhereV1, envelope: Envelope) -> None:
    """Another right holder than the one who was asked knows the print: shown like a hint, as much as it says."""
    request = AppraisalRequest.objects.select_for_update(of=("self",)).filter(pk=message.request_id).first()
    item = request.items.filter(pk=message.item_id).first() if request else None
    photo = item.photos.filter(pk=message.photo_id).first() if item else None
    if request is None or item is None or photo is None:
        raise NotFound404()
    item.request = request
    _keep(message, envelope, item, elsewhere=True, owner_name=message.owner_name)


@receives(LookedV1, at="province")
def on_looked(message: LookedV1, envelope: Envelope) -> None:
    """Where recognition stands with an item. Of two, the later one holds, in whatever order they come."""
    item = _item(message, envelope)
    row, made = Looked.objects.get_or_create(item=item, defaults={"outcome": message.outcome, "at": message.at})
    if not made and row.at > message.at:
        return
    row.outcome, row.photos, row.at = message.outcome, message.photos, message.at
    row.poor = [poor.model_dump(mode="json") for poor in message.poor]
    row.barcodes = [code.model_dump(mode="json") for code in message.barcodes]
    row.price = message.price.model_dump(mode="json") if message.price else None
    row.save()
    for reading in message.readings:
        ReadCode.objects.get_or_create(
            pk=reading.reading_id,
            defaults={
                "item": item,
                "photo_id": reading.photo_id,
                "field": reading.field,
                "raw": reading.raw,
                "value": reading.value,
                "confidence": reading.confidence,
            },
        )
    announce(item.request, "looked")


@receives(HintFlaggedV1, at="province")
def on_flagged(message: HintFlaggedV1, envelope: Envelope) -> None:
    """What hints rested on has fallen: each is flagged, look backs too, and the officer is told of those in use."""
    request = AppraisalRequest.objects.select_for_update(of=("self",)).filter(pk=message.request_id).first()
    if request is None:
        raise NotFound404()
    why = "" if message.standing else message.why
    at = None if message.standing else message.at
    ids = list(message.hint_ids)
    # Only what this very organisation said can fall by its word.
    said = Hint.objects.filter(pk__in=ids, request=request, organisation_id=envelope.sender.organisation_id)
    shown = list(said.select_for_update().order_by("pk"))
    for hint in shown:
        hint.flagged, hint.flagged_at = why, at
        hint.save(update_fields=["flagged", "flagged_at"])
    own = envelope.sender == Address.organisation(request.organisation_id) if request.organisation_id else False
    backs = LookBack.objects.filter(pk__in=ids, item__request=request).update(flagged=why) if own else 0
    if not own and not shown:
        raise NotFound404()
    announce(request, "hint")
    if why and (backs or any(hint.state in (Hint.State.SHOWN, Hint.State.ACCEPTED) for hint in shown)):
        _tell(
            request,
            "hint_flagged",
            _("{number} 的识假提示不再有效：{why}").format(number=request.number, why=word("flag", why)),
        )


@receives(CodeAlertV1, at="province")
def on_code_alert(message: CodeAlertV1, envelope: Envelope) -> None:
    """A unique code of one of our items was seen elsewhere. One alert for an item is kept up to date."""
    item = _item(message, envelope)
    row, made = CodeAlert.objects.get_or_create(
        alert_id=message.alert_id,
        item=item,
        defaults={"kind": message.alert, "code": message.code, "times": message.times, "at": message.at},
    )
    if not made and row.at > message.at:
        return
    row.kind, row.code, row.other_code = message.alert, message.code, message.other_code
    row.times, row.at = message.times, message.at
    row.others = [other.model_dump(mode="json") for other in message.others]
    row.save()
    announce(item.request, "code_alert")
    if made:
        _tell(item.request, "code_alert", _("{number} 的码在别处也出现过").format(number=item.request.number))


@receives(CodeAlertSettledV1, at="province")
def on_code_alert_settled(message: CodeAlertSettledV1, envelope: Envelope) -> None:
    """The brand looked into an alert."""
    item = _item(message, envelope)
    row = CodeAlert.objects.select_for_update().filter(alert_id=message.alert_id, item=item).first()
    if row is None:
        raise NotFound404()
    verb = {"confirmed": "confirm", "dismissed": "dismiss"}[message.step]
    if row.state in CodeAlert.MOVES[verb][0]:
        move(row, verb, by=_by(envelope), why=message.reason, settled_at=message.at, reason=message.reason)
    announce(item.request, "code_alert")


@receives(LookBackV1, at="province")
def on_look_back(message: LookBackV1, envelope: Envelope) -> None:
    """Goods of an earlier request look like a fake confirmed since: the officer who has the request is told."""
    item = _item(message, envelope)
    if LookBack.objects.filter(pk=message.look_back_id).exists():
        return
    LookBack.objects.create(
        pk=message.look_back_id,
        item=item,
        photo=item.photos.filter(pk=message.photo_id).first(),
        letter_id=envelope.letter_id,
        band=message.band,
        typology=message.typology,
        was=message.was,
        reasons=[reason.model_dump() for reason in message.reasons],
        seen=message.seen.model_dump(mode="json"),
        geometry=from_letter(message.geometry),
        picture=_picture(message.picture_sha256, envelope),
        at=message.at,
    )
    announce(item.request, "look_back")
    title = (
        _("{number} 曾判为真品，现与新确认的假货相似") if message.was == "cleared" else _("{number} 与新确认的假货相似")
    )
    _tell(item.request, "look_back", title.format(number=item.request.number), urgent=message.was == "cleared")


@receives(CandidateAnsweredV1, at="province")
def on_candidate_answered(message: CandidateAnsweredV1, envelope: Envelope) -> None:
    """What became of goods that were offered to a library."""
    offer = Offer.objects.select_for_update().filter(pk=message.offer_id).first()
    if offer is None or envelope.sender != Address.organisation(offer.organisation_id):
        raise NotFound404()
    if offer.state not in Offer.MOVES[message.step][0]:
        return
    move(offer, message.step, by=_by(envelope), why=message.reason, answered_at=message.at, reason=message.reason)
    title = {
        "confirmed": _("推荐的“{product}”已入假货库"),
        "refused": _("推荐的“{product}”未入假货库"),
        "withdrawn": _("推荐的“{product}”已从假货库撤下"),
    }[message.step]
    tell(to=[offer.offered_by_id], code="offer_answered", title=title.format(product=offer.product_name), url="/")
