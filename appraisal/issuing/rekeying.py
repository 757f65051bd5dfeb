"""The master key changes: signers' certificates are sealed anew, and letters found under the new key.

The codes that are printed on papers stay: only the register's index changes. Found by name, see `operations.parts`.
"""

from __future__ import annotations

from appraisal.issuing import register
from appraisal.issuing.models import Certificate, OpinionLetter, SigningCertificate
from appraisal.issuing.services.signing import box
from kernel.sealing import reseal as reseal_rows
from provinces.context import required


def reseal() -> int:
    """Those of all organisations, at the brands host. Returns how many."""
    if required().kind != "brands":
        return 0
    count = reseal_rows(SigningCertificate.objects.all(), "sealed", box)
    letters = OpinionLetter.objects.filter(pk__in=Certificate.objects.values("letter_id"))
    for pk, number, code in letters.values_list("pk", "number", "check_code").iterator(chunk_size=1000):
        wanted = register.lookup(number, code)
        count += Certificate.objects.filter(letter_id=pk).exclude(lookup=wanted).update(lookup=wanted)
    return count
