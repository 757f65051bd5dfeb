"""Addresses of a clue's page, dispatch and the unit's work; included at the root of a province's host."""

from typing import Any

app_name = "clues"
urlpatterns: list[Any] = []
