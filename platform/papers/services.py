"""What is done with papers: made, signed, refused, scanned back, handed out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import may_write
from audit import log as seal_log
from audit import trail
from audit.move import move, refusal
from evidence.selectors import own_exhibit
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from kernel.ids import uuid7
from kernel.soon import soon
from notify import live
from papers import pdf, registry, selectors, word
from papers.content import Mark, Printing, Role
from papers.models import (
    Paper,
    PaperAbsence,
    PaperDelivery,
    PaperFile,
    PaperScan,
    PaperSignature,
    PaperSigner,
)
from provinces.context import required
from webui.signatures import Signed

WATERMARK = "演示样张 无法律效力"
HEAVY = 600
"""Cells and paragraphs above which a paper is made by a worker: Word needs about a fifth of a millisecond for each."""


class CannotBeSigned(Conflict):
    """The paper lacks what a signature needs. Nothing was kept."""

    code = "paper_cannot_be_signed"
    sentence = _("这份文书现在不能签名。请按页面上写明的补齐后重新制作。")


# Making ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def make(*, by: User, kind: str, matter_id: UUID, paper_id: UUID | None = None, let_in: bool = False) -> Paper:
    """Make a paper of what the records say now. The same records give the same paper again, not another version.

    let_in: the caller has seen to it that this person may (a head who issues what an officer drafted).
    An earlier version that nobody has signed is void; one that somebody signed stays until it is voided with a reason.
    """
    found = registry.kind(kind)
    draft = found.build(by, matter_id)
    if not let_in and not may_write(by, draft.unit_id):
        raise NotAllowed()
    content = draft.content
    digest = content.digest()
    earlier = Paper.objects.select_for_update().filter(kind=kind, matter_kind=found.matter_kind, matter_id=matter_id)
    versions = list(earlier.order_by("version"))
    if versions and versions[-1].content_sha256 == digest and versions[-1].state != Paper.State.VOID:
        return versions[-1]
    for old in versions:
        if old.state == Paper.State.OPEN and not signed_count(old):
            move(old, "void", by=by, why="记录有变，已由新版代替", void_reason="记录有变，已由新版代替")
    pk = paper_id or uuid7()
    paper = Paper.objects.create(
        pk=pk,
        kind=kind,
        matter_kind=found.matter_kind,
        matter_id=matter_id,
        unit_id=draft.unit_id,
        title=content.title,
        document_no=content.document_no,
        version=len(versions) + 1,
        content=content.as_json(),
        content_sha256=digest,
        check_code=check_code(pk, digest),
        made_by=by,
    )
    PaperSigner.objects.bulk_create(
        PaperSigner(
            paper=paper,
            place=place,
            role=signer.role.value,
            name=signer.name,
            user_id=signer.user_id,
            certificate_no=signer.certificate_no,
            each_page=signer.each_page,
            required=signer.required,
        )
        for place, signer in enumerate(content.signers)
    )
    trail.record(paper, "make", by=by, to_state=paper.state, data={"sha256": digest, "version": paper.version})
    if content.weight > HEAVY:
        transaction.on_commit(lambda: enqueue(paper.pk))
    else:
        write_file(paper, PaperFile.Format.PDF)
    return paper


def check_code(paper_id: UUID, digest: str) -> str:
    """Twelve letters in three groups that follow from the paper and what it says; only our key makes them."""
    key = settings.SECRET_KEY.encode()
    said = f"paper {required().name} {paper_id} {digest}".encode()
    letters = base64.b32encode(hmac.digest(key, said, "sha256")).decode()[:12]
    code = letters.translate(str.maketrans("OI", "89"))  # letters that look like digits
    return "-".join(code[start : start + 4] for start in range(0, 12, 4))


def signed_count(paper: Paper) -> int:
    """How many signatures and refusals a paper carries: with its content they fix what its files look like."""
    signatures = PaperSignature.objects.filter(signer__paper=paper).count()
    return signatures + PaperAbsence.objects.filter(signer__paper=paper).count()


def printing_of(paper: Paper) -> Printing:
    """The paper as it is printed now."""
    marks = [
        Mark(place=row.signer.place, page=row.page, png=bytes(row.png), at=_moment(row.at))
        for row in PaperSignature.objects.filter(signer__paper=paper).select_related("signer")
    ]
    absences = [absence_words(row) for row in PaperAbsence.objects.filter(signer__paper=paper).select_related("signer")]
    return Printing(
        content=paper.said,
        check_code=paper.check_code,
        version=paper.version,
        watermark=WATERMARK if settings.DEMO else "",
        marks=marks,
        absences=absences,
    )


def absence_words(row: PaperAbsence) -> str:
    """What is printed in the place of a signature."""
    what = "拒绝签名" if row.kind == PaperAbsence.Kind.REFUSED else "不在场"
    return (
        f"{row.signer.name or '当事人'}{what}，原因：{row.reason}。"
        f"见证人：{row.witness_name}（{row.witness_what}），{_moment(row.at)}。"
    )


def write_file(paper: Paper, file_format: str) -> PaperFile:
    """The file of a paper as it stands now; made once for each state of its signatures."""
    count = signed_count(paper)
    kept = selectors.kept_file(paper, file_format, count)
    if kept is not None:
        return kept
    printing = printing_of(paper)
    if file_format == PaperFile.Format.PDF:
        made = pdf.write(printing)
        data = made.data
        if not paper.pages:
            Paper.objects.filter(pk=paper.pk).update(pages=made.pages)
            paper.pages = made.pages
    else:
        data = word.write(printing)
    row, _new = PaperFile.objects.get_or_create(
        paper=paper,
        format=file_format,
        signed=count,
        defaults={"data": data, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()},
    )
    return row


def file_of(paper: Paper, file_format: str) -> PaperFile | None:
    """The file as the paper stands now. None: a worker makes it, ask again soon."""
    kept = selectors.kept_file(paper, file_format, signed_count(paper))
    if kept is None and paper.said.weight <= HEAVY:
        with transaction.atomic():
            kept = write_file(paper, file_format)
    if kept is None:
        enqueue(paper.pk)
    return kept


def enqueue(paper_id: UUID) -> None:
    """Have the files made soon. With the broker down the next one who asks for them tries again."""
    from papers.tasks import make_files

    soon(make_files, str(paper_id))


def make_files(paper_id: UUID) -> None:
    """Both files of a paper as it stands now. Safe to run twice."""
    paper = Paper.objects.get(pk=paper_id)
    for file_format in PaperFile.Format.values:
        write_file(paper, file_format)
    _announce(paper)


# Signing --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def sign(*, by: User, paper_id: UUID, place: int, page: int, signed: Signed) -> PaperSignature:
    """Keep a name written on glass on one page. page: 1 and up. signed: over the paper's content (`content_sha256`).

    An officer or head signs under their own account; others write on an officer's phone. Raises BadInput for what is
    no signature of this paper, CannotBeSigned, NotAllowed, Conflict for a page that is signed already.
    """
    paper = selectors.access_paper(by, paper_id, lock=True)
    signer = _signer(paper, place)
    _fit_to_be_signed(paper)
    if signer.user_id is not None:
        if signer.user_id != by.pk:
            raise NotAllowed(
                _("这里要由{name}本人登录后签名。请把手机交给他登录，或请他在自己的手机上打开这份文书。"),
                code="not_your_signature",
                name=signer.name,
            )
        _certificate_holds(by, signer)
    if hasattr(signer, "absence"):
        raise Conflict(_("这里已记为拒签或不在场，不能再签名。"), code="absence_recorded")
    if not 1 <= page <= paper.pages or (not signer.each_page and page != paper.pages):
        raise BadInput(_("这一页不用在这里签名。请按页面上的顺序逐页签名。"), code="page_wrong", pages=paper.pages)
    if signed.signs != paper.content_sha256:
        raise BadInput(
            _("签的不是现在这一份，内容在签名时已经变了。请重新打开，看过后再签。"), code="signature_of_another"
        )
    known = PaperSignature.objects.filter(signer=signer, page=page).first()
    if known is not None:
        if known.record_sha256 != signed.record_sha256:
            raise Conflict(_("这一页已经签过名。要改，请作废这份文书后重新制作。"), code="page_signed")
        return known
    if PaperSignature.objects.filter(signer__paper=paper, record_sha256=signed.record_sha256).exists():
        raise BadInput(_("每一页都要重新签名，不能用同一个签名代替。请再签一次。"), code="signature_repeated")
    signature = PaperSignature.objects.create(
        signer=signer,
        page=page,
        png=signed.png,
        png_sha256=signed.png_sha256,
        record=signed.record.decode(),
        record_sha256=signed.record_sha256,
        content_sha256=paper.content_sha256,
        by=by,
    )
    seal_log.append(
        "paper.signed",
        signature.pk,
        {
            "paper": paper.pk,
            "content_sha256": paper.content_sha256,
            "place": place,
            "role": signer.role,
            "name": signer.name,
            "page": page,
            "png_sha256": signed.png_sha256,
            "record_sha256": signed.record_sha256,
            "by": by.pk,
        },
    )
    trail.record(paper, "sign", by=by, data={"place": place, "page": page, "sha256": signed.record_sha256})
    _settle(paper, by)
    return signature


@transaction.atomic
def note_absence(
    *, by: User, paper_id: UUID, place: int, kind: str, reason: str, witness_name: str, witness_what: str
) -> PaperAbsence:
    """Write in the place of a signature that its owner refused or was not there, why, and who witnessed it.

    Officers and heads cannot be absent: they sign, or the paper is not made. A witness is nobody who signs the paper.
    """
    paper = selectors.access_paper(by, paper_id, lock=True)
    signer = _signer(paper, place)
    _fit_to_be_signed(paper)
    if signer.user_id is not None:
        raise BadInput(_("执法人员和负责人不能记为拒签或不在场。"), code="absence_of_officer")
    if kind not in PaperAbsence.Kind.values:
        raise BadInput(_("请选择“拒绝签名”或“不在场”。"), code="absence_kind")
    reason, witness_name, witness_what = reason.strip(), witness_name.strip(), witness_what.strip()
    if not reason:
        raise BadInput(_("请写明拒签或不在场的原因。"), code="absence_reason_missing")
    if not witness_name or not witness_what:
        raise BadInput(
            _("请填写见证人的姓名和身份（单位或住址）。没有当事人签名时必须有见证人。"), code="witness_missing"
        )
    if witness_name in {each.name for each in paper.signers.all() if each.user_id is not None or each.pk == signer.pk}:
        raise BadInput(_("见证人不能是签名的执法人员或当事人本人。请另找一位见证人。"), code="witness_is_signer")
    if signer.signatures.exists():
        raise Conflict(_("这里已经签过名，不能再记为拒签或不在场。"), code="page_signed")
    if hasattr(signer, "absence"):
        return signer.absence
    row = PaperAbsence.objects.create(
        signer=signer, kind=kind, reason=reason, witness_name=witness_name, witness_what=witness_what, by=by
    )
    trail.record(paper, "absence", by=by, why=reason, data={"place": place, "kind": kind})
    _settle(paper, by)
    return row


@transaction.atomic
def bind_scan(*, by: User, check_code: str, page: int, exhibit_id: UUID) -> PaperScan:
    """A photo of a page that was signed on paper, bound to the paper by the code printed there.

    The exhibit is one that this person handed in. When every page is there, the paper counts as signed on paper.
    """
    paper = selectors.access_paper(by, selectors.paper_by_code(by, check_code).pk, lock=True)
    if paper.state == Paper.State.VOID:
        raise refusal(paper, "complete")
    _fit_to_be_signed(paper)
    if not 1 <= page <= paper.pages:
        raise BadInput(_("这份文书只有 {pages} 页。请核对页码。"), code="page_wrong", pages=paper.pages)
    exhibit = own_exhibit(by, exhibit_id)
    elsewhere = PaperScan.objects.filter(exhibit=exhibit).exclude(paper=paper, page=page).first()
    if elsewhere is not None:
        raise Conflict(_("这张照片已用作另一页的扫描件。请重新拍这一页。"), code="scan_used")
    scan, new = PaperScan.objects.get_or_create(paper=paper, page=page, exhibit=exhibit, defaults={"by": by})
    if new:
        trail.record(paper, "scan", by=by, data={"page": page, "exhibit": str(exhibit.pk), "sha256": exhibit.sha256})
        _settle(paper, by)
    return scan


@transaction.atomic
def deliver(*, by: User, paper_id: UUID, way: str, to_name: str = "", note: str = "") -> PaperDelivery:
    """Note that the paper was printed, handed over, posted or sent."""
    paper = selectors.access_paper(by, paper_id, lock=True)
    if way not in PaperDelivery.Way.values:
        raise BadInput(_("请选择送出的方式。"), code="way_wrong")
    if way != PaperDelivery.Way.PRINTED and not to_name.strip():
        raise BadInput(_("请写明交给了谁。"), code="receiver_missing")
    row = PaperDelivery.objects.create(paper=paper, way=way, to_name=to_name.strip(), note=note.strip(), by=by)
    trail.record(paper, "deliver", by=by, data={"way": way})
    _announce(paper)
    return row


@transaction.atomic
def void(*, by: User, paper_id: UUID, reason: str) -> Paper:
    """Take a paper out of use, with the reason. It stays listed."""
    paper = selectors.access_paper(by, paper_id, lock=True)
    if not reason.strip():
        raise BadInput(_("请写明作废的原因。"), code="void_reason_missing")
    move(paper, "void", by=by, why=reason.strip(), void_reason=reason.strip()[:200])
    _announce(paper)
    return paper


def _signer(paper: Paper, place: int) -> PaperSigner:
    found = paper.signers.filter(place=place).first()
    if found is None:
        raise BadInput(_("这份文书没有这个签名位置。请刷新页面。"), code="place_wrong")
    return found


def _fit_to_be_signed(paper: Paper) -> None:
    """Two officers with two certificates, and the pages set: otherwise nobody signs."""
    if paper.state != Paper.State.OPEN:
        raise refusal(paper, "complete")
    if not paper.pages:
        raise CannotBeSigned(_("文书还在排版，页数没有定。请稍候几秒再签名。"), code="paper_not_set")
    wanted = registry.kind(paper.kind).officers
    officers = [each for each in paper.signers.all() if each.role == Role.OFFICER]
    numbers = {each.certificate_no.strip().upper() for each in officers if each.certificate_no.strip()}
    if len(officers) < wanted:
        raise CannotBeSigned(
            _("执法人员不足 {wanted} 人，不能签名。请先让另一名执法人员加入，再重新制作这份文书。"),
            code="officers_missing",
            wanted=wanted,
            found=len(officers),
        )
    if len(numbers) < wanted:
        raise CannotBeSigned(
            _("执法证号缺少或重复，不能签名：两名执法人员要有各自的执法证。请核对后重新制作这份文书。"),
            code="certificates_not_apart",
        )


def _certificate_holds(by: User, signer: PaperSigner) -> None:
    until = by.officer_cert_until
    if signer.role == Role.OFFICER and until is not None and until < clock.today():
        raise CannotBeSigned(
            _("{name}的执法证已于 {until} 到期，不能签名。请换证后由管理员更新，或由另一名执法人员办理。"),
            code="certificate_lapsed",
            name=by.name,
            until=until.isoformat(),
        )


def signed_off(signer: PaperSigner, pages: int) -> bool:
    """Whether a place needs nothing more: signed on every page it must be, or noted why not."""
    if hasattr(signer, "absence"):
        return True
    signed = {each.page for each in signer.signatures.all()}
    return signed >= (set(range(1, pages + 1)) if signer.each_page else {pages})


def _settle(paper: Paper, by: User) -> None:
    """Complete the paper when nothing is missing, on glass or on paper."""
    scanned = set(PaperScan.objects.filter(paper=paper).values_list("page", flat=True))
    on_paper = bool(paper.pages) and scanned >= set(range(1, paper.pages + 1))
    signers = list(paper.signers.select_related("absence").prefetch_related("signatures"))
    if paper.state == Paper.State.OPEN and (
        on_paper or all(signed_off(each, paper.pages) for each in signers if each.required)
    ):
        move(paper, "complete", by=by, on_paper=on_paper)
        completed = registry.kind(paper.kind).completed
        if completed is not None:
            completed(paper, by)
    _announce(paper)


def _announce(paper: Paper) -> None:
    live.publish([f"paper:{paper.pk}"], "paper", {})


def _moment(at: Any) -> str:
    return at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")


__all__ = [
    "CannotBeSigned",
    "bind_scan",
    "deliver",
    "file_of",
    "make",
    "make_files",
    "note_absence",
    "sign",
    "signed_off",
    "void",
]
