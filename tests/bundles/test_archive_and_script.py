"""The archive is a stream; the stranger's script reckons as the RFCs do."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import keys, merkle
from tenants.bundles import building
from tenants.bundles.archive import Archive


class Endless(io.RawIOBase):
    """So many bytes, none of which is kept."""

    def __init__(self, size_bytes: int) -> None:
        self.left = size_bytes

    def read(self, size: int = -1) -> bytes:
        piece = min(size, self.left)
        self.left -= piece
        return bytes(piece)


def test_a_large_original_never_sits_in_memory(tmp_path: Path):
    size_bytes, told = 64 << 20, []
    with (tmp_path / "large.zip").open("wb") as out:
        tracemalloc.start()
        archive = Archive(out, progress=told.append)
        said = archive.stream("originals/001.mp4", Endless(size_bytes), size_bytes=3 << 30)
        archive.close()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 6 << 20 and said.size_bytes == told[-1] == size_bytes
    with zipfile.ZipFile(tmp_path / "large.zip") as found:
        assert found.infolist()[0].file_size == size_bytes


def test_nothing_is_written_twice_under_one_name(tmp_path: Path):
    archive = Archive(io.BytesIO())
    archive.add("a.json", b"{}")
    with pytest.raises(ValueError, match=r"a\.json"):
        archive.add("a.json", b"{}")


@pytest.fixture(scope="module")
def script() -> dict:
    """The script's functions, without its run."""
    source = building.script().decode()
    assert source.endswith("sys.exit(main())\n") and len(source.splitlines()) < 200
    names: dict = {"__file__": "check.py"}
    exec(compile(source.removesuffix("sys.exit(main())\n"), "check.py", "exec"), names)  # noqa: S102 - our own text
    return names


def test_the_script_uses_pythons_own_library_only():
    code = (
        "import ast, sys\n"
        "tree = ast.parse(open('check.py', encoding='utf-8').read())\n"
        "names = {part.name for node in ast.walk(tree) if isinstance(node, ast.Import) for part in node.names}\n"
        "names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}\n"
        "assert names == {'base64', 'hashlib', 'json', 'os', 'sys', 'pathlib'}, names\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code], cwd=building.HERE, check=True)


@given(seed=st.binary(max_size=80), spoilt=st.integers(0, 63))
@settings(max_examples=6, deadline=None)
def test_the_script_knows_good_signatures_from_bad_ones(script, seed, spoilt):
    key, other = (keys.derived(name, "a master key") for name in ("gx", "gz"))
    public, signature = keys.public_of(key), Ed25519PrivateKey.from_private_bytes(key).sign(seed)
    assert script["signed"](public, seed, signature)
    bad = bytearray(signature)
    bad[spoilt] ^= 1
    assert not script["signed"](public, seed, bytes(bad)) and not script["signed"](public, seed + b".", signature)
    assert not script["signed"](keys.public_of(other), seed, signature)


def test_the_script_takes_the_vector_of_rfc_8032_and_refuses_a_signature_by_a_larger_number(script):
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert script["signed"](public, b"", signature)
    larger = int.from_bytes(signature[32:], "little") + script["L"]
    assert not script["signed"](public, b"", signature[:32] + larger.to_bytes(32, "little"))


@given(size=st.integers(1, 70), data=st.data())
@settings(max_examples=120, deadline=None)
def test_the_script_climbs_trees_as_the_log_builds_them(script, size, data):
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
    held = {(0, number): leaf for number, leaf in enumerate(leaves)}
    held |= {(level, place): digest for level, place, digest in merkle.grow(0, [], leaves)}
    root = {n: merkle.fold([held[node] for node in merkle.peaks(n)]) for n in range(1, size + 1)}
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path = merkle.hashes_of(merkle.inclusion_ranges(index, size), held)
    assert script["climb"](index, size - 1, leaves[index], path)[1] == root[size]
    assert script["climb"](index, size - 1, b"\0" * 32, path)[1] != root[size]
    proof = merkle.hashes_of(merkle.consistency_ranges(old, size), held)
    assert script["continues"](old, size, root[old], root[size], proof)
    assert not script["continues"](old, size, b"\0" * 32, root[size], proof)
    if old != size:
        assert not script["continues"](old, size, root[old], root[size], proof[1:])
