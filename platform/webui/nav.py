"""What stands in the bottom bar of the phone page and in the rail of the desk page.

An app registers its items in `AppConfig.ready`; an item whose URL is not in the URL map of the current
host is left out, so a page that does not exist yet is never offered.
"""

from collections.abc import Callable
from dataclasses import dataclass
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
    """

    area: str
    url_name: str
    label: Any
    icon: str
    order: int = 100
    prefix: str = ""
    count: Callable[[HttpRequest], int] | None = None
    allowed: Callable[[HttpRequest], bool] | None = None


_items: dict[tuple[str, str], NavItem] = {}


def register(item: NavItem) -> None:
    """Offer `item`; registering the same area and URL name again replaces it."""
    _items[item.area, item.url_name] = item


def items(area: str, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the entries of `area` for this request: dicts of url, label, icon, current, count."""
    urlconf = getattr(request, "urlconf", None)
    found = []
    for item in sorted((i for i in _items.values() if i.area == area), key=lambda i: i.order):
        if item.allowed and not item.allowed(request):
            continue
        try:
            url = reverse(item.url_name, urlconf=urlconf)
        except NoReverseMatch:
            continue
        waiting = item.count(request) if item.count else 0
        count = waiting if waiting <= MOST_SHOWN else f"{MOST_SHOWN}+"
        found.append({"url": url, "prefix": item.prefix or url, "label": item.label, "icon": item.icon, "count": count})
    # The longest matching prefix is "here": the home page at "/" would otherwise match every path.
    matching = [entry for entry in found if request.path.startswith(entry["prefix"])]
    here = max(matching, key=lambda entry: len(entry["prefix"]), default=None)
    for entry in found:
        entry["current"] = entry is here and (entry["prefix"] != "/" or request.path == "/")
    return found
