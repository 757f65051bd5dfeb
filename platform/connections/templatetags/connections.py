"""Small helps for the pages of connections."""

from __future__ import annotations

from typing import Any

from django import template

from connections.models import Client, Secret
from connections.words import reason

register = template.Library()
register.filter("reason_words", reason)
_LOOKS = {
    "on": ("good", "tick"),
    "draft": ("wait", "clock"),
    "off": ("neutral", "cross"),
    "revoked": ("neutral", "cross"),
}


@register.inclusion_tag("webui/_chip.html")
def state_chip(row: Any) -> dict[str, Any]:
    """The state of a connection or client, as a word with a shape."""
    tone, shape = _LOOKS[row.state]
    return {"label": row.get_state_display(), "tone": tone, "shape": shape, "title": ""}


@register.filter
def living_secrets(client: Client) -> list[Secret]:
    """The secrets of a client that still work; they were fetched with it."""
    return [each for each in client.secrets.all() if each.ended_at is None]
