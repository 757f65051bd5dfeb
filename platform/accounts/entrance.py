"""Other ways through the front door, and what stands before it.

An app that knows of another way to sign in registers it when it starts:

    entrance.register_ways(providers_of_this_host)       a button each on the sign-in page
    entrance.register_gate(only_by_the_provider)         asked before somebody is signed in, by whatever way
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A button on the sign-in page. only: everybody but administrators comes in by it.

    prove_url: where the person is asked there who they are even if they are signed in there; "" where that cannot be.
    """

    url: str
    label: str
    only: bool = False
    prove_url: str = ""


Ways = Callable[[HttpRequest], list[Way]]
Gate = Callable[[HttpRequest, User, bool], HttpResponse | None]

_ways: list[Ways] = []
_gates: list[Gate] = []


def register_ways(func: Ways) -> None:
    """`func(request)` gives the buttons of the host that the request is for, in their order."""
    if func not in _ways:
        _ways.append(func)


def register_gate(func: Gate) -> None:
    """`func(request, user, by_provider)` gives an answer in place of the sign-in, or None to let it go on."""
    if func not in _gates:
        _gates.append(func)


def ways(request: HttpRequest) -> list[Way]:
    """The buttons for this request."""
    return [way for func in _ways for way in func(request)]


def held_up(request: HttpRequest, user: User, *, by_provider: bool) -> HttpResponse | None:
    """The answer of the first gate that does not open."""
    return next((held for gate in _gates if (held := gate(request, user, by_provider)) is not None), None)
