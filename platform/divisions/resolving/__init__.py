"""Where is it? From an address as people write it to a division.

    answer = resolve("鼓楼区中山路12号", hints=Hints(province="350000"))
    answer.level        # "ambiguous": there are four 鼓楼区
    answer.candidates   # the one in 福建 first, since the hint says so; none is chosen
    answer.sentence     # why, in the reader's language

The text is never changed: whoever keeps it keeps the answer beside it.
"""

from divisions.resolving.answers import AMBIGUOUS, NOTHING, Former, Found, Hints, Span
from divisions.resolving.comparing import Comparison, Dispatch, Nearness, compare, place_of_dispatch
from divisions.resolving.resolving import Resolution, resolve, resolve_in

__all__ = [
    "AMBIGUOUS",
    "NOTHING",
    "Comparison",
    "Dispatch",
    "Former",
    "Found",
    "Hints",
    "Nearness",
    "Resolution",
    "Span",
    "compare",
    "place_of_dispatch",
    "resolve",
    "resolve_in",
]
