"""Who can be written to now. Nobody means nobody: what is not known to be active receives nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.apps import apps
from django.conf import settings

from federation.contracts.addresses import Address
from federation.letters.errors import AddresseeSuspended, AddresseeUnknown, SandboxApart
from kernel.errors import Problem
from provinces.context import current, required
from provinces.hosts import DIRECTORY
from provinces.seats import COURIER

Standing = Literal["active", "suspended", "unknown"]
SANDBOX_ORGANISATION = "5a4db0e0-0000-7000-8000-00000000b0e0"
"""The one organisation of the sandbox. No other can have this id: ids are made by time, and this one is not."""
KEPT_S = 2.0
"""How long an organisation's standing is kept in the process: a letter is refused at most so much later."""

_kept: dict[str, tuple[float, Standing]] = {}


def standing(address: Address) -> Standing:
    """Whether a party receives letters now, as far as the shared directory knows.

    To the sandbox nobody real is known, nor the sandbox to anybody real.
    """
    held = current()
    if (
        held is not None
        and held.kind in ("province", "office")
        and in_sandbox(address) != DIRECTORY.is_sandbox(held.name)
    ):
        return "unknown"
    elsewhere = DIRECTORY.remote(str(address))
    if elsewhere is not None:
        return "active" if elsewhere.state == "active" else "suspended"
    if address.kind == "office":
        return "active"
    if address.kind == "province":
        host = DIRECTORY.province(address.name)
        if host is None:
            return "unknown"
        # An upgrade is over soon: letters wait meanwhile, nobody is refused.
        return "active" if host.state in ("active", "upgrading") else "suspended"
    return _kept_standing(address)


def in_sandbox(address: Address) -> bool:
    """Whether the party is the sandbox, or one that exists for it alone."""
    if address.kind == "province":
        return DIRECTORY.is_sandbox(address.name)
    return address.kind == "organisation" and str(address.organisation_id) == SANDBOX_ORGANISATION


def seat_name(address: Address) -> str:
    """Which seat of this installation reads and writes a party's letters: its own, or the courier's."""
    return COURIER.name if is_remote(address) else address.seat.name


def is_remote(address: Address) -> bool:
    """Whether the party lives in another installation."""
    return DIRECTORY.remote(str(address)) is not None


@dataclass(frozen=True, slots=True)
class Bureau:
    """A provincial bureau that can be written to. remote: it lives in another installation."""

    address: Address
    title: str
    division_code: str
    remote: bool


def bureaux() -> list[Bureau]:
    """All provincial bureaux that receive letters now, here and elsewhere, in order of their division codes.

    Without the sandbox; to the sandbox, none.
    """
    if DIRECTORY.is_sandbox(required().name):
        return []
    found = [
        Bureau(Address.province(host.seat.name), host.title, host.division_code, remote=False)
        for host in DIRECTORY.real()
        if host.state == "active"
    ]
    found += [
        Bureau(Address.parse(each.party), each.title, each.division_code, remote=True)
        for each in DIRECTORY.remotes()
        if each.state == "active" and each.party.startswith("province:")
    ]
    return sorted(found, key=lambda each: (each.division_code, each.address.name))


def other_provinces() -> list[tuple[str, str]]:
    """(code, title) of every province that can be written to now, but this one and 总局: what a person chooses from."""
    seat, superior = required(), DIRECTORY.superior()
    left_out = {seat.name, superior.seat.name if superior is not None else ""}
    return [(each.address.name, each.title) for each in bureaux() if each.address.name not in left_out]


def refusal(address: Address, author: Address | None = None) -> Problem | None:
    """Why nothing can be delivered to this party now; None when it can. author: who writes, where that is known."""
    if author is not None and in_sandbox(author) != in_sandbox(address):
        return SandboxApart(addressee=str(address))
    found = standing(address)
    if found == "active":
        return None
    if found == "suspended":
        return AddresseeSuspended(addressee=str(address))
    return AddresseeUnknown(addressee=str(address))


def look_up(addresses: Iterable[Address]) -> None:
    """Ask about many organisations at once, so that `refusal` of each knows."""
    moment = time.monotonic()
    wanted = {
        address.organisation_id: address.name
        for address in addresses
        if address.kind == "organisation" and not is_remote(address) and not _is_fresh(_kept.get(address.name), moment)
    }
    if not wanted:
        return
    model = apps.get_model(settings.LETTERS_ORGANISATION_MODEL)
    states = dict(model._default_manager.filter(pk__in=list(wanted)).values_list("pk", "state"))
    for organisation_id, name in wanted.items():
        _kept[name] = (moment, _standing_of(states.get(organisation_id)))


def _is_fresh(known: tuple[float, Standing] | None, moment: float) -> bool:
    return known is not None and moment - known[0] < KEPT_S


def forget() -> None:
    """Ask again about every organisation."""
    _kept.clear()


def _kept_standing(address: Address) -> Standing:
    known = _kept.get(address.name)
    moment = time.monotonic()
    if known is not None and _is_fresh(known, moment):
        return known[1]
    found = _organisation_standing(address)
    if len(_kept) > 10_000:
        _kept.clear()
    _kept[address.name] = (moment, found)
    return found


def _organisation_standing(address: Address) -> Standing:
    """Read from the published list, found by name: the post office imports no app that sends letters."""
    model = apps.get_model(settings.LETTERS_ORGANISATION_MODEL)
    state = model._default_manager.filter(pk=address.organisation_id).values_list("state", flat=True).first()
    return _standing_of(state)


def _standing_of(state: str | None) -> Standing:
    if state is None:
        return "unknown"
    return "active" if state == "active" else "suspended"
