"""Every address of every kind of host, out of the URL maps themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import URLResolver, get_resolver

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")


@dataclass(frozen=True)
class Route:
    """One address. text: as the URL map writes it. methods: those it takes, as far as it says so."""

    kind: str
    text: str
    arguments: tuple[str, ...]
    api: bool
    methods: frozenset[str]

    def path(self, values: dict[str, str]) -> str:
        """The address with its arguments filled in."""
        filled = _ARGUMENT.sub(lambda found: values[found[1] or found[2]], self.text)
        return "/" + filled.replace("^", "").removesuffix("$")


def routes(kind: str) -> list[Route]:
    """All addresses of one kind of host: province, brands, office, public."""
    return [_route(kind, text, callback) for text, callback in walk(get_resolver(settings.URLCONFS[kind]), "")]


def _route(kind: str, text: str, callback: object) -> Route:
    arguments = tuple(found[1] or found[2] for found in _ARGUMENT.finditer(text))
    view = getattr(callback, "cls", None)
    methods = frozenset(name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name))
    return Route(kind, text, arguments, text.startswith("api/"), methods)


def walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, object]]:
    """Each address below `resolver` with its view."""
    for pattern in resolver.url_patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, text)
        else:
            yield text, pattern.callback
