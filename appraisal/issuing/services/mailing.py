"""The signed original: on its way, arrived, lost and sent again; its scan, bound to the letter by the code on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.issuing import register, selectors
from appraisal.issuing.models import LetterFile, Mailing, OpinionLetter
from appraisal.issuing.services.signing import attachment
from appraisal.issuing.services.steps import State, note, require_state, to_matter
from audit import trail
from audit.move import move
from evidence.store import store
from federation.contracts.opinions import OriginalMailedV1, OriginalScannedV1
from federation.parties import files
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Conflict


@transaction.atomic
def mail(
    *,
    acting: ActingFor,
    letter_id: UUID,
    courier: str,
    waybill_no: str,
    sent_on: datetime,
    replaces: UUID | None = None,
    mailing_id: UUID | None = None,
) -> Mailing:
    """The original of a formal letter is on its way to the bureau that asked. One waybill number is told once.

    replaces: the mailing that failed or came back; it stays with its number.
    """
    letter = selectors.access_letter(acting, letter_id, lock=True)
    require_state(letter, State.FORMAL)
    if not courier.strip() or not waybill_no.strip():
        raise BadInput(_("请填快递公司和运单号。"), code="waybill_missing")
    if known := letter.mailings.filter(waybill_no=waybill_no.strip()).first():
        return known
    if letter.mailings.filter(state=Mailing.State.SENT).exists():
        raise Conflict(_("原件已在途中。没有送达的，请先登记“未送达”，再登记新的寄送。"), code="mailing_under_way")
    before = _replaced(letter, replaces)
    row = Mailing.objects.create(
        **({"pk": mailing_id} if mailing_id else {}),
        letter=letter,
        replaces=before,
        courier=courier.strip()[:60],
        waybill_no=waybill_no.strip()[:60],
        sent_on=sent_on,
        by_name=acting.person.display_name,
    )
    trail.record(row, "send", by=acting.person, to_state=row.state)
    _tell(row, acting, "sent")
    note(letter, "original_mailed", acting.person.display_name, courier=row.courier, waybill_no=row.waybill_no)
    return row


def _replaced(letter: OpinionLetter, replaces: UUID | None) -> Mailing | None:
    over = letter.mailings.filter(state__in=(Mailing.State.FAILED, Mailing.State.RETURNED), replaced_by__isnull=True)
    if replaces is None:
        return over.order_by("-id").first()
    found = over.filter(pk=replaces).first()
    if found is None:
        raise BadInput(_("要重寄的那一次寄送不在这里，请刷新页面。"), code="mailing_unknown", mailing_id=replaces)
    return found


@transaction.atomic
def fail(*, acting: ActingFor, mailing_id: UUID, reason: str) -> Mailing:
    """The original was lost, or refused at the door. The row stays; the next try is a new one."""
    row = selectors.access_mailing(acting, mailing_id, lock=True)
    if not reason.strip():
        raise BadInput(_("请写明未送达的原因，例如“快递丢失”或“机关拒收”。"), code="reason_missing")
    move(row, "fail", by=acting.person, why=reason, reason=reason.strip()[:500])
    _tell(row, acting, "failed")
    note(row.letter, "original_failed", acting.person.display_name, reason, waybill_no=row.waybill_no)
    return row


def _tell(row: Mailing, acting: ActingFor, step: Any) -> None:
    task = row.letter.task
    to_matter(
        organisation_id=row.letter.organisation_id,
        province_code=task.province_code,
        thread=task.thread,
        message=OriginalMailedV1(
            mailing_id=row.pk,
            letter_id=row.letter_id,
            step=step,
            courier=row.courier,
            waybill_no=row.waybill_no,
            sent_on=row.sent_on,
            replaces=row.replaces_id,
            reason=row.reason,
            who=acting.person.display_name,
            at=clock.now(),
        ),
        by=acting.person,
    )


def bind_scan(*, acting: ActingFor, letter_id: UUID, file: BinaryIO, code: str) -> LetterFile:
    """Keep a scan of the signed and sealed original. code: as printed on the very sheet that was scanned.

    Raises BadInput when the code is of another letter. The newest scan is the one shown.
    """
    letter = selectors.access_letter(acting, letter_id)
    require_state(letter, State.FORMAL)
    if register.lookup(letter.number, code) != register.lookup(letter.number, letter.check_code):
        raise BadInput(
            _("扫描件上的查验码与这份意见书不符。请核对是不是扫错了文件，或查验码是否输错。"), code="code_differs"
        )
    kept = files.keep(file, organisation_id=letter.organisation_id)
    sm3 = store().digests(kept.object_key, sha256=kept.sha256).sm3
    with transaction.atomic():
        letter = selectors.access_letter(acting, letter_id, lock=True)
        require_state(letter, State.FORMAL)
        if there := letter.files.filter(kind=LetterFile.Kind.SCAN, sha256=kept.sha256).first():
            return there
        now = clock.now()
        row = LetterFile.objects.create(
            letter=letter,
            kind=LetterFile.Kind.SCAN,
            object_key=kept.object_key,
            media_type=kept.media_type,
            size_bytes=kept.size_bytes,
            sha256=kept.sha256,
            sm3=sm3,
            code_read="by_person",
            by_name=acting.person.display_name,
            made_at=now,
        )
        message = OriginalScannedV1(
            letter_id=letter.pk,
            scan_sha256=row.sha256,
            check_code=letter.check_code,
            code_read="by_person",
            who=acting.person.display_name,
            at=now,
        )
        for holder in letter.holders.all():
            to_matter(
                organisation_id=letter.organisation_id,
                province_code=holder.province_code,
                thread=holder.thread,
                message=message,
                by=acting.person,
                attachments=[attachment(row)],
            )
        note(letter, "original_scanned", acting.person.display_name)
    return row
