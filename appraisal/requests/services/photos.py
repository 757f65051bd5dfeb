"""Photos of the shots: hung up, taken off, absent, asked for again; each leaves as soon as it can be seen."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.letter_photos import each_once, view_attachment
from appraisal.requests import selectors
from appraisal.requests.models import AbsentShot, AppraisalRequest, ItemPhoto, Line, Supplement
from appraisal.requests.services.steps import State, announce, take_step, to_brand, write_line
from appraisal.requests.services.talking import post_lines
from evidence.models import Exhibit
from federation.contracts.appraisal import AbsentShotV1, PhotosV1, ShotV1
from kernel import clock
from kernel.errors import BadInput, Conflict
from notify.services import tell
from provinces.context import required


@transaction.atomic
def add_photo(
    *,
    by: User,
    item_id: UUID,
    exhibit: Exhibit,
    shot_code: str,
    source: str,
    kept_reason: str = "",
    supplement_id: UUID | None = None,
) -> ItemPhoto:
    """Hang a sealed photo on a shot. After sending it goes to the brand as soon as its view is ready.

    The same exhibit on the same shot is one photo, however often it is said.
    """
    # Before the request, as intake locks them: a view that gets ready meanwhile then finds the photo hung up.
    exhibit = Exhibit.objects.select_for_update().get(pk=exhibit.pk)
    item = selectors.access_item(by, item_id, lock=True)
    if item.request.state == State.CANCELLED:
        raise Conflict(_("申请已取消，不能再加照片。请新建申请。"), code="request_closed")
    if shot_code not in {shot["code"] for shot in item.shot_list}:
        raise BadInput(_("拍照清单里没有“{shot_code}”。"), code="shot_unknown", shot_code=shot_code)
    supplement = None
    if supplement_id:
        supplement = selectors.access_supplement(by, supplement_id)
        if supplement.item_id != item.pk:
            raise BadInput(_("这张照片回答的不是这件商品的补拍要求。"), code="supplement_of_other_item")
    photo, made = ItemPhoto.objects.get_or_create(
        item=item,
        shot_code=shot_code,
        exhibit=exhibit,
        defaults={"source": source, "kept_reason": kept_reason, "supplement": supplement},
    )
    AbsentShot.objects.filter(item=item, shot_code=shot_code, posted_at=None).delete()
    if made:
        announce(item.request, "photo")
        _post_ready(item.request, by)
    return photo


@transaction.atomic
def remove_photo(*, by: User, photo_id: UUID) -> None:
    """Take a photo off the draft. What has left cannot be taken back; its original stays sealed in any case."""
    photo = ItemPhoto.objects.filter(pk=photo_id).first()
    item = selectors.access_item(by, photo.item_id if photo else photo_id, lock=True)
    if photo is None or photo.posted_at or item.request.state == State.CANCELLED:
        raise Conflict(_("照片已经发给品牌，不能撤下。"), code="photo_posted")
    photo.delete()
    announce(item.request, "photo")


@transaction.atomic
def mark_absent(*, by: User, item_id: UUID, shot_code: str, reason: str) -> AbsentShot:
    """Say why a shot cannot be taken (no outer box, say)."""
    item = selectors.access_item(by, item_id, lock=True)
    if not reason.strip():
        raise BadInput(_("请写明为什么拍不了，例如“没有外盒”。"), code="reason_missing")
    if shot_code not in {shot["code"] for shot in item.shot_list}:
        raise BadInput(_("拍照清单里没有“{shot_code}”。"), code="shot_unknown", shot_code=shot_code)
    absent, _made = AbsentShot.objects.update_or_create(
        item=item, shot_code=shot_code, defaults={"absent_reason": reason.strip()[:200], "posted_at": None}
    )
    _post_ready(item.request, by)
    return absent


@transaction.atomic
def decline_supplement(*, by: User, supplement_id: UUID, reason: str) -> Supplement:
    """Say why the shot that was asked for cannot be taken again. The brand goes on with what it has. Twice is once."""
    supplement = selectors.access_supplement(by, supplement_id)
    item = selectors.access_item(by, supplement.item_id, lock=True)
    supplement = Supplement.objects.select_for_update().get(pk=supplement.pk)
    if supplement.answered_at:
        return supplement
    if not reason.strip():
        raise BadInput(_("请写明为什么拍不了，例如“没有外盒”。"), code="reason_missing")
    now, request = clock.now(), item.request
    to_brand(
        request,
        PhotosV1(
            request_id=request.pk,
            item_id=item.pk,
            absent=(AbsentShotV1(shot_code=supplement.shot_code, absent_reason=reason.strip()[:200]),),
            answers_supplement=supplement.pk,
        ),
        by,
    )
    supplement.answered_at = now
    supplement.save(update_fields=["answered_at"])
    if request.state == State.SUPPLEMENT and not _open_supplements(request):
        take_step(request, "photos_in", by=by)
    data = {"count": 0, "absent": [supplement.shot_code]}
    write_line(
        request, Line.Kind.PHOTOS, Line.Side.BUREAU, by.display_name, at=now, text=reason.strip()[:200], data=data
    )
    return supplement


def photo_ready(exhibit: Exhibit) -> None:
    """A view is ready: what is already asked about goes to the brand now. Called by `evidence` in its transaction."""
    if required().kind != "province":
        return
    for request in _requests_showing(exhibit):
        announce(request, "photo")
        _post_ready(request, request.officer)
        post_lines(request, exhibit)


def photo_refused(exhibit: Exhibit) -> None:
    """What came turned out to be no photo: its officer is told to take it again. Called as `photo_ready` is."""
    if required().kind != "province":
        return
    for request in _requests_showing(exhibit):
        announce(request, "photo")
        tell(
            to=[request.officer_id],
            code="photo_refused",
            title=_("{number} 有一张照片无法使用，请重拍").format(number=request.number),
            url=f"/requests/{request.pk}/",
            urgent=True,
        )
        post_lines(request, exhibit)


def _requests_showing(exhibit: Exhibit) -> list[AppraisalRequest]:
    """Requests on which this photo hangs as a shot or in the talk, locked in one order for all."""
    shown = Q(items__photos__exhibit=exhibit) | Q(lines__photos__exhibit=exhibit)
    ids = AppraisalRequest.objects.filter(shown).values("pk")
    rows = AppraisalRequest.objects.filter(pk__in=ids).order_by("pk").select_related("officer", "unit")
    return list(rows.select_for_update(of=("self",)))


def _post_ready(request: AppraisalRequest, by: User) -> None:
    """Post the photos and absences of a sent request that have not left yet, one letter an item."""
    if request.sent_at is None or request.organisation_id is None or request.state == State.CANCELLED:
        return
    now = clock.now()
    waiting = (
        ItemPhoto.objects.filter(item__request=request, posted_at=None, exhibit__state=Exhibit.State.READY)
        .select_related("exhibit", "supplement")
        .order_by("id")
    )
    absences = AbsentShot.objects.filter(item__request=request, posted_at=None)
    groups: dict[tuple[UUID, UUID | None], tuple[list[ItemPhoto], list[AbsentShot]]] = {}
    for photo in waiting:
        groups.setdefault((photo.item_id, photo.supplement_id), ([], []))[0].append(photo)
    for absent in absences:
        groups.setdefault((absent.item_id, None), ([], []))[1].append(absent)
    for (item_id, supplement_id), (photos, absent_shots) in groups.items():
        to_brand(
            request,
            PhotosV1(
                request_id=request.pk,
                item_id=item_id,
                shots=tuple(shot_letter(photo) for photo in photos),
                absent=tuple(AbsentShotV1(shot_code=a.shot_code, absent_reason=a.absent_reason) for a in absent_shots),
                answers_supplement=supplement_id,
            ),
            by,
            each_once(view_attachment(photo.exhibit, photo.shot_code) for photo in photos),
        )
        ItemPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).update(posted_at=now)
        AbsentShot.objects.filter(pk__in=[absent.pk for absent in absent_shots]).update(posted_at=now)
        if supplement_id:
            photos[0].supplement.answered_at = now
            photos[0].supplement.save(update_fields=["answered_at"])
        if request.state == State.SUPPLEMENT and not _open_supplements(request):
            take_step(request, "photos_in", by=by)
        write_line(
            request,
            Line.Kind.PHOTOS,
            Line.Side.BUREAU,
            by.display_name,
            at=now,
            data={"count": len(photos), "absent": [absent.shot_code for absent in absent_shots]},
        )


def _open_supplements(request: AppraisalRequest) -> bool:
    return any(item.supplements.filter(answered_at=None).exists() for item in request.items.all())


def shot_letter(photo: ItemPhoto) -> ShotV1:
    return ShotV1(
        photo_id=photo.pk,
        shot_code=photo.shot_code,
        source=photo.source,  # type: ignore[arg-type]
        captured_at=photo.exhibit.captured_at,
        received_at=photo.exhibit.received_at,
        kept_reason=photo.kept_reason,
        view_sha256=photo.exhibit.view_sha256,
    )
