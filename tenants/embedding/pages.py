"""What every page knows of the frame it may stand in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from tenants.embedding import framing


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `embedded` on pages that a case system opened, nothing elsewhere."""
    mark = framing.mark_of(request)
    if mark is None:
        return {}
    return {
        "embedded": {
            "framed": mark.framed,
            "origin": mark.origin,
            "through": mark.connection_name,
            "number": mark.number,
            "matter": str(mark.matter_id),
            "root": framing.prefix_of(mark.matter_id),
            "url": reverse("embedding:matter", args=[mark.matter_id]),
            "result_url": reverse("embedding:result", args=[mark.matter_id]),
        },
        "guide": None,  # the demonstration's bar belongs to the front door
    }
