"""What the services of reverse clues share: who may, which clue, one letter to a bureau, pages told of news."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appraisal.letter_photos import view_attachment
from appraisal.reverse_clues import selectors
from appraisal.reverse_clues.models import ClueFile, Purchase, ReverseClue
from evidence.models import Exhibit
from federation.contracts.addresses import Address
from federation.contracts.clues import CluePhotoV1, RecordingV1, TestPurchaseV1
from federation.contracts.messages import Attachment, Message
from federation.letters.models import Letter
from federation.letters.post import Actor, post
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor
from kernel.errors import BadInput, Conflict
from notify import live

Role = Membership.Role
State = ReverseClue.State


def require_rights(acting: ActingFor) -> None:
    """Clues are handed in by rights staff, of the right holder or of who acts for it. Raises NotAllowed."""
    acting.require(Role.RIGHTS_STAFF, own=False)


def draft(acting: ActingFor, clue_id: UUID) -> ReverseClue:
    """A draft, locked. Raises NotAllowed, NotFound404, Conflict (`clue_is_sent`)."""
    require_rights(acting)
    clue = selectors.access_clue(acting, clue_id, lock=True)
    if clue.state != State.DRAFT:
        raise Conflict(_("这条线索已提交，不能再改。要加内容，请用“补充”。"), code="clue_is_sent")
    return clue


def sent(acting: ActingFor, clue_id: UUID) -> ReverseClue:
    """A clue that was sent, locked. Raises NotAllowed, NotFound404, Conflict (`clue_is_draft`)."""
    require_rights(acting)
    clue = selectors.access_clue(acting, clue_id, lock=True)
    if clue.state != State.SENT:
        raise Conflict(_("这条线索还没有提交。请先提交。"), code="clue_is_draft")
    return clue


def waiting_files(clue: ReverseClue) -> list[ClueFile]:
    """Files that go along with what is sent next. Raises Conflict while one is not ready, BadInput for a broken one."""
    rows = list(clue.files.filter(sent_at=None).select_related("exhibit"))
    for row in rows:
        if row.is_photo and row.exhibit is not None and row.exhibit.state == Exhibit.State.REFUSED:
            raise BadInput(
                _("照片“{name}”打不开，不能提交。请移除后换一张。"),
                code="photo_refused",
                name=row.what or row.exhibit.file_name or str(row.exhibit_id)[-6:],
            )
        if row.is_photo and (row.exhibit is None or row.exhibit.state != Exhibit.State.READY):
            raise Conflict(_("照片还在处理，暂时不能发送。请稍候片刻再试。"), code="photo_not_ready")
    return rows


def waiting_purchases(clue: ReverseClue) -> list[Purchase]:
    """Test purchases that go along with what is sent next."""
    return list(clue.purchases.filter(sent_at=None))


def manifest(files: Iterable[ClueFile]) -> tuple[Attachment, ...]:
    """What travels: the views of photos, recordings as they were sealed. Each file once."""
    found: dict[str, Attachment] = {}
    for row in files:
        if row.exhibit is None:
            continue
        attachment = (
            view_attachment(row.exhibit, row.what[:80] or "photo") if row.is_photo else _as_sealed(row.exhibit, row)
        )
        found[attachment.sha256] = attachment
    return tuple(found.values())


def _as_sealed(exhibit: Exhibit, row: ClueFile) -> Attachment:
    return Attachment(
        object_key=exhibit.original_key,
        media_type=exhibit.media_type,
        size_bytes=exhibit.size_bytes,
        sha256=exhibit.sha256,
        sm3=exhibit.sm3,
        what=row.what[:80] or row.form,
    )


def photos_said(files: Iterable[ClueFile]) -> tuple[CluePhotoV1, ...]:
    """Photos as letters say them."""
    return tuple(
        CluePhotoV1(
            photo_id=row.exhibit.pk,
            what=row.what,
            captured_at=row.exhibit.captured_at,
            sealed_at=row.sealed_at,
            view_sha256=row.exhibit.view_sha256,
        )
        for row in files
        if row.is_photo and row.exhibit is not None
    )


def recordings_said(files: Iterable[ClueFile]) -> tuple[RecordingV1, ...]:
    """Recordings as letters say them: by digest, with the file where it was handed in."""
    return tuple(
        RecordingV1(
            recording_id=row.pk,
            form=row.form,  # type: ignore[arg-type]
            what=row.what,
            platform=row.platform,
            account=row.account,
            link=row.link,
            recorded_from=row.recorded_from,
            recorded_until=row.recorded_until,
            sealed_at=row.sealed_at,
            media_type=row.media_type,
            size_bytes=row.size_bytes,
            sha256=row.sha256,
            sm3=row.sm3,
            attached=row.exhibit_id is not None,
        )
        for row in files
        if not row.is_photo
    )


def purchases_said(rows: Iterable[Purchase]) -> tuple[TestPurchaseV1, ...]:
    """Test purchases as letters say them."""
    return tuple(
        TestPurchaseV1(
            purchase_id=row.pk,
            platform=row.platform,
            seller=row.seller,
            order_no=row.order_no,
            bought_on=row.bought_on,
            product_name=row.product_name,
            quantity=row.quantity,
            unit=row.unit,
            price_yuan=row.price_yuan,
            courier=row.courier,
            waybill_no=row.waybill_no,
            sent_from=row.sent_from,
            finding=row.finding,
        )
        for row in rows
    )


def to_province(
    clue: ReverseClue,
    province_code: str,
    message: Message,
    *,
    by: Actor,
    attachments: Sequence[Attachment] = (),
    in_reply_to: UUID | None = None,
) -> Letter:
    """One letter of the clue to one province."""
    return post(
        message,
        to=Address.province(province_code),
        sender=Address.organisation(clue.organisation_id),
        thread=clue.pk,
        by=by,
        attachments=attachments,
        in_reply_to=in_reply_to,
        purpose="clue",
    )


def bureaux(clue: ReverseClue) -> list[str]:
    """Provinces that have the clue and from which it was not withdrawn."""
    rows = clue.addressees.filter(~Q(state="chosen"), withdrawn_at=None)
    return list(rows.values_list("province_code", flat=True))


def announce(clue: ReverseClue) -> None:
    """Pages that show the clue fetch themselves."""
    live.publish(
        [f"reverse-clue:{clue.pk}", "reverse-clues"],
        "reverse-clue",
        {"id": str(clue.pk)},
        party=f"org-{clue.organisation_id}",
    )


def page(clue: ReverseClue) -> str:
    """The path of the clue's page on the brands host."""
    return reverse("reverse_clues:clue", args=[clue.pk], urlconf=settings.URLCONFS["brands"])
