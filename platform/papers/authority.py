"""The development authority: certificates for signers and time-stamps, made once and kept in var/keys.

It lets everybody try electronic signatures on the day of installation. It vouches for nobody: its names say so, and so
does every page and paper that shows what it signed. Where SIGNING_CERTIFICATES names real authorities, it no longer
counts.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from kernel import clock

NAME = "查真假演示签发机构 (demo)"
STAMPER_NAME = "查真假演示时间戳 (demo)"
_YEARS = timedelta(days=3650)
_EARLIER = timedelta(days=2 * 366)  # the sample story signs papers of days gone by
_LIST_TERM = timedelta(days=7)
_KEY_BITS = 2048
_ORDER = ("root", "issuer", "stamper")


@dataclass(frozen=True)
class Member:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


@dataclass(frozen=True)
class Issued:
    """A signer's key and chain as PKCS #12, with the passphrase that opens it."""

    pkcs12: bytes
    passphrase: str
    certificate: x509.Certificate


def member(name: str) -> Member:
    """`root`, `issuer` or `stamper`. Made at the first call."""
    path = _folder() / "paper_authority.pem"
    return _read(str(path), _made(path))[name]


def certificates() -> tuple[x509.Certificate, x509.Certificate]:
    """Root and issuer. A stranger who checks a demonstration trusts the root alone."""
    return member("root").certificate, member("issuer").certificate


def pem() -> bytes:
    """The root, PEM."""
    return member("root").certificate.public_bytes(serialization.Encoding.PEM)


def is_ours(certificate: x509.Certificate) -> bool:
    """Whether this was signed by the development authority."""
    return any(certificate.issuer == each.subject for each in certificates())


def issue(
    *,
    name: str,
    organisation: str,
    uscc: str,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    passphrase: str = "",
) -> Issued:
    """A certificate for one signer of one organisation, with a new key.

    uscc: 统一社会信用代码, stands in the subject as organizationIdentifier.
    """
    issuer = member("issuer")
    key = _new_key()
    moment = datetime.now(UTC)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, uscc),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        ]
    )
    certificate = (
        _certificate(
            subject, issuer.certificate.subject, key, valid_from or moment - _EARLIER, valid_until or moment + _YEARS
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(_points("issuer"), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    words = passphrase or secrets.token_urlsafe(18)
    packed = pkcs12.serialize_key_and_certificates(
        name.encode(), key, certificate, list(certificates()), serialization.BestAvailableEncryption(words.encode())
    )
    return Issued(packed, words, certificate)


def revoke(certificate: x509.Certificate) -> None:
    """From now on the list of the issuer names this certificate."""
    with _revoked_file().open("a", encoding="ascii") as lines:
        lines.write(f"{certificate.serial_number:x} {int(clock.now().timestamp())}\n")


def revocation_list(name: str) -> bytes:
    """The list (CRL, DER) of `root` or `issuer` as of this hour."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    kept = _revoked_file()
    lines = kept.read_text(encoding="ascii") if kept.exists() else ""
    return _list(name, hour, lines if name == "issuer" else "", str(_folder()))


def revocation_lists() -> list[bytes]:
    """All of them."""
    return [revocation_list("root"), revocation_list("issuer")]


@lru_cache(maxsize=16)
def _list(name: str, hour: datetime, lines: str, _of: str) -> bytes:
    signer = member(name)
    naive = hour.replace(tzinfo=None)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signer.certificate.subject)
        .last_update(naive)
        .next_update(naive + _LIST_TERM)
        .add_extension(x509.CRLNumber(int(hour.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
    )
    for line in lines.splitlines():
        serial, at = line.split()
        when = datetime.fromtimestamp(int(at), UTC).replace(tzinfo=None)
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(when).build()
        )
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


# Kept on disk ---------------------------------------------------------------------------------------------------------


def _folder() -> Path:
    folder: Path = settings.VAR_DIR / "keys"
    return folder


def _revoked_file() -> Path:
    return _folder() / "paper_authority.revoked"


def _made(path: Path) -> int:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(_new())
        try:
            os.link(draft, path)  # atomic: of several processes that start together, one wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.stat().st_mtime_ns


@lru_cache(maxsize=4)
def _read(path: str, _changed_ns: int) -> dict[str, Member]:
    content = Path(path).read_bytes()
    end = b"-----END PRIVATE KEY-----\n"
    keys = [part + end for part in content.split(end)[: len(_ORDER)]]
    members = {}
    for name, text, certificate in zip(_ORDER, keys, x509.load_pem_x509_certificates(content), strict=True):
        key = serialization.load_pem_private_key(text, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        members[name] = Member(certificate, key)
    return members


def _new() -> bytes:
    root_key, issuer_key, stamper_key = _new_key(), _new_key(), _new_key()
    root_name, issuer_name = _name(f"{NAME} root"), _name(NAME)
    moment = datetime.now(UTC)
    term = (moment - _EARLIER, moment + _YEARS)
    root = (
        _certificate(root_name, root_name, root_key, *term)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    of_root = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    issuer = (
        _certificate(issuer_name, root_name, issuer_key, *term)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(_points("root"), critical=False)
        .add_extension(of_root, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    stamper = (
        _certificate(_name(STAMPER_NAME), root_name, stamper_key, *term)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(_points("root"), critical=False)
        .add_extension(of_root, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    secret = b"".join(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for key in (root_key, issuer_key, stamper_key)
    )
    return secret + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (root, issuer, stamper))


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _points(name: str) -> x509.CRLDistributionPoints:
    address = f"{settings.SCHEME}://{settings.DOMAIN}/check/authority/{name}.crl"
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)]
    )


def _usage(*purposes: str) -> x509.KeyUsage:
    known: Sequence[str] = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{each: each in purposes for each in known})
