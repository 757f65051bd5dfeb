"""Electronic signatures on papers: PAdES with an RFC 3161 time-stamp and everything a later check needs.

`sign` makes level B-LTA: the signature with its time-stamp, certificates and revocation lists in one revision, and a
document time-stamp over all of it. Without `stamped` (the authority is down) it makes level B-B with the same lists;
`finish` adds both time-stamps when the authority is back, and needs nobody's key. Whether a signed paper is right is
told by `papers.checking`, which knows no key and asks nobody.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from asn1crypto import cms, keys, tsp
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError, simple_cms_attribute
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore

from audit import stamps
from kernel import clock
from kernel.errors import BadInput, Unavailable
from papers import authority, trust

T = TypeVar("T")
FIELD, STAMP_FIELD = "Signature", "Timestamp"
_ROOM_BYTES = 48_000
"""Hexadecimal digits kept free for the container of a paper that waits for its time-stamp."""
_USES = {"digital_signature", "non_repudiation"}


class CertificateRefused(BadInput):
    """The certificate may not sign this paper. The code says why; nothing was signed."""

    code = "certificate_refused"
    title = _("证书不能用")
    sentence = _("这张证书不能用来签名。请换一张有效的证书。")


class TimestampUnavailable(Unavailable):
    """The time-stamp authority gave none. Nothing was signed."""

    code = "timestamp_unavailable"
    sentence = _("时间戳服务暂时没有回应，文书还没有盖上时间戳。请稍后再试；系统也会自动补办。")


@dataclass(frozen=True)
class Organisation:
    """For whom a paper is signed: its registered name and 统一社会信用代码."""

    name: str
    uscc: str


@dataclass(frozen=True)
class Credential:
    """A signer's certificate and whatever makes signatures with its key."""

    signer: Signer
    certificate: x509.Certificate

    @property
    def name(self) -> str:
        return subject_words(self.certificate, NameOID.COMMON_NAME)

    @property
    def organisation(self) -> Organisation:
        return Organisation(
            subject_words(self.certificate, NameOID.ORGANIZATION_NAME),
            subject_words(self.certificate, NameOID.ORGANIZATION_IDENTIFIER),
        )

    @property
    def serial(self) -> str:
        return f"{self.certificate.serial_number:x}"

    @property
    def is_demo(self) -> bool:
        return authority.is_ours(self.certificate)


def subject_words(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    """What the subject says under this name, empty if nothing."""
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


# Keys -----------------------------------------------------------------------------------------------------------------


def from_pkcs12(data: bytes, passphrase: str) -> Credential:
    """Open a PKCS #12 file. Raises CertificateRefused (certificate_unreadable)."""
    try:
        signer = SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        signer = None
    if signer is None or signer.signing_cert is None:
        raise CertificateRefused(
            _("证书文件打不开：不是 PKCS#12 文件（.p12、.pfx），或者口令不对。请核对后重新上传。"),
            code="certificate_unreadable",
        )
    return _credential(signer)


def from_pkcs11(*, library: str, token: str, pin: str, certificate: str, key: str = "") -> Credential:
    """A key that stays in its device (UKey, HSM). library: path of the maker's driver.

    Raises Unavailable (pkcs11_missing, pkcs11_failed). Close nothing: the session ends with the process.
    """
    try:
        import pkcs11
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError as error:
        raise Unavailable(
            _("服务器没有安装 PKCS#11 组件，不能使用密码设备。请管理员安装 python-pkcs11，或改用 PKCS#12 证书文件。"),
            code="pkcs11_missing",
        ) from error
    try:
        session = open_pkcs11_session(library, token_label=token, user_pin=pin)
        signer = PKCS11Signer(session, cert_label=certificate, key_label=key or certificate)
        return _credential(signer)
    except (pkcs11.PKCS11Error, SigningError, OSError, RuntimeError) as error:
        raise Unavailable(
            _("密码设备没有回应，或者里面没有这张证书。请检查设备、口令和证书名称后再试。"), code="pkcs11_failed"
        ) from error


def _credential(signer: Signer) -> Credential:
    assert signer.signing_cert is not None
    return Credential(signer, x509.load_der_x509_certificate(signer.signing_cert.dump()))


# May this certificate sign? -------------------------------------------------------------------------------------------


def check(credential: Credential, organisation: Organisation) -> None:
    """Raise CertificateRefused unless it may sign for this organisation now: in force, not revoked, trusted, theirs.

    Codes: certificate_expired, certificate_not_yet_valid, certificate_revoked, certificate_untrusted,
    certificate_wrong_use, certificate_of_another. Raises Unavailable (revocation_unknown) where nobody tells.
    """
    _of_this_organisation(credential, organisation)
    store = trust.store(credential.certificate, online=True)
    context = _context(store, store.roots)
    validator = CertificateValidator(
        trust.asn1(credential.certificate), intermediate_certs=_registry(credential), validation_context=context
    )
    try:
        asyncio.run(validator.async_validate_usage(_USES))
    except (PathError, ValidationError) as error:
        raise _refusal(error, credential) from error


def _of_this_organisation(credential: Credential, organisation: Organisation) -> None:
    theirs = credential.organisation
    code = theirs.uscc[-18:].upper()
    if (code and code == organisation.uscc.upper()) or (not code and theirs.name == organisation.name):
        return
    raise CertificateRefused(
        _("证书属于“{theirs}”，不属于出具单位“{ours}”。请使用本单位的证书。"),
        code="certificate_of_another",
        theirs=theirs.name or credential.name,
        ours=organisation.name,
    )


def _refusal(error: Exception, credential: Credential) -> CertificateRefused | Unavailable:
    certificate = credential.certificate
    if isinstance(error, RevokedError):
        return CertificateRefused(
            _("证书已于 {day} 被签发机构吊销。请向签发机构重新申领。"),
            code="certificate_revoked",
            day=clock.local_date(error.revocation_dt).isoformat(),
        )
    if isinstance(error, ExpiredError):
        return CertificateRefused(
            _("证书已于 {day} 到期。请续期后重新上传。"),
            code="certificate_expired",
            day=clock.local_date(certificate.not_valid_after_utc).isoformat(),
        )
    if isinstance(error, NotYetValidError):
        return CertificateRefused(
            _("证书从 {day} 起才有效。请到期后再签，或换一张有效的证书。"),
            code="certificate_not_yet_valid",
            day=clock.local_date(certificate.not_valid_before_utc).isoformat(),
        )
    if isinstance(error, InsufficientRevinfoError):
        return Unavailable(
            _("暂时查不到证书是否被吊销，没有签名。请稍后再试；一直不行，请联系证书的签发机构。"),
            code="revocation_unknown",
        )
    if isinstance(error, PathBuildingError):
        return CertificateRefused(
            _("证书不是本平台认可的机构签发的。请换用认可机构的证书，或请管理员把该机构加入认可名单。"),
            code="certificate_untrusted",
        )
    return CertificateRefused(
        _("证书不允许用来签署文书（密钥用途不符）。请申领签名证书。"), code="certificate_wrong_use"
    )


# Signing --------------------------------------------------------------------------------------------------------------


def sign(
    pdf: bytes, credential: Credential, organisation: Organisation, *, reason: str = "", stamped: bool = True
) -> bytes:
    """The paper with the signature appended. Raises CertificateRefused, TimestampUnavailable, Unavailable."""
    check(credential, organisation)
    store = trust.store(credential.certificate, online=True)
    signer = _Signer(
        PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            name=credential.name,
            reason=reason or None,
            embed_validation_info=True,
            validation_context=_context(store, (*store.roots, *store.stamp_roots)),
            signer_key_usage=_USES,
            dss_settings=_settings(),
        ),
        signer=credential.signer,
        timestamper=stamper() if stamped else None,
    )
    out = io.BytesIO()
    room = None if stamped else _ROOM_BYTES
    _within(lambda: signer.sign_pdf(_Writer(pdf), output=out, bytes_reserved=room), credential)
    return _archived(out.getvalue(), signer.default_timestamper) if stamped else out.getvalue()


def finish(pdf: bytes) -> bytes:
    """Add the time-stamps to a paper that was signed without. Raises TimestampUnavailable.

    The first goes into the room that was kept in the signature's container, where no byte that was signed changes.
    """
    asked = stamper()
    return _archived(_within(lambda: _with_stamp(pdf, asked), None), asked)


def _archived(pdf: bytes, asked: TimeStamper) -> bytes:
    """With a time-stamp over all of it, and what that one is checked with."""
    store, out = trust.store(online=True), io.BytesIO()
    stamping = PdfTimeStamper(asked, field_name=STAMP_FIELD)
    _within(
        lambda: stamping.timestamp_pdf(
            _Writer(pdf),
            "sha256",
            validation_context=_context(store, store.stamp_roots),
            output=out,
            dss_settings=_settings().get_settings_for_ts(),
        ),
        None,
    )
    return out.getvalue()


class _Writer(IncrementalPdfFileWriter):
    """Appends to a paper and leaves its metadata alone: that it is PDF/A stays word for word as typst wrote it."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__(io.BytesIO(pdf))

    def _update_meta(self) -> None:
        """Nothing is told anew."""


def _with_stamp(pdf: bytes, asked: TimeStamper) -> bytes:
    """The same paper with a time-stamp of the signature among what its container says beside the signature."""
    found = {each.field_name: each for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures}
    if FIELD not in found or STAMP_FIELD in found:
        raise ValueError("this is not a signed paper that waits for its time-stamp")
    _start, length, after, _rest = (int(each) for each in found[FIELD].byte_range)
    container = cms.ContentInfo.load(found[FIELD].pkcs7_content)
    signer = container["content"]["signer_infos"][0]
    digest = hashlib.sha256(signer["signature"].native).digest()
    token = asyncio.run(asked.async_timestamp(digest, "sha256"))
    signer["unsigned_attrs"] = cms.CMSAttributes([simple_cms_attribute("signature_time_stamp_token", token)])
    room = after - length - 2
    digits = container.dump().hex().upper().encode().ljust(room, b"0")
    if len(digits) != room:
        raise TimestampRequestError("the time-stamp is longer than the room that was kept for it")
    return pdf[: length + 1] + digits + pdf[after - 1 :]


class _Signer(PdfSigner):
    """By the clock of this house."""

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = clock.now()
        return session


def _settings() -> DSSContentSettings:
    return DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)


def _within(work: Callable[[], T], credential: Credential | None) -> T:
    """Do it, and say in our words what went wrong."""
    try:
        return work()
    except (TimestampRequestError, OSError, stamps.NoStamp) as error:
        raise TimestampUnavailable() from error
    except (SigningError, PathError, ValidationError) as error:
        cause = error.__cause__ if isinstance(error, SigningError) else error
        if (
            credential is not None
            and isinstance(error, SigningError)
            and isinstance(cause, PathError | ValidationError)
        ):
            raise _refusal(cause, credential) from error
        if isinstance(cause, PathError | ValidationError):
            raise TimestampUnavailable() from error  # a time-stamp that nobody trusts is none
        raise


def _context(store: trust.Store, roots: Iterable[x509.Certificate]) -> ValidationContext:
    return ValidationContext(
        trust_roots=[trust.asn1(each) for each in dict.fromkeys(roots)],
        other_certs=[trust.asn1(each) for each in store.others],
        crls=list(store.lists),
        moment=clock.now(),
        allow_fetching=False,
        revocation_mode="hard-fail",
    )


def _registry(credential: Credential) -> SimpleCertificateStore:
    kept = SimpleCertificateStore()
    kept.register_multiple(credential.signer.cert_registry or ())
    return kept


# Time-stamps ----------------------------------------------------------------------------------------------------------


def stamper() -> TimeStamper:
    """Of the authority at TSA_URL, or of the development authority."""
    if settings.TSA_URL:
        return _Remote()
    ours = authority.member("stamper")
    return _Demo(ours.certificate)


class _Remote(TimeStamper):
    """Asks the authority at TSA_URL, the one that stamps the sealed log as well."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(stamps.ask_raw(req.dump()))


class _Demo(DummyTimeStamper):
    """The development authority's, by the clock of this house."""

    def __init__(self, certificate: x509.Certificate) -> None:
        key = authority.member("stamper").key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        super().__init__(
            tsa_cert=trust.asn1(certificate),
            tsa_key=keys.PrivateKeyInfo.load(key),
            fixed_dt=clock.now().replace(microsecond=0),
        )
