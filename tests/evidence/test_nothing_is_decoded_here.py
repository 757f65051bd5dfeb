"""Bytes that somebody sent are opened by the intake process and nowhere else."""

from __future__ import annotations

import ast
import threading
from pathlib import Path

import pytest

from evidence import intake
from evidence.errors import IntakeBusy

HERE = Path(intake.__file__).parent
DECODERS = {"PIL", "pillow_heif", "cv2", "imageio"}
BEFORE_WORK = "def work("


def imported(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.fixture
def program(tmp_path, monkeypatch, objects):
    """`program(body, CPU_S=1)`: the real program, but what it does with a photo is `body`."""
    source = (HERE / "intake_child.py").read_text()

    def make(body: str, **constants: int) -> Path:
        start, end = source.index(BEFORE_WORK), source.index("def one(")
        text = source[:start] + f"{BEFORE_WORK}source, folder, media_type, what):\n    {body}\n\n\n" + source[end:]
        for name, value in constants.items():
            text = "".join(
                f"{name} = {value}\n" if line.startswith(f"{name} = ") else line for line in text.splitlines(True)
            )
        path = tmp_path / "program.py"
        path.write_text(text)
        monkeypatch.setattr(intake, "_CHILD", path)
        intake.stop_opener()
        return path

    yield make
    intake.stop_opener()


def look(media_type: str = "image/jpeg", source: Path = Path("/nowhere")) -> intake.Found:
    with intake.look_into(source, media_type) as found:
        return found


def test_only_programs_of_their_own_know_a_decoder():
    using = {file.name for file in HERE.rglob("*.py") if imported(file.read_text()) & DECODERS}
    assert using <= {"intake_child.py", "redact_child.py"}


def test_the_intake_program_is_never_imported():
    assert not any("intake_child" in imported(file.read_text()) for file in HERE.rglob("*.py"))
    assert not imported((HERE / "intake_child.py").read_text()) & {"django", "evidence", "provinces", "accounts"}


def test_the_intake_program_has_no_secret_in_its_environment(program, monkeypatch):
    monkeypatch.setenv("MASTER_KEY", "secret")
    program("return {'width': 0, 'height': 0, 'metadata': dict(os.environ)}")
    assert not set(look().metadata) - {"MALLOC_ARENA_MAX", "LC_CTYPE"}
    environment = Path(f"/proc/{intake.opener().process.pid}/environ").read_bytes()
    assert b"secret" not in environment and environment.count(b"=") == 1


def test_a_child_holds_nothing_open_but_its_own_pipe(program):
    program(
        "return {'width': 0, 'height': 0,"
        " 'metadata': {n: os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
        " if os.path.exists(f'/proc/self/fd/{n}')}}"
    )
    held = [target for target in look().metadata.values() if target.startswith("socket:")]
    assert not held


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("while True: pass", "too_heavy"),
        ("bytearray(2 << 30)", "too_heavy"),
        ("os.abort()", "unreadable"),
        ("os.kill(os.getpid(), 11)", "unreadable"),
        ("os._exit(0)", "unreadable"),
        ("raise Refused('<script>')", "unreadable"),
    ],
)
def test_a_photo_that_takes_too_long_or_too_much_is_stopped_and_the_program_lives_on(program, body, code):
    program(f"{body}", CPU_S=1)
    pid = intake.opener().process.pid
    found = look()
    assert found.refused == code and found.peak_bytes < 400 << 20 and found.cpu_s < 2
    assert look().refused == code and intake.opener().process.pid == pid
    assert not list(intake.work_dir().glob("intake-*"))


def test_an_overloaded_machine_decides_nothing(program):
    program("import time; time.sleep(30)", WALL_S=1)
    with pytest.raises(IntakeBusy):
        look()


def test_a_program_that_died_is_started_again(program):
    program("return {'width': 1, 'height': 1, 'metadata': {}}")
    assert look().width == 1
    first = intake.opener().process
    first.kill()
    first.wait()
    assert look().width == 1 and intake.opener().process.pid != first.pid


def test_a_program_that_nobody_asks_ends(program):
    program("return {'width': 1, 'height': 1, 'metadata': {}}", IDLE_S=1)
    assert look().width == 1
    assert intake.opener().process.wait(timeout=10) == 0
    assert look().width == 1


def test_photos_of_several_threads_are_told_apart(program):
    program("return {'width': int(source), 'height': 0, 'metadata': {}}")
    found: dict[int, int] = {}

    def ask(number: int) -> None:
        found[number] = look(source=Path(str(number))).width

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert found == {number: number for number in range(12)}
