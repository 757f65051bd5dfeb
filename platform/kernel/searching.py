"""Finding words in a million rows, Chinese names of two characters and single characters among them.

Trigrams need three characters, so the index holds every character and every two that stand side by side. What is asked
is cut in the same way, all of it must be there, and the text itself has the last word. A model that is searched has a
column `search_text`, written with `search_text()` or `written()`, and a `GinIndex(Grams("search_text"))`; where people
see only a part of a large table, a `GinIndex(ScopedGrams("search_text", "unit_id"))`, so that what is common elsewhere
and rare there is not fetched from everywhere. A model whose own columns say it all needs no further column: it names
`SEARCHED = search_text("number", "shop_name")`, indexes `Grams(SEARCHED)` or `ScopedGrams(SEARCHED, "unit_id")`, and
`matching` is told so by `said`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Expression, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Lower

from kernel.text import half_width

log = logging.getLogger(__name__)
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_NARROW = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)).lower()
_SPACES = " \t\r\u3000"
LONGEST = 100
LOOKED_AT, MET, ASKED = 1000, 5, 3
"""Words that fewer than `MET` of the first `LOOKED_AT` rows hold are rare; the index is asked for `ASKED` grams."""
SCOPES = 20
"""The index is asked for a scope of at most so many parts; who sees more sees nearly all there is."""
_EVEN_AND_ODD = (
    "array_cat(string_to_array(regexp_replace(%(expressions)s, '(..)', '\\1' || chr(31), 'g'), chr(31)),"
    " string_to_array(regexp_replace(substr(%(expressions)s, 2), '(..)', '\\1' || chr(31), 'g'), chr(31)))"
)


def comparable(text: str) -> str:
    """Half-width, lower case, no spaces: as `search_text` is."""
    return "".join(half_width(text).lower().split())[:LONGEST]


def grams(text: str) -> list[str]:
    """What the index is asked for: every two characters side by side, each once; of one character itself."""
    return list(dict.fromkeys(text[at : at + 2] for at in range(max(len(text) - 1, 1)) if text))


def search_text(*parts: Any) -> Expression:
    """What a row is found by, as the database writes it: names of columns or expressions, a line each."""
    joined: list[Any] = []
    for part in parts:
        joined += [part, Value("\n")]
    joined = joined[:-1]
    whole = Lower(Concat(*joined, output_field=TextField()) if len(joined) > 1 else joined[0])
    # What has no counterpart at the end of `translate` is dropped; the line break between two fields stays.
    return Func(whole, Value(_WIDE + _SPACES), Value(_NARROW), function="translate", output_field=TextField())


def written(*parts: str) -> str:
    """The same of texts at hand, for rows that are not there yet."""
    return "\n".join("".join(half_width(part).lower().split()) for part in parts)


def fill(rows: QuerySet[Any], text: Any, *, step: int = 2000) -> int:
    """Write `search_text` where there is none, a portion at a time. text: as of `search_text()`. Returns how many."""
    done, last = 0, None
    rows = rows.filter(search_text="").order_by("pk")
    while ids := list((rows.filter(pk__gt=last) if last else rows).values_list("pk", flat=True)[:step]):
        done += rows.order_by().filter(pk__in=ids).update(search_text=text)
        last = ids[-1]
        if done % (50 * step) == 0:
            log.info("%s: %s rows made searchable", rows.model._meta.db_table, done)
    return done


class Pairs(Func):
    """The pairs of a text column as an array: those that begin at odd places, then those at even ones."""

    template = _EVEN_AND_ODD
    output_field = ArrayField(TextField())


class Grams(Func):
    """The characters and the pairs of a text, a column or an expression, as an array."""

    template = f"array_cat({_EVEN_AND_ODD}, string_to_array(%(expressions)s, NULL))"
    output_field = ArrayField(TextField())

    def as_sql(self, *args: Any, **more: Any) -> tuple[str, tuple[str | int, ...]]:
        """The text stands in the template several times, and so do its values."""
        sql, values = super().as_sql(*args, **more)
        return sql, (*values,) * self.template.count("%(expressions)s")


class ScopedGrams(Func):
    """The same, and beside them a column of ids that says in whose part of the table a row lies."""

    function = "array_append"
    output_field = ArrayField(TextField())

    def __init__(self, text: Any, scope: str) -> None:
        super().__init__(Grams(text), Cast(scope, TextField()))


def matching(
    rows: QuerySet[Any],
    text: str,
    *,
    also: Q | None = None,
    within: tuple[str, Collection[UUID]] | None = None,
    said: Expression | None = None,
) -> QuerySet[Any]:
    """Rows that hold every word of `text`. also: rows that count as found anyway. said: what stands for `search_text`.

    within: the column that the model's `ScopedGrams` name, and the ids to which `rows` are narrowed already.
    What some of the first rows of the list hold is soon met by walking on through it, while the index would fetch all
    that hold it before the first is shown. What hardly one of them holds is asked of the index.
    """
    words = [word for word in (comparable(each) for each in text.split()) if word]
    found = Q()
    for word in words:
        found &= Q(searched__contains=word)
    source = said or F("search_text")
    first = list(rows.annotate(searched=source).values_list("searched", flat=True)[:LOOKED_AT]) if words else []
    if words and len(first) == LOOKED_AT and sum(all(word in text for word in words) for text in first) < MET:
        column, ids = within or ("", ())
        rows = rows.alias(search_grams=ScopedGrams(source, column) if column else Grams(source))
        found &= Q(search_grams__contains=_telling(words, first))
        if 0 < len(ids) <= SCOPES:
            found &= Q(search_grams__overlap=sorted(map(str, ids)))
    rows = rows.alias(searched=source)
    return rows.filter(found | also if also is not None else found)


def _telling(words: list[str], first: list[str]) -> list[str]:
    """The rarest gram, and others that half of the first rows lack: to cross out few costs more than it saves."""
    held = {gram: sum(gram in text for text in first) for word in words for gram in grams(word)}
    rarest, *others = sorted(held, key=held.__getitem__)[:ASKED]
    return [rarest, *(gram for gram in others if 2 * held[gram] <= len(first))]
