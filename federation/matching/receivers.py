"""What arriving letters do, at a province, at the office and at an organisation."""

from __future__ import annotations

from federation.contracts import matching as letters
from federation.letters.post import Envelope, receives
from federation.matching.services import asked, invited, ladder, relaying, series


@receives(letters.MatchFoundV1, at="province")
def match_found(message: letters.MatchFoundV1, envelope: Envelope) -> None:
    """Another province holds something on a value of ours."""
    ladder.arrived(message)


@receives(letters.LadderAskedV1, at="province")
def ladder_asked(message: letters.LadderAskedV1, envelope: Envelope) -> None:
    """The other side's word on a rung."""
    ladder.asked(message)


@receives(letters.LadderToldV1, at="province")
def ladder_told(message: letters.LadderToldV1, envelope: Envelope) -> None:
    """Both agreed."""
    ladder.told(message)


@receives(letters.MatchStandingV1, at="province")
def match_standing(message: letters.MatchStandingV1, envelope: Envelope) -> None:
    """It rests, goes on, or is over."""
    ladder.standing(message)


@receives(letters.SeriesProposedV1, at="province")
def series_proposed(message: letters.SeriesProposedV1, envelope: Envelope) -> None:
    """May we be named?"""
    invited.proposed(message)


@receives(letters.SeriesToldV1, at="province")
def series_told(message: letters.SeriesToldV1, envelope: Envelope) -> None:
    """Who else agreed."""
    invited.told(message)


@receives(letters.LadderStepV1, at="office")
def step_came(message: letters.LadderStepV1, envelope: Envelope) -> None:
    """One side's word, to be passed on."""
    relaying.step_came(message, envelope)


@receives(letters.ValuesGoneV1, at="office")
def values_gone(message: letters.ValuesGoneV1, envelope: Envelope) -> None:
    """A province holds nothing on these any more."""
    relaying.values_gone(message, envelope)


@receives(letters.ProbedV1, at="office")
def probed(message: letters.ProbedV1, envelope: Envelope) -> None:
    """A province compared by hand."""
    relaying.probed(message, envelope)


@receives(letters.SameRunV1, at="office")
def same_run(message: letters.SameRunV1, envelope: Envelope) -> None:
    """A brand took goods of two provinces for one run."""
    relaying.same_run(message, envelope)


@receives(letters.BrandAnsweredV1, at="office")
def brand_answered(message: letters.BrandAnsweredV1, envelope: Envelope) -> None:
    """May the brand be named?"""
    relaying.brand_answered(message, envelope)


@receives(letters.SeriesRaisedV1, at="office")
def series_raised(message: letters.SeriesRaisedV1, envelope: Envelope) -> None:
    """An organisation raises a series."""
    series.raised(message, envelope)


@receives(letters.SeriesAnsweredV1, at="office")
def series_answered(message: letters.SeriesAnsweredV1, envelope: Envelope) -> None:
    """A province lets itself be named, or not."""
    series.answered(message, envelope)


@receives(letters.BrandAskedV1, at="organisation")
def brand_asked(message: letters.BrandAskedV1, envelope: Envelope) -> None:
    """The office asks whether the brand may be named."""
    asked.question_came(message, envelope)


@receives(letters.SeriesToldV1, at="organisation")
def raised_series_told(message: letters.SeriesToldV1, envelope: Envelope) -> None:
    """How our series stands."""
    asked.series_told(message, envelope)
