"""A brand's report becomes a clue: its files are sealed here, its desk is the bureau it was addressed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Unit
from audit import trail
from audit.trail import Actor
from divisions import selectors as divisions
from divisions.resolving import Hints
from evidence import custody, kinds
from evidence.models import Exhibit
from evidence.services import adopt_original, own_prefix, take_in
from evidence.store import store
from federation.contracts.clues import AddresseeV1, CluePhotoV1, RecordingV1, ReverseClueV1, TestPurchaseV1
from federation.contracts.messages import Attachment
from federation.letters.post import Envelope
from kernel.errors import BadInput, NotFound404
from provinces.context import required
from provinces.hosts import DIRECTORY
from tenants.clues.models import BrandReport, Clue, ClueFile
from tenants.clues.services import answering
from tenants.clues.services.arriving import arrived
from tenants.clues.services.registering import NewClue, Product, Source


def take(message: ReverseClueV1, envelope: Envelope) -> Clue:
    """Register what a brand handed in. In the delivery's transaction; a letter comes once."""
    basis, who = message.basis, message.basis.person.name
    desk, note = desk_for(message.addressee)
    exhibits = [
        *((each.pk, what) for each, what in keep_photos(message.photos, envelope, who=who)),
        *((each.pk, what) for each, what in keep_recordings(message.recordings, envelope, who=who)),
    ]
    association = basis.right_holder_kind == "association"
    clue = arrived(
        NewClue(
            desk=desk,
            source=Source(
                kind=Clue.SourceKind.ASSOCIATION if association else Clue.SourceKind.BRAND,
                name=basis.right_holder,
                ref=message.clue_ref,
                party=str(envelope.sender),
                record_kind=answering.LETTER,
                record_id=str(envelope.letter_id),
            ),
            title=message.title,
            content=message.content,
            subject_kind=message.subject.kind,
            subject_name=message.subject.name,
            subject_code=message.subject.code,
            subject_phone=message.subject.phone,
            subject_account=message.subject.account,
            address_raw=message.address_raw,
            place_role=message.place_role,
            hints=Hints(province=province_division()),
            channel=message.channel,
            chain_stage=message.chain_stage,
            area_tags=message.area_tags,
            violations=message.violations,
            estimated_value=message.estimated_value_yuan,
            products=[
                Product(
                    brand_name=each.brand_name,
                    product_name=each.product_name,
                    brand_id=each.brand_id,
                    product_id=each.product_id,
                    code=each.code,
                )
                for each in message.products
            ],
            exhibits=list(dict(exhibits).items()),
        ),
        by=Actor(None, basis.right_holder[:40]),
    )
    BrandReport.objects.create(
        clue=clue,
        organisation_id=message.organisation_id,
        party=str(envelope.sender),
        brand_clue_id=message.clue_id,
        letter_id=envelope.letter_id,
        ref=message.clue_ref,
        basis=basis.model_dump(mode="json"),
        addressee=message.addressee.model_dump(mode="json"),
        recordings=recordings_kept(message.recordings),
        purchases=purchases_kept(message.purchases),
        desk_note=note,
        handed_in_at=message.handed_in_at,
    )
    answering.tell_sources(clue)
    if note:
        trail.record(clue, "redirect", by=Actor(None, "系统"), why=note)
    return clue


# Whose desk ---------------------------------------------------------------------------------------------------------


def province_division() -> str:
    """The division code of this province."""
    seat = required().name
    return next((host.division_code for host in DIRECTORY.provinces() if host.seat.name == seat), "")


def desk_for(addressee: AddresseeV1) -> tuple[Unit, str]:
    """The bureau addressed, else the provincial bureau with a note why. An unknown division is never guessed.

    Raises NotFound404 where this province has no bureau at all yet: the letter waits for a person then.
    """
    top = Unit.objects.filter(kind=Unit.Kind.PROVINCIAL_BUREAU, parent=None, is_active=True).order_by("code").first()
    if top is None:
        top = Unit.objects.filter(parent=None, is_active=True).order_by("code").first()
    if top is None:
        raise NotFound404()
    if addressee.level == "provincial":
        return top, ""
    name = _name_of(addressee.division_code)
    if name is None:
        return top, _("来函选的区划代码 {code} 不在现行区划表里，由省局受理。").format(code=addressee.division_code)
    kind = {"municipal": Unit.Kind.MUNICIPAL_BUREAU, "county": Unit.Kind.COUNTY_BUREAU}[addressee.level]
    rows = Unit.objects.filter(division_code=addressee.division_code, is_active=True)
    found = rows.filter(kind=kind).order_by("code").first()
    if found is None and addressee.level == "county":
        # A prefecture without counties: its own bureau does the work of one.
        found = rows.filter(kind=Unit.Kind.MUNICIPAL_BUREAU).order_by("code").first()
    if found is None:
        return top, _("来函选的是{name}的局，本省尚未登记该局，由省局受理。").format(name=name)
    return found, ""


def _name_of(code: str) -> str | None:
    try:
        path = divisions.path(code)
    except BadInput:
        return None
    if path[0].code != (province_division() or path[0].code):
        return None
    return "".join(step.name for step in path)


# Files --------------------------------------------------------------------------------------------------------------


def keep_photos(photos: Sequence[CluePhotoV1], envelope: Envelope, *, who: str) -> list[tuple[Exhibit, str]]:
    """Photos as exhibits: the view that came, under the digests of the original that the brand keeps sealed."""
    return [
        (
            take_in(
                envelope.attachment(each.view_sha256),
                letter_id=envelope.letter_id,
                captured_at=each.captured_at,
                by_name=who,
            ),
            (each.what or _("照片"))[:80],
        )
        for each in photos
    ]


def keep_recordings(recordings: Sequence[RecordingV1], envelope: Envelope, *, who: str) -> list[tuple[Exhibit, str]]:
    """Recordings that came along, as originals under the digest the brand sealed them with."""
    found = []
    for each in recordings:
        if each.attached:
            title = f"{each.what} {each.platform}".strip() or _("录像")
            exhibit = _adopt(envelope.attachment(each.sha256), envelope.letter_id, title=title, who=who)
            found.append((exhibit, title[:80]))
    return found


def _adopt(file: Attachment, letter_id: UUID, *, title: str, who: str) -> Exhibit:
    owner, digests = own_prefix(), store().digests(file.object_key, sha256=file.sha256)
    known = Exhibit.objects.filter(owner=owner, sha256=digests.sha256, view_only=False).first()
    if known is not None:
        return known
    key = adopt_original(file.object_key, owner=owner, digests=digests)
    audio_visual = kinds.is_video(file.media_type)
    legal_kind = Exhibit.LegalKind.AUDIO_VISUAL if audio_visual else Exhibit.LegalKind.ELECTRONIC
    exhibit = Exhibit.objects.create(
        owner=owner,
        state=Exhibit.State.READY,
        source=Exhibit.Source.LETTER,
        kind=Exhibit.Kind.DOCUMENT,
        legal_kind=legal_kind,
        sha256=digests.sha256,
        sm3=digests.sm3,
        size_bytes=digests.size_bytes,
        media_type=file.media_type[:40],
        original_key=key,
        title=title[:200],
        letter_id=letter_id,
        by_name=who,
    )
    custody.sealed(exhibit, by=Actor(None, who))
    return exhibit


def hang_up(clue: Clue, kept: Sequence[tuple[Exhibit, str]]) -> None:
    """Put exhibits with a clue; one that hangs there already stays as it is."""
    for exhibit, what in kept:
        ClueFile.objects.get_or_create(clue=clue, exhibit=exhibit, defaults={"what": what[:80]})


def recordings_kept(recordings: Sequence[RecordingV1]) -> list[dict[str, Any]]:
    """Recordings as rows keep them; the digest finds the exhibit of one that came along."""
    return [each.model_dump(mode="json") for each in recordings]


def purchases_kept(purchases: Sequence[TestPurchaseV1]) -> list[dict[str, Any]]:
    """Test purchases as rows keep them."""
    return [each.model_dump(mode="json") for each in purchases]
