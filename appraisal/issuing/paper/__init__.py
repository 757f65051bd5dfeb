"""The paper itself: typeset, signed, checked.

    pdf = typeset(facts)
    check(credential, organisation)                      # CertificateRefused
    signed = sign(pdf, credential, organisation)         # CertificateRefused, TimestampUnavailable
    waiting = sign(pdf, credential, organisation, stamped=False)
    signed = finish(waiting)                             # TimestampUnavailable; needs nobody's key
    report = verify(signed)                              # never raises

A credential comes from `from_pkcs12` or `from_pkcs11`; `papers.authority.issue` makes one for demonstrations.
"""

from typing import Any

from appraisal.issuing.paper.typesetting import typeset, typeset_annex

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


def __getattr__(name: str) -> Any:
    """What signs and what checks: a second's load, which most processes never need."""
    if name not in __all__:
        raise AttributeError(name)
    from papers import checking, pades

    return getattr(checking if name in ("Report", "verify") else pades, name)
