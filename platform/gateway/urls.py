"""`/api/v1/` of one host: its own addresses and its own description, nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView

from gateway.described import described_page


def api(patterns: Sequence[Any]) -> list[Any]:
    """The patterns of a host's API with the schema that describes exactly them."""
    described = [path("api/v1/", (list(patterns), None, None))]
    schema = SpectacularJSONAPIView.as_view(urlconf=described, authentication_classes=[], permission_classes=[])
    return [
        path("", described_page, {"patterns": described}, name="api_home"),
        path("schema/", schema, name="api_schema"),
        *patterns,
    ]
