"""Certificates that people sign letters with: whose ends, cannot issue."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from appraisal.issuing.selectors import certificates_ending
from kernel import clock
from watching.health import Check, Finding, figure, good, register, worse

ENDING = figure("czj_signer_certificates_ending", "Certificates of signers that run out within 30 days, or just did")
SOON = timedelta(days=30)


def _signers() -> Finding:
    """One that ended a month ago and was not renewed is no longer news."""
    now = clock.now()
    ends = sorted(certificates_ending(since=now - SOON, until=now + SOON))
    figures = {ENDING: float(len(ends))}
    if not ends:
        return good(figures=figures)
    sentence = _("{count} 张签发人证书在 30 天内到期或刚到期，最早 {day}。请通知本人在“签名与用印”登记新证书。")
    return worse(sentence, figures=figures, count=len(ends), day=clock.local_date(ends[0]).isoformat())


register(Check("signer_certificates", _("签发人证书"), _signers, ("brands",)))
