"""Whose signatures and time-stamps on papers count, and what is known about revoked certificates.

SIGNING_CERTIFICATES names a PEM file with the authorities that count; without it the development authority does, and
everything it signed is called a demonstration.
"""

from __future__ import annotations

import logging
import urllib.parse
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit import stamps
from gateway import outbound
from kernel import clock
from papers import authority

logger = logging.getLogger(__name__)
_TIMEOUT_S = 10
_LIST_AT_MOST_BYTES = 10_000_000
_ASK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Store:
    """roots: whose signers count. stamp_roots: whose time-stamps count. others: certificates between. lists: CRLs."""

    roots: tuple[x509.Certificate, ...]
    stamp_roots: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...]
    lists: tuple[bytes, ...]


def is_demonstration() -> bool:
    """Whether signatures of the development authority count here."""
    return not settings.SIGNING_CERTIFICATES


def store(signer: x509.Certificate | None = None, *, online: bool = False) -> Store:
    """What is trusted now. With `online` the revocation lists of the signer's authorities are fetched, for signing.

    A paper that is checked carries its own lists, so checking asks nobody.
    """
    lists: list[bytes] = []
    stamp_roots: list[x509.Certificate] = []
    if is_demonstration():
        root, issuer = authority.certificates()
        roots, others = [root], [issuer]
    else:
        named = _named(settings.SIGNING_CERTIFICATES)
        roots = [each for each in named if each.issuer == each.subject]
        others = [each for each in named if each.issuer != each.subject]
        if online:
            lists += [answer for address in _addresses(signer, named) if (answer := _fetched(address))]
    if settings.TSA_URL:
        stamping = stamps.trusted()
        stamp_roots += [each for each in stamping if each.issuer == each.subject]
        others += [each for each in stamping if each.issuer != each.subject and each not in others]
        if online:
            lists += [answer for each in stamping for address in _points(each) if (answer := _fetched(address))]
    else:
        stamp_roots.append(authority.certificates()[0])
    if online and (is_demonstration() or not settings.TSA_URL):
        lists += authority.revocation_lists()
    return Store(tuple(roots), tuple(stamp_roots), tuple(others), tuple(dict.fromkeys(lists)))


@lru_cache(maxsize=64)
def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate as pyHanko reads it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _named(path: str) -> list[x509.Certificate]:
    try:
        return _read(path, Path(path).stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"SIGNING_CERTIFICATES cannot be read: {error}") from error


@lru_cache(maxsize=4)
def _read(path: str, _changed_ns: int) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(Path(path).read_bytes())


def _addresses(signer: x509.Certificate | None, named: list[x509.Certificate]) -> list[str]:
    """Where the signer's authorities publish their lists; nothing a stranger's certificate names is asked."""
    asked = [*named]
    if signer is not None and any(issued(signer, each) for each in named):
        asked.append(signer)
    return list(dict.fromkeys(address for each in asked for address in _points(each)))


def issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    """Whether one was signed by the other's key."""
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _points(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    names = [name.value for point in points for name in point.full_name or ()]
    return [str(each) for each in names if urllib.parse.urlsplit(str(each)).scheme in {"http", "https"}]


def _fetched(address: str) -> bytes | None:
    return _asked(address, int(clock.now().timestamp() // _ASK_AGAIN.total_seconds()))


@lru_cache(maxsize=64)
def _asked(address: str, _hour: int) -> bytes | None:
    try:
        answer = outbound.send("GET", address, read_s=_TIMEOUT_S, longest_bytes=_LIST_AT_MOST_BYTES, plain=True)
    except (outbound.OutboundRefused, outbound.OutboundFailed) as error:
        logger.warning("no revocation list from %s: %s %s", address, error.code, error.data.get("why", ""))
        return None
    if answer.status != 200:
        logger.warning("no revocation list from %s: it answers %s", address, answer.status)
        return None
    return answer.content
