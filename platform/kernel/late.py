"""Libraries that take long to load and that most processes never use."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """`docx = Late("docx")` at the head of a module: loaded at the first `docx.Document`, not with the module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
