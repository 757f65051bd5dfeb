"""What a person does with a stuck letter (滞留件)."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.move import move
from audit.trail import Person
from federation.letters.models import Delivery
from federation.letters.tasks import wake
from kernel import clock
from kernel.errors import BadInput


def retry(delivery: Delivery, *, by: Person) -> Delivery:
    """Put a dead letter back on its way, with all its tries. Raises MoveRefused if it is not dead (any more)."""
    with transaction.atomic():
        done = move(delivery, "retry", by=by, tries=0, next_try_at=clock.now(), dead_at=None)
        transaction.on_commit(partial(wake, delivery.addressee_seat))
    return done


def send_back(delivery: Delivery, *, by: Person, reason: str) -> Delivery:
    """Return a dead letter to its sender with the reason; later letters of the matter go on.

    Raises BadInput without a reason, MoveRefused if it is not dead (any more).
    """
    reason = reason.strip()
    if not reason:
        raise BadInput(_("请写明退回理由。"), code="return_reason_missing")
    with transaction.atomic():
        done = move(delivery, "send_back", by=by, why=reason, returned_at=clock.now(), return_reason=reason[:500])
        transaction.on_commit(partial(wake, delivery.addressee_seat))
    return done
