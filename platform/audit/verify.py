"""Verify a log now: records against entries, entries against the tree, the tree against heads, countersignatures and
time-stamps, and against what others hold. Each link is compared by itself, so the first bad one can be named.

Apps above say how the records of their kinds are checked and called:

    @checks("exhibit.sealed")
    def exhibits(entries, files): yield entry, "file_differs", {"what": …}     for each that is not as sealed
    @describes("exhibit.sealed")
    def name(entry): return "照片 …"
    @completes
    def unsealed(name): yield "record_unsealed", {"what": …}                   for records that have no entry
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from audit import heads, keys, log, merkle, stamps
from audit.models import HeadStamp, HeadWitness, LogCheck, LogEntry, LogHead
from audit.move import move
from audit.trail import Actor, Person
from kernel import clock
from kernel.canonical import instant
from kernel.errors import Words
from kernel.soon import soon

logger = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
CHUNK = 1000
MOST_FAULTS = 20
SLOW_PLACE = timedelta(minutes=10)
"""An entry without a place for so long is a fault: the sequencer comes by every few seconds."""

Link = tuple[LogEntry, str, Mapping[str, Any]]
Check = Callable[[Sequence[LogEntry], bool], Iterable[Link]]
Describe = Callable[[LogEntry], str]
Complete = Callable[[str], Iterable[tuple[str, Mapping[str, Any]]]]
Progress = Callable[[int, int], None]

SENTENCES: dict[str, Words] = {
    "file_differs": _("{what}与封存时不同：封存的 SHA-256 是 {sealed}，现在存着的是 {found}。"),
    "file_gone": _("{what}的原件不在存储里了。请从备份恢复后再核对。"),
    "record_facts": _("{what}的登记信息与封存时不同：{fields}。"),
    "record_differs": _("{what}的记录与封存时不同：有人改动过它。"),
    "record_gone": _("{what}的记录不在了：有人删掉了它。"),
    "records_restored": _("有 {count} 条记录在恢复备份（{at}）时丢失，日志里写明了这次恢复：它们不是被人删掉的。"),
    "record_unsealed": _("{what}没有写入封存日志。"),
    "entry_gap": _("日志第 {number} 条不在了（下一条是第 {next_number} 条）：有人删掉了它。"),
    "entry_altered": _("日志第 {number} 条（{what}）的内容与封存时不同：它的校验值对不上。"),
    "entry_columns": _("日志第 {number} 条（{what}）的编目与封存的内容不一致。"),
    "entry_waits": _("{what}写入日志已超过十分钟，还没有编入：请联系系统管理员检查后台任务。"),
    "tree_altered": _("日志第 {first}–{last} 条的汇总值与各条对不上：其中有一条，或汇总值本身，被改动过。"),
    "entry_emptied": _("日志第 {number} 条的内容没有了，也没有清理凭证说明它保存期满：有人删掉了它。"),
    "tree_short": _("日志缺少第 {first}–{last} 条的汇总值：有人删掉了它。"),
    "head_altered": _("{at} 的日结（{size} 条）签名不符：日结被改动过。"),
    "head_differs": _("{at} 的日结（{size} 条）与日志对不上：第 {first}–{last} 条中有记录被改动过。"),
    "head_beyond": _("{at} 的日结写明有 {size} 条，日志现在只有 {now} 条：后面的记录被删掉了。"),
    "head_key": _("{at} 的日结（{size} 条）不是用本日志的密钥签的。"),
    "key_unvouched": _("日志第 {number} 条换了签名密钥，但没有原来那把密钥的签名：不是本方换的。"),
    "witness_false": _("{witness}对 {at} 的日结（{size} 条）的见证签名不符。"),
    "witness_refused": _("{witness}拒绝见证 {at} 的日结（{size} 条）：{reason}"),
    "stamp_false": _("{at} 的日结（{size} 条）的时间戳对不上：时间戳或日结被改动过，或盖章的机构不可信。"),
    "outside_false": _("{witness}留存的日结（{size} 条）自身不完整或签名不符，不能用来核对。"),
    "outside_entry": _("日志第 {number} 条（{what}）与{witness}在 {at} 见证时不同：它在那之后被改动过。"),
    "outside_range": _("日志第 {first}–{last} 条中有记录与{witness}在 {at} 见证时不同：在那之后被改动过。"),
    "outside_gone": _("{witness}在 {at} 见证时日志有 {size} 条，现在只有 {now} 条：后面的记录被删掉了。"),
    "outside_root": _("日志前 {size} 条与{witness}在 {at} 见证时不同：其中有记录被改动过。"),
    "outside_stamp": _("{at} 已加盖时间戳的日结（{size} 条）与日志对不上：第 {first}–{last} 条中有记录被改动过。"),
}
REASONS: dict[str, Words] = {
    "wrong_party": _("日志不属于发来日结的一方。"),
    "key_changed": _("签名密钥与以前的不同。"),
    "signature_wrong": _("日结的签名不符。"),
    "went_back": _("日结比以前见证过的短：有记录被删掉。"),
    "not_consistent": _("日结与以前见证过的对不上：以前的记录被改动过。"),
    "no_proof": _("日结没有附上与以前见证过的那一次相衔接的证明。"),
    "growth_wrong": _("日结附带的新增记录与总值对不上。"),
}
"""Why a party refuses to countersign: code to sentence."""

_checks: dict[str, Check] = {}
_describes: dict[str, Describe] = {}
_completes: list[Complete] = []


def checks(kind: str) -> Callable[[Check], Check]:
    """Register how records of a kind of entry are compared with it. It is told whether to read stored files too."""

    def register(function: Check) -> Check:
        _checks[kind] = function
        return function

    return register


def describes(kind: str) -> Callable[[Describe], Describe]:
    """Register what a kind of entry is called for people."""

    def register(function: Describe) -> Describe:
        _describes[kind] = function
        return function

    return register


def completes(function: Complete) -> Complete:
    """Register a search for records that should have an entry and have none."""
    if function not in _completes:
        _completes.append(function)
    return function


@dataclass(frozen=True)
class Fault:
    """One bad link. data: fills the sentence of the code; JSON."""

    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The sentence, in the language that is active now."""
        sentence = str(SENTENCES.get(self.code, self.code))
        for key, value in self.data.items():
            sentence = sentence.replace("{" + key + "}", str(value))
        return sentence


@dataclass
class Report:
    """What a verification saw. faults: in the order of the walk, the first is the first bad link; at most 20."""

    log: str
    size: int = 0
    heads: int = 0
    countersigned: int = 0
    stamped: int = 0
    demo_stamps: int = 0
    waiting: int = 0
    outside: int = 0
    emptied: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every link does."""
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """For keeping."""
        plain = {key: value for key, value in vars(self).items() if key != "faults"}
        return plain | {"faults": [{"code": fault.code, "data": dict(fault.data)} for fault in self.faults]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Report:
        """Read `as_json` back."""
        faults = [Fault(fault["code"], fault["data"]) for fault in kept["faults"]]
        return cls(**{**kept, "faults": faults})


CLEARED = "retention.cleared"
"""Kind of entry by which the clock says which lines' text it took away (`emptied`: their positions)."""


def emptied(name: str) -> set[int]:
    """Positions of a log's entries whose text was taken away with a proof that is sealed in the same log."""
    found: set[int] = set()
    for entry in LogEntry.objects.filter(log=name, kind=CLEARED, position__isnull=False):
        found |= set(entry.content.get("emptied", ()))
    return found


class _Enough(Exception):
    """So many faults that more would tell nothing."""


@dataclass(frozen=True)
class OutsideHead:
    """A head of the log as somebody else kept it: what it countersigned, with the hashes it was shown then.

    witness: its name. See `WitnessedHead` for peaks, grown, grain.
    """

    witness: str
    log: str
    size: int
    root: bytes
    at: datetime
    from_size: int
    grain: int
    peaks: Sequence[bytes]
    grown: Sequence[bytes]
    signed: bytes
    signature: bytes
    public_key: bytes


@dataclass(frozen=True)
class OutsideStamp:
    """A time-stamp kept outside: the head's bytes and the authority's answer."""

    body: bytes
    response: bytes
    is_demo: bool = False


class Verification:
    """One walk over a log."""

    def __init__(self, name: str, *, files: bool = True, progress: Progress | None = None) -> None:
        self.name, self.files = name, files
        self.report = Report(log=name)
        self._progress = progress or (lambda done, total: None)
        self._roots: dict[int, bytes] = {}
        self._emptied = emptied(name)
        self._lost: Counter[str] = Counter()
        self._restorations: list[Mapping[str, Any]] | None = None

    def walk(self, *, outside: Sequence[OutsideHead] = (), outside_stamps: Sequence[OutsideStamp] = ()) -> Report:
        """Compare every link. Reads only."""
        try:
            self._entries({head.size for head in self._heads()} | {head.size for head in outside})
            self._tell_what_was_lost()
            self._waiting()
            for complete in _completes:
                for code, data in complete(self.name):
                    self._fault(code, **data)
            self._compare_heads()
            self._outside(outside)
            self._outside_stamps(outside_stamps)
        except _Enough:
            logger.warning("verification of log %s stopped at %d faults", self.name, MOST_FAULTS)
        return self.report

    def _fault(self, code: str, **data: Any) -> None:
        self.report.faults.append(Fault(code, data))
        if len(self.report.faults) >= MOST_FAULTS:
            raise _Enough

    def _heads(self) -> list[LogHead]:
        return list(LogHead.objects.filter(log=self.name).order_by("size"))

    # Entries and tree -------------------------------------------------------------------------------------------------

    def _entries(self, sizes: set[int]) -> None:
        """Every entry in order; the root is kept at each of `sizes`."""
        total = LogEntry.objects.filter(log=self.name, position__isnull=False).aggregate(n=Count("pk"))["n"]
        tree = merkle.Growing()
        for chunk in self._chunks():
            complete: list[tuple[int, int, bytes]] = []
            for entry in chunk:
                if entry.position != tree.size:
                    self.report.size = tree.size
                    self._fault("entry_gap", number=tree.size + 1, next_number=(entry.position or 0) + 1)
                    return  # all that follows stands in another place than it was given
                self._entry(entry)
                complete += tree.add(bytes(entry.leaf_hash))
                if tree.size in sizes:
                    self._roots[tree.size] = tree.root
            self._nodes(complete)
            self._records(chunk)
            self.report.size = tree.size
            self._progress(tree.size, total)

    def _chunks(self) -> Iterator[list[LogEntry]]:
        after = -1
        while True:
            rows = LogEntry.objects.filter(log=self.name, position__gt=after).order_by("position")
            chunk = list(rows[:CHUNK])
            if not chunk:
                return
            yield chunk
            after = chunk[-1].position or 0

    def _entry(self, entry: LogEntry) -> None:
        if not entry.body:  # its hash is still a leaf of the tree; its text went when its record's period was over
            if entry.position not in self._emptied:
                self._fault("entry_emptied", number=self._number(entry))
            else:
                self.report.emptied += 1
        elif merkle.leaf_hash(entry.body.encode()) != bytes(entry.leaf_hash):
            self._fault("entry_altered", number=self._number(entry), what=what(entry))
        elif not _columns_agree(entry):
            self._fault("entry_columns", number=self._number(entry), what=what(entry))

    def _number(self, entry: LogEntry) -> int:
        return (entry.position or 0) + 1

    def _nodes(self, complete: list[tuple[int, int, bytes]]) -> None:
        stored = log.read_nodes(self.name, [(level, place) for level, place, _hash in complete])
        told = False
        for level, place, digest in complete:
            first, last = (place << level) + 1, (place + 1) << level
            held = stored.get((level, place))
            if held == digest or told:
                continue  # the smallest subtree comes first; those above it are wrong with it
            told = True
            self._fault("tree_short" if held is None else "tree_altered", first=first, last=last)

    def _records(self, chunk: Sequence[LogEntry]) -> None:
        by_kind: dict[str, list[LogEntry]] = {}
        for entry in chunk:
            if not entry.body:
                continue
            by_kind.setdefault(entry.kind, []).append(entry)
        bad: list[Link] = []
        for kind, entries in by_kind.items():
            if kind in _checks:
                bad += _checks[kind](entries, self.files)
        for entry, code, data in sorted(bad, key=lambda link: link[0].position or 0):
            if code == "record_gone" and (restoration := self._restoration_that_lost(entry)):
                self._lost[restoration] += 1  # told in one sentence, so that others are not crowded out
                continue
            self._fault(code, **{"number": self._number(entry), **data})

    def _restoration_that_lost(self, entry: LogEntry) -> str:
        """When the record of an entry was lost, by a restoration that the log itself tells of; else empty."""
        if self._restorations is None:
            rows = LogEntry.objects.filter(log=self.name, kind="log.restored").order_by("id")
            self._restorations = [each.content for each in rows]
        moment = instant(entry.at)
        for each in self._restorations:
            if each["rows_of"] <= moment <= each["closed_at"]:
                return str(each["closed_at"])
        return ""

    def _tell_what_was_lost(self) -> None:
        for closed_at, count in self._lost.items():
            self._fault("records_restored", count=count, at=shown(datetime.fromisoformat(closed_at)))

    def _waiting(self) -> None:
        late = clock.now() - SLOW_PLACE
        waiting = LogEntry.objects.filter(log=self.name, position=None)
        self.report.waiting = waiting.count()
        for entry in waiting.filter(at__lt=late).order_by("id")[:MOST_FAULTS]:
            self._fault("entry_waits", what=what(entry))

    # Heads ------------------------------------------------------------------------------------------------------------

    def _compare_heads(self) -> None:
        known, good = self._keys(), 0
        for head in self._heads():
            about = {"at": shown(head.at), "size": head.size}
            self.report.heads += 1
            if not heads.is_whole(head):
                self._fault("head_altered", **about)
            elif (key := bytes(head.public_key)) not in known:
                self._fault("head_key", **about)
            elif head.size > self.report.size:
                self._fault("head_beyond", now=self.report.size, **about)
            elif self._roots[head.size] != bytes(head.root):
                self._fault("head_differs", first=good + 1, last=head.size, **about)
            else:
                good = head.size
                known = known[known.index(key) :]  # no head after one by a later key may be by an earlier one
            self._witnesses(head, about)
            self._stamp(head, about)

    def _keys(self) -> list[bytes]:
        """Those of the log in their order, none unless the settings have the last one: each change is signed by both
        keys, so nobody else's chain ends in ours. An entry that changes the key and does not count is a fault.
        """
        counted = keys.changes(self.name)
        for entry, change in keys.entries(self.name):
            if change not in counted and entry.position is not None:
                self._fault("key_unvouched", number=self._number(entry))
        known = keys.chain(self.name)
        try:
            keys.holder(self.name, known)
        except keys.LogKeyGone:
            return []
        return known

    def _witnesses(self, head: LogHead, about: Mapping[str, Any]) -> None:
        for row in head.witnesses.all():
            if row.state == HeadWitness.State.REFUSED:
                reason = str(REASONS.get(row.reason, row.reason))
                self._fault("witness_refused", witness=row.witness, reason=reason, **about)
            elif row.state == HeadWitness.State.SIGNED:
                if is_countersigned(head, row):
                    self.report.countersigned += 1
                else:
                    self._fault("witness_false", witness=row.witness, **about)

    def _stamp(self, head: LogHead, about: Mapping[str, Any]) -> None:
        stamp = HeadStamp.objects.filter(head=head, state=HeadStamp.State.STAMPED).first()
        if stamp is None:
            return
        try:
            stamps.verified_at(bytes(stamp.response or b""), head.body.encode(), is_demo=stamp.is_demo)
        except stamps.NoStamp as error:
            self._fault("stamp_false", problem=str(error), **about)
            return
        self.report.stamped += 1
        self.report.demo_stamps += stamp.is_demo

    # What others hold -------------------------------------------------------------------------------------------------

    def _outside(self, held: Sequence[OutsideHead]) -> None:
        for head in sorted((head for head in held if head.log == self.name), key=lambda head: head.size):
            self.report.outside += 1
            about = {"witness": head.witness, "at": shown(head.at), "size": head.size}
            if not _holds_together(head):
                self._fault("outside_false", **about)
            elif head.size > self.report.size:
                self._fault("outside_gone", now=self.report.size, **about)
            elif self._roots[head.size] != head.root:
                self._name_altered(head, about)

    def _name_altered(self, head: OutsideHead, about: Mapping[str, Any]) -> None:
        """Which entry is not the one that the witness was shown."""
        wanted = merkle.cover(head.from_size, head.size, grain=head.grain)
        now = log.read_nodes(self.name, wanted)
        for node, digest in zip(wanted, head.grown, strict=True):
            if now.get(node) == digest:
                continue
            level, place = node
            first, last = (place << level) + 1, (place + 1) << level
            if level:
                self._fault("outside_range", first=first, last=last, **about)
            else:
                entry = LogEntry.objects.get(log=self.name, position=place)
                self._fault("outside_entry", number=first, what=what(entry), **about)
            return
        self._fault("outside_root", **about)  # before from_size: the head held for that time names it

    def _outside_stamps(self, held: Sequence[OutsideStamp]) -> None:
        good = 0
        for stamp in held:
            said = json.loads(stamp.body)
            if said["log"] != self.name:
                continue
            self.report.outside += 1
            about = {"at": said["at"], "size": said["size"]}
            try:
                at = stamps.verified_at(stamp.response, stamp.body, is_demo=stamp.is_demo)
            except stamps.NoStamp as error:
                self._fault("stamp_false", problem=str(error), **about)
                continue
            about["at"] = shown(at)
            size = said["size"]
            if size > self.report.size:
                self._fault("head_beyond", now=self.report.size, **about)
            elif log.root_of(self.name, size).hex() != said["root"]:
                self._fault("outside_stamp", first=good + 1, last=size, **about)
            else:
                good = size


def what(entry: LogEntry) -> str:
    """What an entry tells of, for people."""
    describe = _describes.get(entry.kind)
    return describe(entry) if describe else f"{entry.kind} {entry.record_id}"


def shown(moment: datetime) -> str:
    """A moment in China, to the minute."""
    return f"{moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


def is_countersigned(head: LogHead, row: HeadWitness) -> bool:
    """Whether a witness's answer is over this very head, signed with the key it came with."""
    if not (row.public_key and row.signature):
        return False
    said = json.loads(row.body or "{}")
    names = said.get("witness"), said.get("log"), said.get("size"), said.get("root")
    return names == (row.witness, head.log, head.size, head.root_hex) and keys.is_signed(
        bytes(row.public_key), bytes(row.signature), row.body.encode()
    )


def _columns_agree(entry: LogEntry) -> bool:
    said = json.loads(entry.body)
    return (said["log"], said["id"], said["kind"], said["record_id"]) == (
        entry.log,
        str(entry.pk),
        entry.kind,
        str(entry.record_id),
    )


def _holds_together(head: OutsideHead) -> bool:
    """Whether a head kept outside is signed by its witness and its own hashes lead to its root."""
    said = json.loads(head.signed)
    if (said.get("log"), said.get("size"), said.get("root")) != (head.log, head.size, head.root.hex()):
        return False
    return merkle.fold(list(head.peaks)) == head.root and keys.is_signed(head.public_key, head.signature, head.signed)


# Verify now -----------------------------------------------------------------------------------------------------------


def ask(name: str, *, by: Person) -> LogCheck:
    """Have a worker verify the log; the same check for two who ask at once."""
    from audit.tasks import check as task

    with transaction.atomic():
        going = LogCheck.objects.filter(
            log=name,
            state__in=[LogCheck.State.QUEUED, LogCheck.State.RUNNING],
            created_at__gt=clock.now() - timedelta(hours=1),
        ).first()
        if going is not None:
            return going
        row = LogCheck.objects.create(log=name, by_id=by.pk, by_name=by.display_name)
    if not soon(task, str(row.pk)):
        move(row, "give_up", by=MACHINE, finished_at=clock.now())
    return row


def run(check_id: UUID) -> LogCheck:
    """Do a check that was asked for. What cuts it off is told on its page."""
    row = LogCheck.objects.get(pk=check_id)
    move(row, "start", by=MACHINE, done=0)

    def progress(done: int, total: int) -> None:
        LogCheck.objects.filter(pk=row.pk).update(done=done, total=total)

    try:
        report = Verification(row.log, progress=progress).walk()
    except Exception:
        move(row, "fail", by=MACHINE, finished_at=clock.now())
        raise
    return move(row, "finish", by=MACHINE, finished_at=clock.now(), report=report.as_json())
