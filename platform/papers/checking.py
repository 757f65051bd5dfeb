"""Is this signed paper what its signer made? Reads the file alone: no key, no network, no database.

What is looked at, from the outside in: the last signature or time-stamp covers the file to its last byte; its container
is written in the one way there is to write it; each signature is right; every certificate leads to a trusted one by
what the file carries. So any changed byte shows, and so does anything that was put behind.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from kernel import clock
from papers import authority, trust
from papers.pades import FIELD, STAMP_FIELD, Organisation, subject_words

logger = logging.getLogger(__name__)
_LARGEST_BYTES = 30_000_000
_DEEPEST = 24
_NO_PARAMETERS = {b"", b"\x05\x00"}
_USES = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})


@dataclass(frozen=True)
class Report:
    """What a signed paper shows by itself.

    signed: it carries a signature. intact: what was signed is unchanged and nothing follows it. later: something was
    added behind what was signed. trusted: every certificate leads to an authority that counts here, and was in force.
    stamped_at: when the time-stamp authority saw it; None while it waits for that. level: B-LTA, B-B.
    certificate_no: serial number, hexadecimal. problem: why not, in the words of the library, for operators.
    """

    signed: bool = False
    intact: bool = False
    later: bool = False
    trusted: bool = False
    is_demo: bool = False
    level: str = ""
    signer: str = ""
    organisation: Organisation = Organisation("", "")
    certificate_no: str = ""
    stamped_at: datetime | None = None
    problem: str = ""

    @property
    def sound(self) -> bool:
        """Nothing is wrong with it. That a time-stamp is still waited for is told by `level`."""
        return self.signed and self.intact and self.trusted and not self.later


def verify(pdf: bytes) -> Report:
    """Look at a file of unknown origin. Never raises for what is in it."""
    if len(pdf) > _LARGEST_BYTES:
        return Report(problem="the file is too long")
    quiet = logging.getLogger("pyhanko"), logging.getLogger("pyhanko_certvalidator")
    levels = [each.level for each in quiet]
    for each in quiet:
        each.setLevel(logging.CRITICAL)  # a broken file is no trouble of ours
    try:
        return _look(pdf)
    except Exception as error:  # a file of unknown origin makes a parser raise whatever there is
        return Report(problem=f"{type(error).__name__}: {error}"[:300], signed=b"/ByteRange" in pdf)
    finally:
        for each, level in zip(quiet, levels, strict=True):
            each.setLevel(level)


def _look(pdf: bytes) -> Report:
    reader = PdfFileReader(io.BytesIO(pdf))
    found = {each.field_name: each for each in reader.embedded_signatures}
    signature, stamp = found.get(FIELD), found.get(STAMP_FIELD)
    if signature is None:
        return Report(problem="no signature")
    said = _said_by(signature)
    last = stamp or signature
    outer = _covers_all(pdf, last) and not set(found) - {FIELD, STAMP_FIELD}
    revisions = reader.xrefs.total_revisions
    expected = signature.signed_revision + (1 if stamp else 0)
    if not outer or revisions - 1 != expected:
        changed = not _covers_all(pdf, signature) and stamp is None
        return Report(**said, later=len(pdf) > _end(last) or changed, problem="something follows what was signed")
    if not all(_says_so(each) for each in found.values()) or not _one_way(pdf, last, _known(reader)):
        return Report(**said, problem="what was signed is not what is there")
    if stamp is None:
        return _waiting(reader, signature, said)
    result = asyncio.run(ades_lta_validation(signature, _rules(reader), ValidationTimingInfo.now()))
    status: Any = result.api_status
    intact = bool(status and status.intact and status.valid and status.docmdp_ok is not False)
    stamped_at = result.oldest_evidence_record_timestamp
    trusted = intact and stamped_at is not None and result.ades_subindic == AdESPassed.OK
    problem = "" if trusted else str(result.ades_subindic)
    return Report(**said, intact=intact, trusted=trusted, level="B-LTA", stamped_at=stamped_at, problem=problem)


def _waiting(reader: PdfFileReader, signature: EmbeddedPdfSignature, said: dict[str, Any]) -> Report:
    """Signed, and without a time-stamp yet: looked at as of now, by the lists it carries."""
    store = DocumentSecurityStore.read_dss(reader)
    context = store.as_validation_context(
        {
            "trust_roots": [trust.asn1(each) for each in trust.store().roots],
            "moment": clock.now(),
            "allow_fetching": False,
            "revocation_mode": "hard-fail",
        }
    )
    status = validate_pdf_signature(signature, context, key_usage_settings=_USES)
    intact = bool(status.intact and status.valid and status.docmdp_ok is not False)
    trusted = intact and status.trusted
    return Report(**said, intact=intact, trusted=trusted, level="B-B", problem="" if trusted else status.summary())


def _said_by(signature: EmbeddedPdfSignature) -> dict[str, Any]:
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    return {
        "signed": True,
        "signer": subject_words(certificate, NameOID.COMMON_NAME),
        "organisation": Organisation(
            subject_words(certificate, NameOID.ORGANIZATION_NAME),
            subject_words(certificate, NameOID.ORGANIZATION_IDENTIFIER),
        ),
        "certificate_no": f"{certificate.serial_number:x}",
        "is_demo": authority.is_ours(certificate),
    }


def _rules(reader: PdfFileReader) -> PdfSignatureValidationSpec:
    store = trust.store()
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=_policy(store.roots),
            ts_cert_validation_policy=_policy(store.stamp_roots),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
                certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
            ),
            key_usage_settings=_USES,
            local_knowledge=LocalKnowledge(
                known_certs=[
                    *DocumentSecurityStore.read_dss(reader).load_certs(),
                    *(trust.asn1(each) for each in store.others),
                ]
            ),
        )
    )


def _known(reader: PdfFileReader) -> list[x509.Certificate]:
    """What the file carries under its signatures, and what is trusted here."""
    store = trust.store()
    carried = DocumentSecurityStore.read_dss(reader).load_certs()
    return [
        *(x509.load_der_x509_certificate(each.dump()) for each in carried),
        *store.roots, *store.stamp_roots, *store.others,
    ]  # fmt: skip


def _policy(roots: tuple[x509.Certificate, ...]) -> CertValidationPolicySpec:
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[trust.asn1(each) for each in roots]),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("hard-fail")),
    )


def _end(signature: EmbeddedPdfSignature) -> int:
    return int(signature.byte_range[2]) + int(signature.byte_range[3])


def _covers_all(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """From the first byte to the last, but for the place of its own container."""
    ranges = [int(each) for each in signature.byte_range]
    return len(ranges) == 4 and ranges[0] == 0 and _end(signature) == len(pdf)


def _says_so(signature: EmbeddedPdfSignature) -> bool:
    """Whether the digest in the container is that of the bytes it covers: before any chain is built."""
    digest = signature.compute_digest()
    content = signature.signed_data["encap_content_info"]
    if content["content_type"].native == "tst_info":
        return bool(content["content"].parsed["message_imprint"]["hashed_message"].native == digest)
    return bool(find_unique_cms_attribute(signature.signer_info["signed_attrs"], "message_digest").native == digest)


def _one_way(pdf: bytes, signature: EmbeddedPdfSignature, known: Iterable[x509.Certificate]) -> bool:
    """The container stands in its gap as it was written: hexadecimal capitals, DER, zeros to the end.

    The gap is the one place that no signature covers, so whatever could be written there otherwise is refused.
    """
    _start, length, after, _rest = (int(each) for each in signature.byte_range)
    content = signature.pkcs7_content
    if pdf[length:after] != b"<" + content.hex().upper().encode() + b">":
        return False
    end = _der_end(content, 0, 0)
    return end > 0 and not content[end:].strip(b"\0") and _plain(signature.signed_data, known)


def _der_end(data: bytes, start: int, depth: int) -> int:
    """Where the value at `start` ends; 0 unless it and all in it are written with the shortest lengths."""
    # Nothing is of type 0: two zeros of the filling behind would else pass for a value, and lengths could say more.
    if depth > _DEEPEST or start + 2 > len(data) or data[start] & 0x1F == 0x1F or data[start] == 0:
        return 0
    size, at = data[start + 1], start + 2
    if size == 0x80 or size > 0x84:
        return 0
    if size > 0x80:
        digits = data[at : at + size - 0x80]
        at, size = at + len(digits), int.from_bytes(digits)
        if size < 0x80 or digits[:1] == b"\0":
            return 0
    end = at + size
    if end > len(data):
        return 0
    while data[start] & 0x20 and at < end:
        at = _der_end(data, at, depth + 1)
        if not 0 < at <= end:
            return 0
    return end


def _plain(data: cms.SignedData, known: Iterable[x509.Certificate]) -> bool:
    """What in the container no signature covers says nothing beyond what is covered, and each certificate is whole."""
    signers = data["signer_infos"]
    plain = data["encap_content_info"]["content_type"].native == "data"
    if len(signers) != 1 or data["crls"] or data["version"].native != ("v1" if plain else "v3"):  # RFC 5652, 5.1
        return False
    signer = signers[0]
    used = signer["digest_algorithm"]
    return (
        signer["version"].native == "v1"
        and _names_its_signer(signer["sid"], data["certificates"])
        and [each.dump() for each in data["digest_algorithms"]] == [used.dump()]
        and used["parameters"].dump() in _NO_PARAMETERS
        and (
            signer["signature_algorithm"].signature_algo == "rsassa_pss"
            or signer["signature_algorithm"]["parameters"].dump() in _NO_PARAMETERS
        )
        and _whole(data["certificates"], known)
    )


def _names_its_signer(sid: cms.SignerIdentifier, certificates: Iterable[Any]) -> bool:
    """By the very bytes of a certificate that is here: names compare without regard to case and spaces."""
    return sid.name == "issuer_and_serial_number" and any(
        sid.chosen["issuer"].dump() == each.chosen.issuer.dump()
        and sid.chosen["serial_number"].native == each.chosen.serial_number
        for each in certificates
    )


def _whole(certificates: Iterable[Any], known: Iterable[x509.Certificate]) -> bool:
    """Each certificate is one that is known, or was signed by one that is here or known."""
    here = [x509.load_der_x509_certificate(each.chosen.dump()) for each in certificates]
    return all(any(each == other or trust.issued(each, other) for other in [*known, *here]) for each in here)
