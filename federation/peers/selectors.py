"""The doors to other installations, for the office."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from accounts import rules
from audit import trail
from audit.models import Trail
from federation.letters.models import Delivery
from federation.peers.models import Peer, PeerKey
from kernel.errors import NotFound404
from provinces.context import required
from provinces.models import RemoteParty


def may_keep(request: HttpRequest) -> bool:
    """Whether other installations are this person's business: administrators of the office."""
    user = request.user
    if not user.is_authenticated or required().kind != "office":
        return False
    return rules.Role.OFFICE_ADMIN in rules.roles_of(user)


def peers() -> QuerySet[Peer]:
    """All that are registered; those that were ended last."""
    return Peer.objects.order_by("state", "installation")


def access_peer(peer_id: UUID) -> Peer:
    """One of `peers()`. Raises NotFound404."""
    found = Peer.objects.filter(pk=peer_id).first()
    if found is None:
        raise NotFound404(peer_id=peer_id)
    return found


def parties(peer: Peer) -> QuerySet[RemoteParty]:
    """Who lives there."""
    return RemoteParty.objects.filter(installation=peer.installation)


def keys(peer: Peer) -> QuerySet[PeerKey]:
    """Its public keys, newest first."""
    return peer.keys.order_by("-since")


def history(peer: Peer) -> QuerySet[Trail]:
    """What was done with it, newest first."""
    return trail.of(peer)


@dataclass(frozen=True)
class Traffic:
    """Letters between us and the parties of one peer. waiting, dead: of ours to them."""

    out: int
    arrived: int
    waiting: int
    dead: int


def traffic(peer: Peer) -> Traffic:
    """How much goes to and fro."""
    there = list(parties(peer).values_list("party", flat=True))
    out = Delivery.objects.filter(addressee__in=there).aggregate(
        out=Count("id"),
        waiting=Count("id", filter=Q(state=Delivery.State.WAITING)),
        dead=Count("id", filter=Q(state=Delivery.State.DEAD)),
    )
    return Traffic(arrived=peer.arrivals.exclude(arrived_at=None).count(), **out)
