"""Addresses of what sources are told; included at the root of a province's host."""

from typing import Any

app_name = "clue_answers"
urlpatterns: list[Any] = []
