"""Rehearse a restoration: into a scratch schema that no login may enter, compared, measured, dropped.

A schema and not a database of its own: the owner may make the one and not the other.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from audit import log
from audit.move import move
from audit.trail import Actor
from audit.verify import Verification
from backups import checking, manifest, objects, restoring, writing
from backups.models import Rehearsal
from backups.places import Place, place_of
from backups.sealing import Keys
from evidence.store import prefix_of
from kernel import clock
from kernel.errors import Problem
from provinces import context

MACHINE = Actor(None, "系统")
FILES_READ = 200
"""So many files are read to their end, chosen anew each time; `backups verify` reads all."""


def rehearse(code: str, *, place: str, say: Callable[[str], None], name: str = "") -> Rehearsal:
    """Restore a province into a scratch schema, compare counts, files and its sealed log, and drop it.

    What does not hold stands in `findings["wrong"]`. Raises AlreadyRunning, and what says that there is no backup.
    """
    keys, there = Keys.configured(), place_of(place)
    made = manifest.read(there, name, keys) if name else manifest.newest(there, code, keys)
    writing.codes_for(code)
    findings: dict[str, Any] = {"wrong": [], "seconds": {}}
    with writing.one_at_a_time():
        with context.owner():
            for dead in Rehearsal.objects.filter(scope=code, state=Rehearsal.State.RUNNING):
                move(dead, "fail", by=MACHINE, ended_at=clock.now())
            row = Rehearsal.objects.create(scope=code, backup_name=made.name)
        try:
            _rehearsed(made, code, there, keys, findings, say)
        except Problem as error:
            findings["wrong"].append(error.detail)
        except BaseException as error:
            findings["wrong"].append(type(error).__name__)
            _end(row, "fail", findings)
            raise
        return _end(row, "fail" if findings["wrong"] else "pass", findings)


def _rehearsed(
    made: manifest.Manifest, code: str, there: Place, keys: Keys, findings: dict[str, Any], say: Callable[[str], None]
) -> None:
    scratch = f"{code}_rehearsal"
    try:
        with _measured(findings, "load"):
            counts = restoring.build(made, code, scratch, there, keys)
        findings["tables"], findings["rows"] = len(counts), sum(counts.values())
        say(f"{code}: {findings['rows']} rows in {findings['tables']} tables, {findings['seconds']['load']:.1f} s")
        with _measured(findings, "log"):
            findings["wrong"] += _log(made, code, scratch, findings)
        say(f"{code}: log of {findings['log_entries']} entries, {findings['seconds']['log']:.1f} s")
        with _measured(findings, "files"):
            findings["wrong"] += _files(made, code, there, keys, findings)
        say(f"{code}: {findings['files_read']} of {findings['files']} files read")
    finally:
        restoring.drop(scratch)


def _end(row: Rehearsal, verb: str, findings: dict[str, Any]) -> Rehearsal:
    with context.owner():
        return move(row, verb, by=MACHINE, ended_at=clock.now(), findings=findings)


class _measured:
    def __init__(self, findings: dict[str, Any], what: str) -> None:
        self._seconds, self._what = findings["seconds"], what

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *exc: object) -> None:
        self._seconds[self._what] = round(time.monotonic() - self._began, 2)


def _log(made: manifest.Manifest, code: str, scratch: str, findings: dict[str, Any]) -> list[str]:
    """The restored log: as long as it was, with the root it had, and every entry and tree node in order."""
    wanted = made.logs[code]
    with context.owner(scratch):
        size = log.size_of(code)
        findings["log_entries"] = size
        root = log.root_of(code, size).hex() if size else ""
        verification = Verification(code, files=False)
        verification._entries(set())
        report = verification.report
    wrong = [fault.words for fault in report.faults]
    if (size, root) != (wanted.size, wanted.root):
        wrong.append(f"log: {size} {root[:16]}, {wanted.size} {wanted.root[:16]} at the backup")
    return wrong


def _files(made: manifest.Manifest, code: str, there: Place, keys: Keys, findings: dict[str, Any]) -> list[str]:
    chosen: list[objects.Kept] = []
    listed = 0
    for kept in checking.listed_objects(there, made, keys):
        if prefix_of(kept.key) != code:
            continue
        listed += 1
        if len(chosen) < FILES_READ:
            chosen.append(kept)
        elif (place := random.randrange(listed)) < FILES_READ:  # each of all has the same chance
            chosen[place] = kept
    findings["files"], findings["files_read"] = listed, len(chosen)
    wrong = []
    for kept in chosen:
        try:
            objects.check(kept, there, keys, made.name)
        except Problem as error:
            wrong.append(error.detail)
    return wrong
