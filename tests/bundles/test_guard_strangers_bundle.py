"""G11: one case exported is checked by a stranger with openssl and a script that imports nothing of ours.

The stranger has the unpacked folder, Python and openssl. Whatever byte is changed in whatever kind of file, the script
names the file.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from harness.guards import size

from audit import renewal
from provinces.context import province

pytestmark = pytest.mark.guard("G11")
OPENSSL = shutil.which("openssl")


def check(folder):
    """(exit status, lines) of the bundle's own script: no path of ours, no environment, no site packages."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "check.py"], cwd=folder, env={}, capture_output=True, timeout=120, check=False
    )
    assert not done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode().splitlines()


KEPT: list[Path] = []
"""The unpacked folder, made once: its stranger needs none of our rows, and puts back what he alters."""


@pytest.fixture
def folder(request, tools, tmp_path_factory):
    """The case, exported and unpacked."""
    if not KEPT:
        case = request.getfixturevalue("case")
        with province("gx"):
            renewal.renew(renewal.following("gx"))  # some heads are by an earlier key than the manifest
            bundle = tools.export(case)
            assert bundle.state == "ready", bundle.problem_words
            KEPT.append(tools.unpack(bundle, tmp_path_factory.mktemp("stranger") / "unpacked"))
    return KEPT[0]


def kind_of(path: str) -> str:
    """Files of one kind are written and checked in one way."""
    parts = PurePosixPath(path)
    witness = "-witness" if parts.parent.name == "heads" and "-" in parts.stem else ""
    part = re.sub(r"\d+", "", parts.stem) if parts.parent.name in ("", "letters") else ""
    return f"{parts.parent}{witness}/{part}{parts.suffix}"


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_stranger_finds_the_bundle_whole_and_every_altered_byte_named(folder, trials):
    status, lines = check(folder)
    assert (status, lines[-1]) == (0, "全部相符 ALL HOLD"), lines
    assert len(lines) == 10 and all(line.startswith("对 OK") for line in lines[:-1])

    kinds = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            kinds.setdefault(kind_of(file.relative_to(folder).as_posix()), []).append(file)
    wanted = {"manifest.json", "manifest.sig", "check.py", "custody.json", "matter.json", "index.html", "README.en.txt"}
    assert wanted <= {file.name for files in kinds.values() for file in files}
    folders = {"originals", "views", "letters", "packages", "log", "heads", "keys", "tsa"}
    assert folders <= {PurePosixPath(kind).parts[0].removesuffix("-witness") for kind in kinds}

    originals = [kind for kind in kinds if kind.startswith("originals")]
    tried = size({*sorted(kinds)[::3], *originals[:1]}, set(kinds))
    count = 0
    for kind, files in kinds.items():
        for file in files[: size(1, 5)] if kind in tried else ():
            honest = file.read_bytes()
            # In the script a byte of its first words: elsewhere it might not run at all, which is no good news either.
            places = [20] if file.name == "check.py" else [len(honest) // 2, *size((), (0, len(honest) - 1))]
            for at in places:
                file.write_bytes(flipped(honest, at))
                status, lines = check(folder)
                name = file.relative_to(folder).as_posix()
                assert status == 1 and name in lines[-1], f"{kind}: byte {at} of {name} altered, and: {lines[-1]}"
                count += 1
            file.write_bytes(honest)
    (folder / "originals" / "extra.jpg").write_bytes(b"one more")
    assert "originals/extra.jpg" in check(folder)[1][-1]
    (folder / "originals" / "extra.jpg").unlink()
    assert check(folder)[0] == 0
    trials(count + 1)


def test_openssl_alone_confirms_what_the_readme_says(folder, trials):
    if OPENSSL is None:
        print("no openssl on this machine: its half of G11 was left out, the script's half was not")
        return
    issuer = json.loads((folder / "manifest.json").read_text())["issuer"]
    commands = [line.split() for line in (folder / "README.en.txt").read_text().splitlines() if "openssl " in line[:12]]
    kinds = {tuple(word for word in command[1:4] if not word.startswith("heads")) for command in commands}
    assert len(kinds) == 4 and sum(command[1] == "ts" for command in commands) >= 1, kinds
    assert sum("-province-" in command[-1] for command in commands) >= 2, "countersignatures of other provinces"
    assert [one["signature"] in " ".join(map(" ".join, commands)) for one in issuer["earlier"]] == [True]
    said = {line["path"]: line for line in json.loads((folder / "manifest.json").read_text())["files"]}
    for command in commands:
        done = subprocess.run(
            [OPENSSL, *command[1:]], cwd=folder, env={}, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
        if command[1] == "dgst":
            assert done.stdout.split()[-1] == said[command[-1]][command[2].removeprefix("-")]
    for command in commands:
        if command[1] == "dgst":
            continue
        file = folder / next(word for word in command if word.endswith(".json"))
        honest = file.read_bytes()
        file.write_bytes(flipped(honest, len(honest) // 2))
        done = subprocess.run([OPENSSL, *command[1:]], cwd=folder, env={}, capture_output=True, timeout=60, check=False)
        assert done.returncode != 0, f"openssl took an altered {file.name}"
        file.write_bytes(honest)
    trials(2 * len(commands))
