"""Rows of matching. Each seat uses its own part: a province its values and matches, the office what it found and passes
on, the brands host what it is asked and what it raises. Nothing is shared: letters keep the copies in step.
"""

from federation.matching.models.brands import BrandQuestion, RaisedSeries
from federation.matching.models.office import (
    BrandAsk,
    DigestStop,
    Pair,
    PairStep,
    ProbeNote,
    Series,
    SeriesMember,
    SeriesPair,
    SeriesRequest,
    Tally,
    TallyRelease,
)
from federation.matching.models.province import Holding, Match, MatchStep, Probe, SeriesAsk, Stop, Value

__all__ = [
    "BrandAsk",
    "BrandQuestion",
    "DigestStop",
    "Holding",
    "Match",
    "MatchStep",
    "Pair",
    "PairStep",
    "Probe",
    "ProbeNote",
    "RaisedSeries",
    "Series",
    "SeriesAsk",
    "SeriesMember",
    "SeriesPair",
    "SeriesRequest",
    "Stop",
    "Tally",
    "TallyRelease",
    "Value",
]
