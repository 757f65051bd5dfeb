"""What stands in the bottom bar of the phone page and in the rail of the desk page.

An app registers its items in `AppConfig.ready`; an item whose URL is not in the URL map of the current
host is left out, so a page that does not exist yet is never offered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

MOST_SHOWN = 99


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry.

    area: which bar it stands in, e.g. `phone`, `desk`, `office`, `bureau`; `phone-more` are links on the officer's home
        page, since a bar of more than five cannot be hit with a thumb; `entrance` stands on the page to sign in.
    url_name: name for `reverse`, without arguments.
    order: position, smallest first.
    prefix: a path that also counts as "here"; by default the item's own URL.
    count: number of things waiting for this person, shown when above 0; above MOST_SHOWN as "99+", so nobody need
        count further than one more.
    allowed: whether this person is offered the item at all; everyone by default.
    waits: what `count` counts, for the list of what waits (`waiting`); the label by default.
    oldest: since when the oldest of them waits; asked by that list only.
    """

    area: str
    url_name: str
    label: Any
    icon: str
    order: int = 100
    prefix: str = ""
    count: Callable[[HttpRequest], int] | None = None
    allowed: Callable[[HttpRequest], bool] | None = None
    waits: Any = ""
    oldest: Callable[[HttpRequest], datetime | None] | None = None


@dataclass(frozen=True)
class Waiting:
    """What waits behind one entry. oldest_at: None where nobody says."""

    code: str
    url: str
    label: Any
    icon: str
    count: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class _Group:
    label: Any
    names: tuple[str, ...]


_items: dict[tuple[str, str], NavItem] = {}
_groups: dict[str, list[_Group]] = {}
_at_desk: list[Callable[[HttpRequest], bool]] = []


def register(item: NavItem) -> None:
    """Offer `item`; registering the same area and URL name again replaces it."""
    _items[item.area, item.url_name] = item


def group(area: str, label: Any, *names: str) -> None:
    """Set entries of a rail apart under a heading. names: URL names ("letters:stuck"), or a name space ("letters").

    Groups stand in the order in which they are declared, after the entries of no group; a group declared again is
    replaced. A name that is in one group by itself and in another by its name space belongs to the former.
    """
    kept = [each for each in _groups.get(area, []) if each.names != names]
    _groups[area] = [*kept, _Group(label, names)]


def works_at_desk(check: Callable[[HttpRequest], bool]) -> None:
    """Ask `check` who has the rail of the desk on wide pages that are made for the phone."""
    _at_desk.append(check)


def at_desk(request: HttpRequest) -> bool:
    """Whether whoever asks works at a desk."""
    return any(check(request) for check in _at_desk)


def _group_of(item: NavItem) -> int:
    """Position of an entry's group, from 1; 0 for none."""
    groups = _groups.get(item.area, [])
    for name in (item.url_name, item.url_name.partition(":")[0]):
        for position, each in enumerate(groups, start=1):
            if name in each.names:
                return position
    return 0


def _offered(area: str, request: HttpRequest) -> list[tuple[NavItem, str]]:
    """The items of an area that this person is offered, with their addresses, in their order."""
    urlconf = getattr(request, "urlconf", None)
    found = []
    for item in sorted((i for i in _items.values() if i.area == area), key=lambda i: (_group_of(i), i.order)):
        if item.allowed and not item.allowed(request):
            continue
        try:
            found.append((item, reverse(item.url_name, urlconf=urlconf)))
        except NoReverseMatch:
            continue
    return found


def waiting(area: str, request: HttpRequest) -> list[Waiting]:
    """What waits for this person behind the entries that count, with its age: a morning's list."""
    found = []
    for item, url in _offered(area, request):
        count = item.count(request) if item.count else 0
        if count:
            oldest = item.oldest(request) if item.oldest else None
            found.append(Waiting(item.url_name, url, item.waits or item.label, item.icon, count, oldest))
    return found


def items(area: str, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the entries of `area` for this request: dicts of url, label, icon, current, count, group."""
    found = []
    for item, url in _offered(area, request):
        waiting = item.count(request) if item.count else 0
        count = waiting if waiting <= MOST_SHOWN else f"{MOST_SHOWN}+"
        position = _group_of(item)
        heading = _groups[area][position - 1].label if position else ""
        found.append(
            {
                "url": url,
                "prefix": item.prefix or url,
                "label": item.label,
                "icon": item.icon,
                "count": count,
                "group": heading,
            }
        )
    # The longest matching prefix is "here": the home page at "/" would otherwise match every path.
    matching = [entry for entry in found if request.path.startswith(entry["prefix"])]
    here = max(matching, key=lambda entry: len(entry["prefix"]), default=None)
    for entry in found:
        entry["current"] = entry is here and (entry["prefix"] != "/" or request.path == "/")
    return found
