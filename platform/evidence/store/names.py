"""The name of an object as the database reads it from a column of keys: without the version that is meant.

Where many rows hold keys, `name_index(column)` answers whether any of them still names an object. A hash of each is
enough, and small: nobody asks for keys in an order.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import HashIndex
from django.db.models import CharField, F, Func, Value


def name_in(column: str) -> Func:
    """What `name_and_version` gives first, in SQL, of one column."""
    return Func(F(column), Value("?v="), Value(1), function="split_part", output_field=CharField())


def name_index(column: str, *, name: str) -> HashIndex:
    """An index over `name_in(column)`. name: of the index."""
    return HashIndex(name_in(column), name=name)
