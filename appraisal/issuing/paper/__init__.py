"""The paper itself: typeset, signed, checked.

    pdf = typeset(facts)
    check(credential, organisation)                      # CertificateRefused
    signed = sign(pdf, credential, organisation)         # CertificateRefused, TimestampUnavailable
    waiting = sign(pdf, credential, organisation, stamped=False)
    signed = finish(waiting)                             # TimestampUnavailable; needs nobody's key
    report = verify(signed)                              # never raises

A credential comes from `from_pkcs12` or `from_pkcs11`; `papers.authority.issue` makes one for demonstrations.
"""

from appraisal.issuing.paper.typesetting import typeset, typeset_annex
from papers.checking import Report, verify
from papers.pades import (
    CertificateRefused,
    Credential,
    Organisation,
    TimestampUnavailable,
    check,
    finish,
    from_pkcs11,
    from_pkcs12,
    sign,
)

__all__ = [
    "CertificateRefused",
    "Credential",
    "Organisation",
    "Report",
    "TimestampUnavailable",
    "check",
    "finish",
    "from_pkcs11",
    "from_pkcs12",
    "sign",
    "typeset",
    "typeset_annex",
    "verify",
]
