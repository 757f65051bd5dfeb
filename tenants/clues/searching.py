"""Finding text in a hundred thousand clues, Chinese names of two characters among them.

Trigrams need three characters, so the index holds pairs: every two characters that stand side by side. What is asked is
cut in the same way, all its pairs must be there, and the text itself has the last word.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Expression, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower

from kernel.text import half_width

_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_NARROW = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)).lower()
_SPACES = " \t\r\n\u3000"
LONGEST = 100
PARTS = (
    "number",
    "title",
    "subject_name",
    "subject_code",
    "subject_phone",
    "subject_account",
    "address_raw",
)


def comparable(text: str) -> str:
    """Half-width, lower case, no spaces: as `search_text` is."""
    return "".join(half_width(text).lower().split())[:LONGEST]


def pairs(text: str) -> list[str]:
    """Every two characters side by side, each once."""
    return list(dict.fromkeys(text[at : at + 2] for at in range(len(text) - 1)))


def search_text() -> Expression:
    """What a clue is found by, as the database writes it into `search_text`."""
    parts: list[Any] = []
    for name in PARTS:
        parts += [name, Value("\n")]
    whole = Lower(Concat(*parts[:-1], output_field=TextField()))
    # What has no counterpart at the end of `translate` is dropped; the line break between two fields stays.
    spaces = _SPACES.replace("\n", "")
    return Func(whole, Value(_WIDE + spaces), Value(_NARROW), function="translate", output_field=TextField())


class Pairs(Func):
    """The pairs of a text column as an array: those that begin at odd places, then those at even ones."""

    template = (
        "array_cat(string_to_array(regexp_replace(%(expressions)s, '(..)', '\\1' || chr(31), 'g'), chr(31)),"
        " string_to_array(regexp_replace(substr(%(expressions)s, 2), '(..)', '\\1' || chr(31), 'g'), chr(31)))"
    )
    output_field = ArrayField(TextField())


def matching(rows: QuerySet[Any], text: str, *, also: Q | None = None) -> QuerySet[Any]:
    """Rows that hold every word of `text`. also: rows that count as found anyway."""
    words = [word for word in (comparable(each) for each in text.split()) if word]
    found = Q()
    for word in words:
        found &= Q(search_text__contains=word)
    grams = sorted({gram for word in words for gram in pairs(word)})
    if grams:
        rows = rows.alias(search_pairs=Pairs("search_text"))
        found &= Q(search_pairs__contains=grams)
    return rows.filter(found | also if also is not None else found)
