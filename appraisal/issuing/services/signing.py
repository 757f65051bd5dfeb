"""Certificates of signers, and the step from a preliminary to a formal letter: typeset, signed, time-stamped, sent.

The slow part (typesetting, signing, asking for a time-stamp) runs outside any transaction; what was signed is kept
only if the letter still says what was signed.
"""

from __future__ import annotations

import base64
import io
import json
import logging
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import MultiFernet
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.issuing import building, gate, paper, register, selectors
from appraisal.issuing.facts import AnnexFacts, LetterFacts
from appraisal.issuing.models import LetterFile, Notice, OpinionLetter, SigningCertificate
from appraisal.issuing.services.approving import keep_facts
from appraisal.issuing.services.ending import supersede
from appraisal.issuing.services.steps import (
    MACHINE,
    State,
    changed,
    note,
    require_appraiser,
    require_state,
    to_matter,
)
from audit import log as seal_log
from audit import trail
from audit.move import move
from audit.trail import Person
from evidence.errors import StoredDiffers
from evidence.store import make_key, store
from federation.contracts.messages import Attachment
from federation.contracts.opinions import CertificateV1, NoticeAnsweredV1
from federation.parties.models import Organisation
from federation.parties.selectors import ActingFor
from kernel import clock, sealing
from kernel.errors import BadInput, Conflict, NotAllowed, Problem, TooLarge
from papers import authority
from papers.trust import is_demonstration

log = logging.getLogger(__name__)
WaitsFor = OpinionLetter.WaitsFor
Kind = LetterFile.Kind
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
LARGEST_PKCS12 = 200_000


class NoCertificate(Conflict):
    """Nobody can sign without a certificate."""

    code = "certificate_missing"
    sentence = _("您还没有登记签名证书。请先在“签名与用印”页登记，再签发。")


class NotTheSigner(NotAllowed):
    """A letter is signed by the appraiser it names."""

    code = "not_the_signer"
    sentence = _("这份意见书由 {name} 签名。请由本人签发，或退回草稿后由您接办。")


# Certificates ---------------------------------------------------------------------------------------------------------


def add_certificate(*, acting: ActingFor, pkcs12: bytes, passphrase: str) -> SigningCertificate:
    """Register a certificate of one's own for signing. It takes the place of the one in use; refused at once if unfit.

    The passphrase is not kept: it is asked for at each signature. Raises CertificateRefused.
    """
    require_appraiser(acting)
    if len(pkcs12) > LARGEST_PKCS12:
        raise TooLarge(_("文件过大，不是证书文件（.p12、.pfx）。请重新选择。"), code="file_too_large")
    return _keep(acting, pkcs12, passphrase, remember=False)


def issue_demonstration(*, acting: ActingFor) -> SigningCertificate:
    """A certificate of the development authority, where those count; what it signs says that it is a demonstration."""
    require_appraiser(acting)
    if not is_demonstration():
        raise BadInput(_("这里只收认可机构签发的证书，不能用演示证书。请上传证书文件。"), code="demonstration_off")
    made = authority.issue(name=acting.person.name, organisation=acting.employer.name, uscc=acting.employer.uscc)
    return _keep(acting, made.pkcs12, made.passphrase, remember=True)


def _keep(acting: ActingFor, pkcs12: bytes, passphrase: str, *, remember: bool) -> SigningCertificate:
    credential = paper.from_pkcs12(pkcs12, passphrase)
    paper.check(credential, _company(acting.employer))
    certificate = credential.certificate
    with transaction.atomic():
        for old in SigningCertificate.objects.select_for_update().filter(
            organisation=acting.employer, user=acting.person, state=SigningCertificate.State.ACTIVE
        ):
            move(old, "retire", by=acting.person, why="换证")
        row = SigningCertificate.objects.create(
            organisation=acting.employer,
            user=acting.person,
            subject=credential.name[:300],
            company=credential.organisation.name[:120],
            serial=credential.serial[:60],
            issued_by=certificate.issuer.rfc4514_string()[:300],
            valid_from=certificate.not_valid_before_utc,
            valid_until=certificate.not_valid_after_utc,
            is_demo=credential.is_demo,
            sealed=_seal(pkcs12, passphrase if remember else ""),
        )
        trail.record(row, "add", by=acting.person, to_state=row.state, data={"serial": row.serial})
    return row


@transaction.atomic
def retire_certificate(*, acting: ActingFor, certificate_id: UUID, reason: str = "") -> SigningCertificate:
    """Take one's own certificate out of use."""
    row = selectors.access_certificate(acting, certificate_id, lock=True)
    return move(row, "retire", by=acting.person, why=reason)


# Signing --------------------------------------------------------------------------------------------------------------


def issue(*, acting: ActingFor, letter_id: UUID, passphrase: str = "") -> OpinionLetter:
    """Sign a preliminary letter and send it: formal with the time-stamp, waiting for one when the authority is down.

    Twice is once. Call it outside any transaction. Raises Incomplete, NotTheSigner, NoCertificate, CertificateRefused.
    """
    require_appraiser(acting)
    with transaction.atomic():
        letter = selectors.access_letter(acting, letter_id, lock=True)
        if letter.state == State.FORMAL or letter.waits_for == WaitsFor.TIME_STAMP:
            return letter
        require_state(letter, State.PRELIMINARY)
        if letter.appraiser_id != acting.person.pk:
            raise NotTheSigner(name=letter.appraiser.display_name)
        row = selectors.certificate_in_use(acting.person, letter.agent or letter.organisation)
        if row is None:
            raise NoCertificate()
        now = clock.now()
        gate.require(letter, at=now)
        letter.is_demo = row.is_demo
        letter.save(update_fields=["is_demo"])
        keep_facts(letter, now=now)
        facts, annex = building.facts_of(letter, at=now)
    company = _company(letter.agent or letter.organisation)
    try:
        signed, sealed_annex, stamped = _signed(row, passphrase, company, facts, annex)
    except Problem as problem:
        _note_problem(letter, problem, acting.person)
        raise
    return _finish(letter.pk, facts.sha256, signed, sealed_annex, stamped=stamped, by=acting.person)


def _signed(
    row: SigningCertificate, passphrase: str, company: paper.Organisation, facts: LetterFacts, annex: AnnexFacts | None
) -> tuple[bytes, bytes | None, bool]:
    """The signed paper, its annex, and whether both carry the time-stamp."""
    pkcs12, kept = _unseal(bytes(row.sealed))
    credential = paper.from_pkcs12(pkcs12, kept or passphrase)
    paper.check(credential, company)
    sheets = [paper.typeset(facts)]
    if annex:
        sheets.append(paper.typeset_annex(annex, check_url=facts.check_url, demonstration=facts.demonstration))
    try:
        signed, stamped = [paper.sign(sheet, credential, company) for sheet in sheets], True
    except paper.TimestampUnavailable:
        signed, stamped = [paper.sign(sheet, credential, company, stamped=False) for sheet in sheets], False
    return signed[0], signed[1] if annex else None, stamped


def _finish(
    letter_id: UUID, facts_sha256: str, signed: bytes, annex: bytes | None, *, stamped: bool, by: Person
) -> OpinionLetter:
    """Keep what was signed and send it, if the letter still says that."""
    with transaction.atomic():
        letter = selectors.any_letter(letter_id, lock=True)
        if letter.state == State.FORMAL or letter.waits_for == WaitsFor.TIME_STAMP:
            return letter  # the second of two clicks
        require_state(letter, State.PRELIMINARY)
        if letter.facts_sha256 != facts_sha256:
            raise Conflict(_("意见书在签名时被改过，没有签发。请刷新页面，看过再签。"), code="letter_changed")
        gate.require(letter)
        letter.signed_by = letter.appraiser
        if not stamped:
            _file(letter, Kind.SIGNED, signed)
            if annex:
                _file(letter, Kind.SIGNED_ANNEX, annex)
            _wait(letter, clock.now())
            note(letter, "letter_stamp_wait", by.display_name)
            return letter
        return _formal(letter, signed, annex, by)


def _wait(letter: OpinionLetter, now: datetime) -> None:
    letter.waits_for = WaitsFor.TIME_STAMP
    letter.tries += 1
    letter.next_try_at = now + RETRY_AFTER[min(letter.tries, len(RETRY_AFTER)) - 1]
    letter.problem = str(_("时间戳服务没有回应。已签名，系统会自动补办时间戳，之前不是正式意见书。"))
    letter.save(update_fields=["waits_for", "tries", "next_try_at", "problem", "signed_by"])
    register.write(letter)


def finish_waiting(*, now: datetime | None = None) -> int:
    """Ask again for the time-stamps that letters wait for. Returns how many became formal. Safe to run twice."""
    now = now or clock.now()
    return sum(stamp(letter_id) for letter_id in selectors.waiting_for_stamp(now))


def stamp(letter_id: UUID) -> bool:
    """One letter that waits: the time-stamp is put on, and it is formal. Returns whether it came."""
    letter = selectors.any_letter(letter_id)
    files = {file.kind: file for file in letter.files.all()}
    if letter.waits_for != WaitsFor.TIME_STAMP or Kind.SIGNED not in files:
        return False
    try:
        finished = paper.finish(read(files[Kind.SIGNED]))
        annex = paper.finish(read(files[Kind.SIGNED_ANNEX])) if Kind.SIGNED_ANNEX in files else None
    except paper.TimestampUnavailable:
        with transaction.atomic():
            letter = selectors.any_letter(letter_id, lock=True)
            if letter.waits_for == WaitsFor.TIME_STAMP:
                _wait(letter, clock.now())
        return False
    except StoredDiffers as problem:
        with transaction.atomic():
            return _hold(selectors.any_letter(letter_id, lock=True), problem)
    with transaction.atomic():
        letter = selectors.any_letter(letter_id, lock=True)
        if letter.waits_for != WaitsFor.TIME_STAMP or letter.state != State.PRELIMINARY:
            return False
        try:
            gate.require(letter)
        except gate.Incomplete as problem:
            return _hold(letter, problem)
        _formal(letter, finished, annex, MACHINE)
    return True


def _hold(letter: OpinionLetter, problem: Problem) -> bool:
    """What is in the way stands on the letter; it is tried again later. Returns False."""
    letter.problem, letter.next_try_at = problem.detail[:500], clock.now() + RETRY_AFTER[-1]
    letter.save(update_fields=["problem", "next_try_at"])
    changed(letter)
    return False


def _formal(letter: OpinionLetter, signed: bytes, annex: bytes | None, by: Person) -> OpinionLetter:
    """The signed and stamped letter goes to the bureau; the version before it is over."""
    now = clock.now()
    files = [_file(letter, Kind.PAPER, signed)] + ([_file(letter, Kind.ANNEX, annex)] if annex else [])
    letter.save(update_fields=["signed_by"])
    move(letter, "formalise", by=by, formal_at=now, waits_for="", problem="", next_try_at=None)
    seal_log.append(
        "opinion.formal",
        letter.pk,
        {
            "number": letter.number,
            "facts_sha256": letter.facts_sha256,
            "files": [{"kind": file.kind, "sha256": file.sha256, "sm3": file.sm3} for file in files],
        },
    )
    register.write(letter)
    attachments = [attachment(file) for file in files]
    for holder in letter.holders.all():
        to_matter(
            organisation_id=letter.organisation_id,
            province_code=holder.province_code,
            thread=holder.thread,
            message=CertificateV1(
                request_id=holder.request_id, paper=building.paper_of(letter), who=by.display_name, at=now
            ),
            by=by,
            attachments=attachments,
        )
    if letter.supersedes_id:
        supersede(letter, by=by)
    _answer_notice(letter, by, now)
    note(letter, "letter_formal", by.display_name)
    return letter


def _answer_notice(letter: OpinionLetter, by: Person, now: datetime) -> None:
    notice = letter.notice
    if notice is None or notice.state not in Notice.MOVES["answer"][0]:
        return
    move(notice, "answer", by=by)
    to_matter(
        organisation_id=letter.organisation_id,
        province_code=notice.province_code,
        thread=notice.thread,
        message=NoticeAnsweredV1(
            notice_id=notice.notice_id,
            step="answered",
            letter_id=letter.pk,
            opinion_no=letter.number,
            who=by.display_name,
            at=now,
        ),
        by=by,
        in_reply_to=notice.letter_id,
    )


# Files ----------------------------------------------------------------------------------------------------------------


def _file(letter: OpinionLetter, kind: str, data: bytes) -> LetterFile:
    key = make_key(f"org-{letter.organisation_id}", "paper")
    kept = store().put(key, io.BytesIO(data), "application/pdf")
    return LetterFile.objects.create(
        letter=letter,
        kind=kind,
        object_key=key,
        media_type="application/pdf",
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        sm3=kept.sm3,
        made_at=clock.now(),
    )


def read(file: LetterFile) -> bytes:
    """The bytes of a letter's file, compared with the digest it was stored under. Raises StoredDiffers."""
    with store().open(file.object_key, sha256=file.sha256) as stream:
        return stream.read()


_WHAT = {Kind.PAPER: "opinion_letter", Kind.ANNEX: "sealed_annex", Kind.SCAN: "scan_of_original"}


def attachment(file: LetterFile) -> Attachment:
    """A file of a letter as letters carry it."""
    return Attachment(
        object_key=file.object_key,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        sm3=file.sm3,
        what=_WHAT[Kind(file.kind)],
    )


def _note_problem(letter: OpinionLetter, problem: Problem, by: Person) -> None:
    with transaction.atomic():
        row = selectors.any_letter(letter.pk, lock=True)
        if row.state == State.PRELIMINARY:
            row.problem = problem.detail[:500]
            row.save(update_fields=["problem"])
            trail.record(row, "sign_refused", by=by, why=problem.detail, data={"code": problem.code})
            changed(row)


def _company(organisation: Organisation) -> paper.Organisation:
    return paper.Organisation(organisation.name, organisation.uscc)


def box() -> MultiFernet:
    """What seals and opens signers' certificates."""
    return sealing.box(salt=b"chazhenjia signing certificate")


def _seal(pkcs12: bytes, passphrase: str) -> bytes:
    said = {"pkcs12": base64.b64encode(pkcs12).decode(), "passphrase": passphrase}
    return box().encrypt(json.dumps(said).encode())


def _unseal(sealed: bytes) -> tuple[bytes, str]:
    said = json.loads(box().decrypt(sealed))
    return base64.b64decode(said["pkcs12"]), said["passphrase"]
