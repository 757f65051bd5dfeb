"""The description of one kind of host's API, without a server."""

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import path
from django.utils.module_loading import import_string
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

OF_EACH_KIND = pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=pytest.mark.xdist_group(f"api-{kind}")) for kind in ("province", "brands", "office")],
)
"""For tests that look at a description: one worker makes it for all of them."""


@lru_cache(maxsize=4)
def schema_of(kind: str) -> dict[str, Any]:
    """OpenAPI of province, superior, brands or office. Made once a run, without a warning, and changed by nobody."""
    patterns = import_string(f"config.urls.{kind}_api.urlpatterns")
    maps = SimpleNamespace(urlpatterns=[path("api/v1/", (patterns, None, None))])
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        found: dict[str, Any] = SchemaGenerator(urlconf=maps).get_schema(public=True)
    assert not GENERATOR_STATS._warn_cache and not GENERATOR_STATS._error_cache, kind
    return found
