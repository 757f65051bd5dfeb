"""Time-stamps (RFC 3161) of heads: asked of the authority at `TSA_URL`, kept whole, verified before they count.

Without an authority the installation stamps by itself, with a key of its own. That proves nothing to anybody outside,
and is called 演示时间戳 wherever it is shown.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import urllib.parse
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.db import transaction
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from audit.models import HeadStamp
from audit.move import move
from audit.trail import Actor
from gateway import outbound
from kernel import clock

logger = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
TIMEOUT_S = 10
MAX_ANSWER_BYTES = 200_000
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
DEMO_NAME = "查真假演示时间戳 (demo)"
_CA_DAYS = 3650


class NoStamp(Exception):
    """The authority gave no time-stamp that counts; the message says why, for operators."""


def finish_waiting(name: str) -> int:
    """Ask for the time-stamps that one log's heads still wait for. Returns how many came.

    Whatever goes wrong is written down and tried again later; the head stands meanwhile.
    """
    came = 0
    waiting = HeadStamp.objects.filter(
        head__log=name, state=HeadStamp.State.WAITING, next_try_at__lte=clock.now()
    ).select_related("head")
    for stamp in waiting.order_by("head__size"):
        try:
            response, authority = ask(stamp.head.body.encode())
            at = verified_at(response, stamp.head.body.encode(), is_demo=not settings.TSA_URL)
        except NoStamp as error:
            pause = BACK_OFF[min(stamp.tries, len(BACK_OFF) - 1)]
            logger.warning("no time-stamp for head %s: %s", stamp.head_id, error)
            HeadStamp.objects.filter(pk=stamp.pk).update(
                tries=stamp.tries + 1, next_try_at=clock.now() + pause, problem=str(error)[:200]
            )
            continue
        with transaction.atomic():
            move(
                stamp,
                "stamp",
                by=MACHINE,
                authority=authority[:200],
                is_demo=not settings.TSA_URL,
                response=response,
                stamped_at=at,
                problem="",
            )
        came += 1
    return came


def ask(data: bytes) -> tuple[bytes, str]:
    """The authority's answer for `data` (DER), and its name. Raises NoStamp."""
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    if not settings.TSA_URL:
        return _demo_answer(request.as_bytes()), DEMO_NAME
    answer = _post(settings.TSA_URL, request.as_bytes())
    try:
        decoded = decode_timestamp_response(answer)
        if decoded.status in (0, 1) and decoded.tst_info.nonce != request.nonce:
            raise NoStamp("the answer is to another question (nonce)")
    except ValueError as error:
        raise NoStamp(f"the answer cannot be read: {error}") from error
    return answer, urllib.parse.urlsplit(settings.TSA_URL).netloc


def verified_at(response: bytes, data: bytes, *, is_demo: bool) -> datetime:
    """When the authority says that it saw `data`. Raises NoStamp unless the answer is a right one of a trusted one."""
    roots = [_demo_authority()[0]] if is_demo else _trusted(settings.TSA_CERTIFICATES)
    try:
        answer = decode_timestamp_response(response)
        builder = VerifierBuilder()
        for certificate in roots:
            builder = builder.add_root_certificate(certificate)
        builder.build().verify(answer, hashlib.sha256(data).digest())
    except (VerificationError, ValueError) as error:
        raise NoStamp(str(error)) from error
    return answer.tst_info.gen_time.astimezone(UTC)


def certificates(*, is_demo: bool) -> bytes:
    """The certificates that a time-stamp is verified with, PEM: what a stranger gives to `openssl ts -CAfile`.

    Empty where nobody has said whose time-stamps count.
    """
    try:
        roots = list(_demo_authority()[:2]) if is_demo else _trusted(settings.TSA_CERTIFICATES)
    except NoStamp:
        return b""
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in roots)


def ask_raw(request: bytes) -> bytes:
    """The answer of the authority at TSA_URL to a request made elsewhere (both DER). Raises NoStamp."""
    return _post(settings.TSA_URL, request)


def trusted() -> list[x509.Certificate]:
    """The certificates whose time-stamps count, as TSA_CERTIFICATES names them. Raises NoStamp."""
    return _trusted(settings.TSA_CERTIFICATES)


def _post(url: str, body: bytes) -> bytes:
    try:
        answer = outbound.send(
            "POST",
            url,
            body=body,
            headers={"Content-Type": "application/timestamp-query"},
            read_s=TIMEOUT_S,
            longest_bytes=MAX_ANSWER_BYTES,
            plain=True,  # the answer is signed
        )
    except outbound.OutboundRefused as error:
        raise NoStamp("the authority's address is refused: name its network in OUTBOUND_NETWORKS") from error
    except outbound.OutboundFailed as error:
        raise NoStamp(f"the authority does not answer: {error.data['why']}") from error
    if answer.status != 200:
        raise NoStamp(f"the authority answers {answer.status}")
    return answer.content


def _trusted(path: str) -> list[x509.Certificate]:
    if not path:
        raise NoStamp("TSA_URL is set and TSA_CERTIFICATES is not: nothing says whose time-stamps count")
    try:
        return _certificates(path, Path(path).stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise NoStamp(f"TSA_CERTIFICATES cannot be read: {error}") from error


@lru_cache(maxsize=4)
def _certificates(path: str, _changed_ns: int) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(Path(path).read_bytes())


# Our own, for demonstration -------------------------------------------------------------------------------------------


def _demo_answer(request: bytes) -> bytes:
    from asn1crypto import keys, tsp
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    root, certificate, secret = _demo_authority()
    embedded: Any = [asn1_x509.Certificate.load(_der(root))]  # any collection of certificates does
    stamper = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(_der(certificate)),
        tsa_key=keys.PrivateKeyInfo.load(secret),
        certs_to_embed=embedded,
        fixed_dt=clock.now().replace(microsecond=0),
    )
    answer: Any = stamper.request_tsa_response(tsp.TimeStampReq.load(request))
    return bytes(answer.dump())


def _demo_authority() -> tuple[x509.Certificate, x509.Certificate, bytes]:
    """Root, signing certificate, and the signer's key (PKCS #8, DER). Made once, kept in var/keys."""
    path = settings.VAR_DIR / "keys" / "demo_tsa.pem"
    return _read_demo(str(path), _made(path))


def _made(path: Path) -> int:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(_new_demo_authority())
        try:
            os.link(draft, path)  # atomic: of several processes that start together, one wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.stat().st_mtime_ns


@lru_cache(maxsize=2)
def _read_demo(path: str, _changed_ns: int) -> tuple[x509.Certificate, x509.Certificate, bytes]:
    content = Path(path).read_bytes()
    root, certificate = x509.load_pem_x509_certificates(content)
    secret = serialization.load_pem_private_key(content[: content.index(b"-----BEGIN CERTIFICATE")], None)
    return (
        root,
        certificate,
        secret.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _new_demo_authority() -> bytes:
    root_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root_name = _name(f"{DEMO_NAME} root")
    root = (
        _certificate(root_name, root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    certificate = (
        _certificate(_name(DEMO_NAME), root_name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (root, certificate))


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _certificate(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey) -> x509.CertificateBuilder:
    moment = datetime.now(UTC)  # of this machine: what is stamped later must lie in its term
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=2 * 366))  # the sample story stamps heads of days gone by
        .not_valid_after(moment + timedelta(days=_CA_DAYS))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)
