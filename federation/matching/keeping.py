"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Link

_WHY = _("串案只比对摘要；记录清理时，它的摘要一起清理。")
KEPT = {
    f"matching.{name}": _WHY
    for name in (
        "BrandQuestion",
        "RaisedSeries",
        "Pair",
        "PairStep",
        "BrandAsk",
        "DigestStop",
        "Tally",
        "TallyRelease",
        "ProbeNote",
        "Series",
        "SeriesPair",
        "SeriesRequest",
        "SeriesMember",
        "Value",
        "Stop",
        "Probe",
        "Match",
        "MatchStep",
        "SeriesAsk",
    )
}
LINKS = [Link("matching.Holding", "record_id", keeps=False), Link("matching.Match", "record_id")]
