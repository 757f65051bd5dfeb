"""Whether a peer answers: when it was last heard, and how long it is left alone after it did not."""

from __future__ import annotations

from django.db.models import F

from federation.letters.delivery import BACK_OFF
from federation.peers.models import Peer
from kernel import clock
from kernel.errors import Problem


def heard(peer: Peer, failure_code: str = "") -> None:
    """It has answered; failure_code: what it had against our last request."""
    Peer.objects.filter(pk=peer.pk).update(
        heard_at=clock.now(), failure_code=failure_code[:120], failures=0, quiet_until=None
    )


def failed(peer: Peer, error: Problem) -> None:
    """Leave a peer that does not answer alone for a while; each failure in a row longer, up to ten minutes."""
    moment = clock.now()
    wait = BACK_OFF[min(peer.failures, len(BACK_OFF) - 1)]
    code = str(error.data.get("why") or error.data.get("their_code") or "")
    peer.quiet_until = moment + wait
    Peer.objects.filter(pk=peer.pk).update(
        failed_at=moment,
        failure_code=f"{error.code}.{code}"[:120].rstrip("."),
        failures=F("failures") + 1,
        quiet_until=peer.quiet_until,
    )
