"""A province is removed: the ends of its grants stay with who held them. See `operations.parts`."""

from __future__ import annotations

from django.db import connection


def close_province(code: str, former: str) -> dict[str, int]:
    """Show them to nobody who is opened under the code later. Holds the owner's seat."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE published_endedgrant SET giver_seat = CASE giver_seat WHEN %(code)s THEN %(former)s ELSE giver_seat"
            " END, seats = array_replace(seats, %(code)s, %(former)s) WHERE %(code)s = ANY (seats)",
            {"code": code, "former": former},
        )
        return {"ended_grants": cursor.rowcount}
