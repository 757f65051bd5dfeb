"""What the script in an export says of rows that are made by hand."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

import operations

SCRIPT = Path(operations.__file__).parent / "stranger" / "check.py"


@pytest.fixture
def script(tmp_path, monkeypatch) -> ModuleType:
    """Of an export that lies in `tmp_path`."""
    monkeypatch.setattr(sys, "argv", ["check.py", str(tmp_path)])
    spec = importlib.util.spec_from_file_location("stranger_check", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("said", "lies", "holds"),
    [
        ("gx/original/a?v=old", {"gx/original/a?v=old": "1"}, True),
        ("gx/original/a?v=old", {"gx/original/a?v=new": "1"}, True),  # brought back from a backup
        ("gx/original/a", {"gx/original/a?v=new": "1"}, True),
        ("gx/original/a?v=old", {"gx/original/a?v=2": "2", "gx/original/a?v=3": "1"}, True),
        ("gx/original/a?v=old", {"gx/original/a?v=new": "2"}, False),
        ("gx/original/a?v=old", {"gx/original/a?v=old": "2", "gx/original/a?v=new": "1"}, False),
        ("gx/original/a?v=old", {"gx/original/ab?v=old": "1"}, False),
    ],
)
def test_an_original_under_another_version_counts_if_it_is_the_one_that_was_sealed(script, tmp_path, said, lies, holds):
    rows = tmp_path / "data/own/evidence_exhibit.jsonl"
    rows.parent.mkdir(parents=True)
    rows.write_text(json.dumps({"original_key": said, "sha256": "1"}) + "\n")
    if holds:
        script.check_originals(lies)
    else:
        with pytest.raises(script.Wrong, match="missing or another one"):
            script.check_originals(lies)
