"""Addresses of the ledger, its views and batches; included at the root of a province's host."""

from typing import Any

app_name = "clue_ledger"
urlpatterns: list[Any] = []
