"""The environment: lock files that name no registry, a stamp that notices change, translations without GNU tools."""

import gettext
import json
import re
from pathlib import Path

import pytest

from runtime.bootstrap import fingerprint, stamped
from runtime.messages import compile_messages

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([a-z0-9._-]+(?:\[[a-z0-9,._-]+\])?)==(\S+)(?: ;[^\\]*)? \\$", re.M)


def pins(kind):
    return {name: version for name, version in PIN.findall((ROOT / "requirements" / f"{kind}.txt").read_text())}


@pytest.mark.parametrize(("kind", "least"), [("base", 50), ("dev", 50), ("models", 1)])
def test_every_python_package_is_pinned_by_hash_and_no_registry_is_named(kind, least):
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    assert "://" not in text
    assert "--index" not in text and "--find-links" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(blocks) >= least
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_what_is_tested_is_what_is_shipped():
    base, dev = pins("base"), pins("dev")
    assert {name: dev.get(name) for name in base} == base


def test_the_front_end_lock_has_digests_and_names_no_registry():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    foreign = {name: facts for name, facts in packages.items() if name}
    assert foreign
    assert [name for name, facts in foreign.items() if "resolved" in facts or not facts.get("integrity")] == []


def test_a_stamp_holds_only_for_the_same_contents(tmp_path):
    lock, stamp = tmp_path / "lock", tmp_path / "stamp"
    lock.write_text("a==1")
    assert not stamped(stamp, fingerprint(lock))
    stamp.write_text(fingerprint(lock, "3.11") + "\n")
    assert stamped(stamp, fingerprint(lock, "3.11"))
    assert not stamped(stamp, fingerprint(lock, "3.12"))
    lock.write_text("a==2")
    assert not stamped(stamp, fingerprint(lock, "3.11"))


def test_translations_are_compiled_once_to_the_same_bytes_and_fuzzy_ones_are_left_out(tmp_path):
    folder = tmp_path / "app" / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "查真假"\nmsgstr "Check"\n\n#, fuzzy\nmsgid "线索"\nmsgstr "wrong"\n',
        encoding="utf-8",
    )
    assert compile_messages(tmp_path) == 1
    assert compile_messages(tmp_path) == 0
    with (folder / "django.mo").open("rb") as compiled:
        spoken = gettext.GNUTranslations(compiled)
    assert spoken.gettext("查真假") == "Check"
    assert spoken.gettext("线索") == "线索"
    assert spoken.info()["pot-creation-date"].startswith("2000-01-01"), "two images of one commit would differ"
