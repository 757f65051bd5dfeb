"""A province is removed: its letters stay, under a name that nobody can be opened under. See `operations.parts`.

Whoever got a letter keeps it and reads it; digests and the ledger's hashes are over ids and contents, not over names.
"""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from federation.letters.models import Delivery
from kernel import clock

State = Delivery.State


def outstanding(code: str) -> dict[str, int]:
    """Letters on their way to others: they are delivered first."""
    waiting = Delivery.objects.filter(sender_seat=code, state=State.WAITING).exclude(addressee_seat=code)
    return {_("还有没送达的去件，请等它们送达"): waiting.count()}


def close_province(code: str, former: str) -> dict[str, int]:
    """Send back what waits for it, then put its letters under the former name. Holds the owner's seat."""
    moment, reason = clock.now(), _("收件方已撤出本平台。")
    unsettled = Delivery.objects.filter(state__in=Delivery.UNSETTLED)
    back = (unsettled.filter(addressee_seat=code) | unsettled.filter(sender_seat=code)).update(
        state=State.RETURNED, returned_at=moment, return_reason=reason, failure_code="addressee_closed", dead_at=None
    )
    counts = {"letters_returned": back, "letters_kept": 0}
    then, now = {"code": code, "party": f"province:{code}"}, {"former": former, "new": f"province:{former}"}
    with connection.cursor() as cursor:
        for sql in (
            "UPDATE letters_letter SET sender = %(new)s, sender_seat = %(former)s WHERE sender = %(party)s",
            "UPDATE letters_delivery SET sender = %(new)s, sender_seat = %(former)s WHERE sender = %(party)s",
            "UPDATE letters_delivery SET addressee = %(new)s, addressee_seat = %(former)s WHERE addressee = %(party)s",
            "UPDATE letters_ledgerentry SET party = %(new)s, party_seat = %(former)s WHERE party = %(party)s",
            "UPDATE letters_letterbody SET seats = array_replace(seats, %(code)s, %(former)s)"
            " WHERE %(code)s = ANY (seats)",
            "UPDATE letters_letter SET seats = array_replace(seats, %(code)s, %(former)s) WHERE %(code)s = ANY (seats)",
        ):
            cursor.execute(sql, then | now)
            counts["letters_kept"] = cursor.rowcount
    return counts
