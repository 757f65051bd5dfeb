"""A stored file that is not what was recorded is read by nobody, and somebody hears of it."""

from __future__ import annotations

import ast
import hashlib
import io
import re
from pathlib import Path

import pytest

from accounts.models import Post, Unit, User
from evidence.errors import StoredDiffers
from evidence.store import base, make_key, store
from notify.models import Notice
from oversight import alarms, tasks

ROOT = Path(__file__).resolve().parents[2]
TOPS = ("platform", "federation", "appraisal", "billing_free", "tenants")
READS = {"open", "as_file", "digests"}
READ = re.compile(r"\b(?:store\(\)|box|objects)\.(?:open|as_file|digests)\(")
UNCHECKED = {
    "federation/letters/benches.py": "measures how long it takes",
    "federation/letters/parcels.py": "compares both digests itself, against the manifest",
    "federation/transfers/services.py": "compares both digests itself, and tells the other side which",
    "platform/backups/objects.py": "writes down what lies there, to be compared with what was sealed",
    "platform/evidence/sealing.py": "says what lies there; its caller compares with the log",
    "platform/operations/province/exporting.py": "hands out all there is, each beside the digest of what was read",
}


def _reads(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS):
        return False
    value = node.func.value
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "store"
    return isinstance(value, ast.Name) and value.id in {"box", "objects"}


def test_whoever_reads_a_stored_file_says_which_digest_was_recorded():
    loose = {}
    for path in sorted(path for top in TOPS for path in (ROOT / top).rglob("*.py")):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        if name.startswith("platform/evidence/store/") or not READ.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if _reads(node) and "sha256" not in {each.arg for each in node.keywords}:
                loose.setdefault(name, []).append(node.lineno)
    assert {name: lines for name, lines in loose.items() if name not in UNCHECKED} == {}
    assert set(UNCHECKED) - set(loose) == set(), "they say it now: take them off the list"


def test_a_changed_file_is_read_by_nobody_and_told_of_even_when_an_alarm_breaks(gx, objects, monkeypatch):
    heard = []

    def broken(*_said):
        raise RuntimeError

    monkeypatch.setattr(base, "_alarms", [broken, lambda *said: heard.append(said)])
    box, data, key = store(), b"sealed on the phone", make_key("gx", "original")
    digest = box.put(key, io.BytesIO(data), "image/jpeg").sha256
    with box.open(key, sha256=digest) as stream, box.as_file(key, sha256=digest) as path:
        assert stream.read() == path.read_bytes() == data
    assert box.digests(key, sha256=digest).size_bytes == len(data) and not heard
    place = objects / key
    place.chmod(0o600)
    place.write_bytes(b"something else")
    for read in (box.open, box.digests):
        with pytest.raises(StoredDiffers):
            read(key, sha256=digest)
    with pytest.raises(StoredDiffers) as told, box.as_file(key, sha256=digest):
        pass
    assert told.value.code == "stored_differs"
    assert heard == [(key, digest, hashlib.sha256(b"something else").hexdigest())] * 3


def test_audit_and_system_administrators_are_told_once_of_a_file(gx, monkeypatch):
    unit = Unit.objects.create(code="gx-0", name="省局", kind="provincial_bureau", division_code="450000")
    for username, role in (("jing", "audit_admin"), ("huang", "bureau_admin"), ("chen", "officer")):
        Post.objects.create(user=User.objects.create_user(username, name=username, unit=unit), unit=unit, role=role)
    sent, key = [], make_key("gx", "original")

    def no_broker(args):
        raise ConnectionError

    monkeypatch.setattr(tasks.stored_changed, "apply_async", no_broker)
    alarms.changed(key, "a" * 64, "b" * 64)
    monkeypatch.setattr(tasks.stored_changed, "apply_async", sent.append)
    for _ in range(2):
        alarms.changed(key, "a" * 64, "b" * 64)
    assert sent == [(key, "a" * 64, "b" * 64)], "once in six hours, and not lost with the broker away"
    tasks.stored_changed.run(*sent[0])
    told = Notice.objects.filter(code="stored_file_changed")
    names = dict(User.objects.values_list("pk", "username"))
    assert {names[each.user_id] for each in told} == {"jing", "huang"}
    assert all(key in each.body and each.urgent for each in told)
