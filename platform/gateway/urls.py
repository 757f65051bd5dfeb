"""`/api/v1/` of one host: its own addresses and its own description, nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver, path
from django.urls.resolvers import ResolverMatch, RoutePattern

from gateway.described import Description, DescriptionView, described_page


def api(patterns: Sequence[Any]) -> list[Any]:
    """The patterns of a host's API with the schema that describes exactly them."""
    described = Description([path("api/v1/", (list(patterns), None, None))])
    schema = DescriptionView.as_view(description=described, authentication_classes=[], permission_classes=[])
    return [
        path("", described_page, {"description": described}, name="api_home"),
        path("schema/", schema, name="api_schema"),
        *patterns,
    ]


def mounted(maps: str) -> URLResolver:
    """`/api/v1/` with the patterns of a module, for the map of a host. Put it first: nothing else begins so."""
    return BySegment(RoutePattern("api/v1/", is_endpoint=False), import_module(maps))


class BySegment(URLResolver):
    """Django's resolver, which tries hundreds of patterns in turn; here only those that begin like the address."""

    def resolve(self, path: Any) -> ResolverMatch:
        found = self.pattern.match(str(path))
        segment = found[0].partition("/")[0] if found else ""
        return self._by_segment.get(segment, self._others).resolve(path)

    @cached_property
    def _by_segment(self) -> dict[str, URLResolver]:
        named = {_first(each) for each in self.url_patterns}
        return {name: self._among([each for each in self.url_patterns if _first(each) in (name, "")]) for name in named}

    @cached_property
    def _others(self) -> URLResolver:
        return self._among([each for each in self.url_patterns if _first(each) == ""])

    def _among(self, patterns: list[Any]) -> URLResolver:
        return URLResolver(self.pattern, patterns, self.default_kwargs, self.app_name, self.namespace)


def _first(pattern: URLPattern | URLResolver) -> str:
    """The first segment of every address that a pattern takes; "" when it is not always the same."""
    first, slash, _rest = str(pattern.pattern).partition("/")
    fixed = (
        isinstance(pattern.pattern, RoutePattern) and "<" not in first and (slash or isinstance(pattern, URLPattern))
    )
    return first if fixed else ""
