"""What the office does with other installations: register, compare, list their parties, change our key, end.

First contact: each side pastes the other's card, then two people read thirty digits to each other over the telephone.
Until that was confirmed nothing is taken from the other side and nothing goes there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit import trail
from audit.move import move
from audit.trail import Person
from federation.contracts.addresses import Address
from federation.letters import tasks
from federation.peers import keys, outbound
from federation.peers.errors import CardOfOurs, CardWrong, PartyElsewhere, PeerAnswerWrong, PeerThere
from federation.peers.models import OwnKey, Peer, PeerKey
from kernel import clock
from provinces.hosts import DIRECTORY
from provinces.models import DirectoryVersion, RemoteParty
from provinces.seats import COURIER

OVERLAP = timedelta(days=7)
"""How long an old key is still taken after a new one was introduced."""
_CARD = "czj1"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,110}[a-z0-9])?(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Card:
    """What the other side has to know of an installation: one line of text."""

    installation: str
    courier_url: str
    public_key: str

    def __str__(self) -> str:
        return " ".join([_CARD, self.installation, self.courier_url, self.public_key])

    @classmethod
    def read(cls, text: str) -> Card:
        """Raises CardWrong, AddressRefused."""
        parts = text.split()
        if len(parts) != 4 or parts[0] != _CARD or not _NAME.fullmatch(parts[1]):
            raise CardWrong()
        try:
            keys.public(parts[3])
        except ValueError as error:
            raise CardWrong() from error
        return cls(parts[1], outbound.check_url(parts[2]), parts[3])


def own_card() -> Card:
    """Ours, with our newest key."""
    url = f"{settings.SCHEME}://courier.{settings.DOMAIN}"
    return Card(keys.installation(), url, keys.own_public(keys.newest()))


def add(*, card: str, title: str, by: Person) -> Peer:
    """Register another installation by its card. Raises CardWrong, CardOfOurs, AddressRefused, PeerThere."""
    read = Card.read(card)
    if read.installation == keys.installation():
        raise CardOfOurs()
    with transaction.atomic():
        try:
            with transaction.atomic():
                peer = Peer.objects.create(
                    installation=read.installation,
                    title=title.strip(),
                    courier_url=read.courier_url,
                    our_generation=keys.newest(),
                )
        except IntegrityError as error:
            raise PeerThere(installation=read.installation) from error
        PeerKey.objects.create(
            peer=peer, key_id=keys.key_id(read.public_key), public_key=read.public_key, since=clock.now()
        )
        trail.record(peer, "add", by=by, to_state=peer.state, data={"installation": peer.installation})
    return peer


def spoken(peer: Peer) -> str:
    """The digits that both sides read to each other: over their newest key and ours that they know."""
    newest = peer.keys.filter(until=None).first() or peer.keys.first()
    return keys.spoken(newest.public_key, keys.own_public(peer.our_generation)) if newest else ""


def confirm(peer: Peer, *, by: Person) -> Peer:
    """The digits were compared by voice and are the same."""
    return move(peer, "confirm", by=by, compared_by=by.display_name[:60], compared_at=clock.now())


def suspend(peer: Peer, *, by: Person, why: str) -> Peer:
    """Take and send nothing for now; letters to its parties are refused, those on their way wait."""
    return _turn(peer, "suspend", RemoteParty.State.SUSPENDED, by=by, why=why)


def resume(peer: Peer, *, by: Person, why: str = "") -> Peer:
    """Go on."""
    return _turn(peer, "resume", RemoteParty.State.ACTIVE, by=by, why=why)


def end(peer: Peer, *, by: Person, why: str) -> Peer:
    """For good: its keys end now; its parties stay listed, so that what was exchanged keeps its names."""
    with transaction.atomic():
        done = _turn(peer, "end", RemoteParty.State.SUSPENDED, by=by, why=why)
        peer.keys.filter(until=None).update(until=clock.now())
    return done


def turn(peer: Peer, verb: str, *, by: Person, why: str) -> Peer:
    """Suspend, resume or end by its name. Raises MoveRefused, ValueError for any other."""
    steps = {"suspend": suspend, "resume": resume, "end": end}
    if verb not in steps:
        raise ValueError(f"no step {verb!r}")
    return steps[verb](peer, by=by, why=why)


def _turn(peer: Peer, verb: str, state: str, *, by: Person, why: str) -> Peer:
    with transaction.atomic():
        done = move(peer, verb, by=by, why=why, quiet_until=None, failures=0)
        RemoteParty.objects.filter(installation=peer.installation).update(state=state)
        _new_directory()
        transaction.on_commit(lambda: tasks.wake(COURIER.name))
    return done


def ask_parties(peer: Peer) -> list[dict[str, str]]:
    """Who lives there, as the other side says now. Call it outside any transaction.

    Raises PeerUnreachable, PeerRefused; PeerAnswerWrong for what is no list of parties.
    """
    answer = outbound.ask(peer, "GET", "about/").data
    try:
        return [
            {
                "party": str(Address.parse(each["party"])),
                "title": str(each["title"])[:120],
                "division_code": str(each["division_code"])[:6],
            }
            for each in answer["parties"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerAnswerWrong() from error


def take_parties(peer: Peer, parties: Sequence[dict[str, str]], *, by: Person) -> int:
    """List these parties as living there. What was listed of it before and is not named now is suspended.

    parties: party, title, division_code. Returns how many are new. Raises PartyElsewhere, writing nothing, for one that
    lives here or is listed with somebody else.
    """
    here = {f"province:{host.seat.name}" for host in DIRECTORY.real()}
    if settings.FEDERATION_OFFICE:
        here.add(str(Address.office()))
    state = RemoteParty.State.ACTIVE if peer.state == Peer.State.ACTIVE else RemoteParty.State.SUSPENDED
    with transaction.atomic():
        listed = dict(RemoteParty.objects.values_list("party", "installation"))
        for each in parties:
            party = str(Address.parse(each["party"]))
            if party in here or listed.get(party, peer.installation) != peer.installation:
                raise PartyElsewhere(party=party)
            fields = {"title": each["title"][:120], "division_code": each["division_code"][:6], "state": state}
            RemoteParty.objects.update_or_create(party=party, defaults={"installation": peer.installation, **fields})
        named = [each["party"] for each in parties]
        gone = RemoteParty.objects.filter(installation=peer.installation).exclude(party__in=named)
        gone.update(state=RemoteParty.State.SUSPENDED)
        _new_directory()
        trail.record(peer, "list", by=by, data={"parties": named})
    return sum(party not in listed for party in named)


def _new_directory() -> None:
    DirectoryVersion.objects.update(version=F("version") + 1)
    transaction.on_commit(DIRECTORY.clear)


def new_key(*, by: Person) -> int:
    """Make the next key of ours. The courier introduces it to every peer, signed with the one they know.

    Returns its generation. Each peer is signed to with the old one until it has confirmed the new one, and takes the
    old one for a week longer.
    """
    with transaction.atomic():
        generation = keys.newest() + 1
        public_key = keys.next_public(generation)
        made = OwnKey.objects.create(generation=generation, public_key=public_key, since=clock.now())
        trail.record(made, "new_key", by=by, data={"key_id": keys.key_id(public_key)})
        transaction.on_commit(lambda: tasks.wake(COURIER.name))
    return made.generation


# In the courier's seat ------------------------------------------------------------------------------------------------


def introduce_keys() -> int:
    """Tell each peer that does not know our newest key of it. Returns how many have taken it."""
    newest, done = keys.newest(), 0
    for peer in Peer.objects.filter(state=Peer.State.ACTIVE, our_generation__lt=newest):
        if outbound.tell(peer, "keys/", {"public_key": keys.own_public(newest)}):
            Peer.objects.filter(pk=peer.pk).update(our_generation=newest)
            done += 1
    return done


def take_key(peer: Peer, public_key: str, *, signed_with: str) -> None:
    """A new key that a known one vouches for; the others of that peer end after the overlap. Raises CardWrong."""
    try:
        key_id = keys.key_id(public_key)
        keys.public(public_key)
    except (ValueError, AttributeError, TypeError) as error:
        raise CardWrong() from error
    moment = clock.now()
    with transaction.atomic():
        _key, made = PeerKey.objects.get_or_create(
            peer=peer,
            key_id=key_id,
            defaults={"public_key": public_key, "since": moment, "introduced_by": signed_with},
        )
        if made:
            peer.keys.filter(until=None).exclude(key_id=key_id).update(until=moment + OVERLAP)


def own_parties() -> list[dict[str, Any]]:
    """Whom letters from elsewhere reach here: every province, and the office where it is the federation's own."""
    found = [
        {"party": f"province:{host.seat.name}", "title": host.title, "division_code": host.division_code}
        for host in sorted(DIRECTORY.real(), key=lambda host: host.division_code)
        if host.state == "active"
    ]
    if settings.FEDERATION_OFFICE:
        found.append({"party": str(Address.office()), "title": str(_("省际协作办公室")), "division_code": ""})
    return found
