"""Our own key changes by command: made in the office's seat, introduced in the courier's. See `operations.parts`."""

from __future__ import annotations

from typing import Any

from audit.trail import Actor
from federation.peers import keys, services
from federation.peers.models import Peer


def own_key() -> dict[str, Any]:
    """generation: of our newest key. former: whether it follows from a master key that is on its way out."""
    newest = keys.newest()
    return {"generation": newest, "former": keys.is_former(newest)}


def next_key(*, after: int, by: Actor) -> int:
    """The key after that generation, once."""
    newest = keys.newest()
    return newest if newest > after else services.new_key(by=by)


def introduce() -> tuple[list[str], list[str]]:
    """Tell every peer that does not know our newest key of it now. (who knows it now, who still does not)."""
    newest = keys.newest()
    behind = Peer.objects.exclude(state__in=[Peer.State.PENDING, Peer.State.ENDED]).filter(our_generation__lt=newest)
    before = set(behind.values_list("installation", flat=True))
    services.introduce_keys()
    missing = set(behind.values_list("installation", flat=True))
    return sorted(before - missing), sorted(missing)
