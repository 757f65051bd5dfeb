"""用印: the printed letter is set and sealed electronically, or waits for the seal on paper; then it leaves.

Setting and signing run outside any transaction, after the one that issued; the sweep finds what was cut short.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from uuid import UUID

from cryptography.fernet import MultiFernet
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from audit import trail
from audit.move import move
from audit.trail import Person
from kernel import clock, sealing
from kernel.errors import BadInput, NotAllowed, Problem, TooLarge
from papers import authority
from papers.trust import is_demonstration
from tenants.correspondence import paper, selectors
from tenants.correspondence.models import LetterFile, OfficialLetter, UnitSeal
from tenants.correspondence.services import sending
from tenants.correspondence.services.steps import MACHINE, State

log = logging.getLogger(__name__)
LARGEST_PKCS12 = 200_000


def seal_and_send(letter_id: UUID, *, by: Person = MACHINE) -> OfficialLetter:
    """Set, seal and send an issued letter. Twice is once; what cannot be done now waits and is said on the page."""
    letter = selectors.any_letter(letter_id)
    if letter.state != State.ISSUED:
        return letter
    printed = _printed(letter)
    if letter.seal == OfficialLetter.Seal.ELECTRONIC and letter.sealed_at is None:
        try:
            sealed = _seal(letter, printed)
        except Problem as problem:
            log.warning("letter %s could not be sealed: %s", letter.pk, problem.code)
            with transaction.atomic():
                OfficialLetter.objects.filter(pk=letter.pk, state=State.ISSUED).update(waiting_code=problem.code[:60])
            return selectors.any_letter(letter_id)
        _keep(letter, sealed, sealed=True)
        OfficialLetter.objects.filter(pk=letter.pk, sealed_at=None).update(sealed_at=clock.now())
    with transaction.atomic():
        letter = selectors.any_letter(letter_id, lock=True)
        if letter.state == State.ISSUED:
            sending.send(letter, by=by)
    return selectors.any_letter(letter_id)


def _printed(letter: OfficialLetter) -> bytes:
    """The PDF without a seal on it: set once."""
    kept = letter.files.filter(format=LetterFile.Format.PDF, sealed=False).first()
    if kept is not None:
        return bytes(kept.data)
    return bytes(_keep(letter, paper.pdf(letter), sealed=False).data)


def _keep(letter: OfficialLetter, data: bytes, *, sealed: bool) -> LetterFile:
    try:
        with transaction.atomic():
            return LetterFile.objects.create(
                letter=letter, format=LetterFile.Format.PDF, sealed=sealed, data=data, size_bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )  # fmt: skip
    except IntegrityError:  # another worker was first
        return LetterFile.objects.get(letter=letter, format=LetterFile.Format.PDF, sealed=sealed)


def _seal(letter: OfficialLetter, printed: bytes) -> bytes:
    from papers import pades  # what signs takes long to load

    row = seal_of(letter.own_unit)
    if row is None:
        raise BadInput(
            _("{unit} 没有电子印章。请管理员登记，或打印盖章后登记扫描件。"), code="unit_seal_missing",
            unit=letter.own_unit.name,
        )  # fmt: skip
    pkcs12, passphrase = _unseal(row.sealed)
    credential = pades.from_pkcs12(pkcs12, passphrase)
    organisation = pades.Organisation(letter.own_unit.name, credential.organisation.uscc[-18:])
    try:
        return pades.sign(printed, credential, organisation, reason=letter.document_no)
    except pades.TimestampUnavailable:
        return pades.sign(printed, credential, organisation, reason=letter.document_no, stamped=False)


# The seals themselves -------------------------------------------------------------------------------------------------


def seal_of(unit: Unit) -> UnitSeal | None:
    """The seal in use. In a demonstration one is made when it is first needed, and says that it is none."""
    held = UnitSeal.objects.filter(unit=unit, state=UnitSeal.State.ACTIVE).first()
    if held is not None and held.valid_until > clock.now():
        return held
    if not is_demonstration() or (held is not None and not held.is_demo):
        return None
    made = authority.issue(name=unit.name, organisation=unit.name, uscc=f"DEMO{unit.pk.hex[-14:].upper()}")
    try:
        with transaction.atomic():
            if held is not None:
                move(held, "retire", by=MACHINE, why="到期")
            return _register(unit, made.pkcs12, made.passphrase, MACHINE)
    except IntegrityError:  # another worker was first
        return UnitSeal.objects.get(unit=unit, state=UnitSeal.State.ACTIVE)


@transaction.atomic
def register(*, by: User, unit_id: UUID, pkcs12: bytes, passphrase: str) -> UnitSeal:
    """Register a unit's certificate. By the system administrator; refused at once if it is unfit.

    Raises NotAllowed, NotFound404, TooLarge, CertificateRefused.
    """
    from accounts.selectors import unit as unit_or_404

    if not by.has_role(Post.Role.BUREAU_ADMIN):
        raise NotAllowed()
    if len(pkcs12) > LARGEST_PKCS12:
        raise TooLarge(_("文件过大，不是证书文件（.p12、.pfx）。请重新选择。"), code="file_too_large")
    unit = unit_or_404(unit_id)
    held = UnitSeal.objects.select_for_update().filter(unit=unit, state=UnitSeal.State.ACTIVE).first()
    if held is not None:
        move(held, "retire", by=by, why="换章")
    return _register(unit, pkcs12, passphrase, by)


def _register(unit: Unit, pkcs12: bytes, passphrase: str, by: Person) -> UnitSeal:
    from papers import pades  # what signs takes long to load

    credential = pades.from_pkcs12(pkcs12, passphrase)
    if credential.organisation.name != unit.name[:64]:
        raise pades.CertificateRefused(
            _("证书属于“{theirs}”，不属于出具单位“{ours}”。请使用本单位的证书。"),
            code="certificate_of_another", theirs=credential.organisation.name, ours=unit.name,
        )  # fmt: skip
    row = UnitSeal.objects.create(
        unit=unit,
        subject=credential.organisation.name[:120],
        serial=credential.serial[:60],
        valid_until=credential.certificate.not_valid_after_utc,
        is_demo=credential.is_demo,
        sealed=box()
        .encrypt(json.dumps({"pkcs12": base64.b64encode(pkcs12).decode(), "passphrase": passphrase}).encode())
        .decode(),
    )
    trail.record(row, "register", by=by, to_state=row.state, data={"serial": row.serial})
    return row


def box() -> MultiFernet:
    """What seals and opens units' certificates."""
    return sealing.box(salt=None, info=b"unit seals")


def _unseal(sealed: str) -> tuple[bytes, str]:
    said = json.loads(box().decrypt(sealed.encode()))
    return base64.b64decode(said["pkcs12"]), said["passphrase"]


def issuing_units() -> list[tuple[Unit, UnitSeal | None]]:
    """Units that issue letters in their own name, each with its seal."""
    seals = {row.unit_id: row for row in UnitSeal.objects.filter(state=UnitSeal.State.ACTIVE)}
    units = Unit.objects.filter(is_active=True).exclude(agency_word="")
    return [(unit, seals.get(unit.pk)) for unit in units]
