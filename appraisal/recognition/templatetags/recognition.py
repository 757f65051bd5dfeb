"""Tags of the library's pages."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def rate(share: float | None, count: int, whole: int) -> SafeString | str:
    """A rate with the counts behind it: 83% (5/6); a dash while nobody judged."""
    if share is None:
        return "—"
    return format_html('{}% <small class="muted">({}/{})</small>', round(100 * share), count, whole)


@register.filter
def percent(share: float | None) -> str:
    """0 to 1 as a number that SVG takes."""
    return f"{100 * (share or 0):.1f}"
