"""Offers of finds; hints go with their request."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

KINDS = [
    Kind(
        code="hint_offers",
        title=_("送交假货特征库的照片"),
        model="hints.Offer",
        date_of="offered_at",
        parts=("hints.OfferPhoto",),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
]
