"""Forms with their signatures go with their matter, or by a period of their own. `OF_MATTERS`: all of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from evidence.keeping import OF_MATTERS as EVIDENCE_OF_MATTERS
from kernel.keeping import Kind, Link

_PARTS = (
    "papers.PaperSigner",
    "papers.PaperSignature",
    "papers.PaperAbsence",
    "papers.PaperScan",
    "papers.PaperDelivery",
    "papers.PaperFile",
)
OF_MATTERS = (*EVIDENCE_OF_MATTERS, "papers.Paper", *_PARTS)
KINDS = [
    Kind(
        code="papers",
        title=_("文书"),
        model="papers.Paper",
        date_of="made_at",
        parts=_PARTS,
        carries=("evidence.Exhibit",),
        is_case=True,
    )
]
LINKS = [Link("papers.Paper", "matter_id")]
