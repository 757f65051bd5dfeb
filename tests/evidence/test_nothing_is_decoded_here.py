"""Bytes that somebody sent are opened by the intake process and nowhere else."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

from evidence import intake

HERE = Path(intake.__file__).parent
DECODERS = {"PIL", "pillow_heif", "cv2", "imageio"}


def imported(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_only_the_intake_program_knows_a_decoder():
    using = {file.name for file in HERE.rglob("*.py") if imported(file.read_text()) & DECODERS}
    assert using == {"intake_child.py"}


def test_the_intake_program_is_never_imported():
    assert not any("intake_child" in imported(file.read_text()) for file in HERE.rglob("*.py"))
    assert not imported((HERE / "intake_child.py").read_text()) & {"django", "evidence", "provinces", "accounts"}


def test_the_intake_program_has_no_secret_in_its_environment(tmp_path, monkeypatch, objects):
    """A program put in its place writes down what it was given."""
    spy = tmp_path / "spy.py"
    spy.write_text("import json, os, sys; print(json.dumps({'refused': 'unreadable'})); "
                   "open(sys.argv[2] + '/seen', 'w').write(json.dumps(dict(os.environ)))")  # fmt: skip
    monkeypatch.setattr(intake, "_CHILD", spy)
    monkeypatch.setenv("MASTER_KEY", "secret")
    assert os.environ["MASTER_KEY"] == "secret"
    with intake.look_into(tmp_path / "photo", "image/jpeg") as found:
        folder = next(intake.work_dir().glob("intake-*"))
        assert found.refused == "unreadable"
        assert not set(json.loads((folder / "seen").read_text())) - {"MALLOC_ARENA_MAX", "LC_CTYPE"}
    assert not folder.exists()


def test_a_photo_that_takes_too_long_or_too_much_is_stopped(tmp_path, monkeypatch, objects):
    for body, code in (
        ("while True: pass", "too_heavy"),
        ("x = bytearray(2 << 30)", "too_heavy"),
        ("import os; os.abort()", "unreadable"),
        ("print('not json')", "unreadable"),
        ('print(\'{"refused": "<script>"}\')', "unreadable"),
    ):
        program = tmp_path / "program.py"
        limits = (HERE / "intake_child.py").read_text().partition("class Refused")[0].replace("CPU_S = 8", "CPU_S = 1")
        limit = "def limit" + (HERE / "intake_child.py").read_text().partition("def limit")[2].partition("def words")[0]
        program.write_text(f"{limits}\n{limit}\nlimit()\n{body}\n")
        monkeypatch.setattr(intake, "_CHILD", program)
        with intake.look_into(tmp_path / "photo", "image/jpeg") as found:
            assert found.refused == code, body
