"""What brands reported, as the brand keeps it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

KINDS = [
    Kind(
        code="brand_clues",
        title=_("品牌举报（品牌留存）"),
        model="reverse_clues.ReverseClue",
        date_of="sent_at",
        parts=(
            "reverse_clues.Addressee",
            "reverse_clues.StateLine",
            "reverse_clues.Question",
            "reverse_clues.ClueProduct",
            "reverse_clues.Supplement",
            "reverse_clues.ClueFile",
            "reverse_clues.Purchase",
        ),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
]
