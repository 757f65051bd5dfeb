"""Addresses of every way a clue comes in; included at the root of a province's host."""

from typing import Any

app_name = "clue_intake"
urlpatterns: list[Any] = []
