"""A bureau with a desk, a connection that is on, and the other side with a key of its own."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from harness.partner import Partner, connect

_spec = spec_from_file_location("clues_world", Path(__file__).resolve().parents[1] / "clues" / "conftest.py")
assert _spec is not None and _spec.loader is not None
_module = module_from_spec(_spec)
sys.modules[_spec.name] = _module
_spec.loader.exec_module(_module)
bureau, every_division = _module.bureau, _module.every_division


@pytest.fixture
def partner(bureau: Any) -> Partner:
    """The other side of a connection of 广西 that is switched on; 黄某 keeps it."""
    return Partner(connect(bureau.huang, kind="case_system"), by=bureau.huang)
