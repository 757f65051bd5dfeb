"""Further steps of an inspection that other modules offer on its page: what is registered here is listed there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from tenants.inspections.models import Inspection


@dataclass(frozen=True, kw_only=True)
class Link:
    """One line of the page. icon: of icons.svg. state: {label, tone} of a chip, or None."""

    url: str
    label: Any
    icon: str = "document"
    detail: Any = ""
    state: dict[str, str] | None = None


Offers = Callable[[User, Inspection], Iterable[Link]]
_offers: list[Offers] = []


def register(func: Offers) -> Offers:
    """Offer `func(person, inspection)` on the page of each inspection; called in `AppConfig.ready`."""
    if func not in _offers:
        _offers.append(func)
    return func


def offered(person: User, inspection: Inspection) -> list[Link]:
    """All lines for this person, in the order of registration."""
    return [link for func in _offers for link in func(person, inspection)]
