"""Rows of the province that are never changed: what became evidence, what was decided on terms and on referral."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("cases.CaseEvidence"),
    InsertOnly("cases.CaseExtension"),
    InsertOnly("cases.ReferralDecision"),
]
