"""The two doors to the register: number with code, or the very bytes of the paper."""

from __future__ import annotations

from appraisal.issuing import register
from appraisal.issuing.models import Certificate


def certificate(number: str, code: str) -> Certificate | None:
    """What the register says, None for a wrong pair: an unknown number and a wrong code are one answer."""
    return Certificate.objects.filter(lookup__in=register.lookups(number, code)).first()


def certificate_of_file(sha256: str) -> Certificate | None:
    """The letter whose signed file has this digest. Who can tell the digest holds the file."""
    return Certificate.objects.filter(pdf_sha256=sha256).first() if sha256 else None
