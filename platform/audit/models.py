"""Rows of the trail, of document numbers and of the sealed log. They lie beside what they tell of: in each province,
and in `public`."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Trail(models.Model):
    """One thing done to one record. Insert-only: no login that serves may update or delete it.

    `by_id` is empty where a machine acted; `by_name` is kept as it was then. No foreign key: the trail outlives
    what it tells of.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("时间"), default=clock.now, editable=False)
    record_label = models.CharField(_("记录类别"), max_length=80)
    record_id = models.UUIDField(_("记录编号"))
    verb = models.CharField(_("动作"), max_length=40)
    from_state = models.CharField(_("原状态"), max_length=40, blank=True)
    to_state = models.CharField(_("新状态"), max_length=40, blank=True)
    by_id = models.UUIDField(_("经办人编号"), null=True, blank=True)
    by_name = models.CharField(_("经办人"), max_length=80)
    why = models.TextField(_("原因"), blank=True)
    data = models.JSONField(_("附记"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["record_id", "at"], name="audit_trail_record")]

    def __str__(self) -> str:
        return f"{self.record_label} {self.verb}"

    @property
    def said_by(self) -> str:
        """Who did it, and by way of which other system."""
        through = self.data.get("through")
        return _("{name}（经 {through}）").format(name=self.by_name, through=through) if through else self.by_name


class ReadLine(models.Model):
    """One look at one sensitive record, or one search or list by name or number. Insert-only.

    record_label, record_id: as in the trail, so that who changed a record and who looked at it are one question;
    record_id is empty for a search. way: how it was shown. route: the address without its ids. what: what else is to be
    said: for a search which fields, for a file which one; never what was found. terms: digests of what was searched for
    (`reads.term_digest`). unit_id: of the person then. house_id: at the brands host, for whom the person acted.
    """

    class Way(models.TextChoices):
        PAGE = "page", _("页面")
        API = "api", _("接口")
        FILE = "file", _("文件")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("时间"), default=clock.now, editable=False)
    seat = models.CharField(_("网址"), max_length=40)
    record_label = models.CharField(_("记录类别"), max_length=80)
    record_id = models.UUIDField(_("记录编号"), null=True)
    way = models.CharField(_("方式"), max_length=8, choices=Way, default=Way.PAGE)
    route = models.CharField(_("页面"), max_length=160, blank=True)
    what = models.CharField(_("附记"), max_length=200, blank=True)
    terms = models.JSONField(default=list)
    by_id = models.UUIDField(_("经办人编号"), null=True)
    by_name = models.CharField(_("经办人"), max_length=80)
    unit_id = models.UUIDField(null=True)
    house_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    through = models.CharField(_("经由"), max_length=80, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("查阅记录")
        indexes = [
            models.Index("record_id", "id", name="audit_read_record"),
            models.Index("by_id", "id", name="audit_read_person"),
            models.Index("at", name="audit_read_at"),
        ]

    def __str__(self) -> str:
        return f"{self.record_label} {self.record_id}"


class NumberSeries(models.Model):
    """The last serial given in one series: an issuing unit's word, a kind's word, a year."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency_word = models.CharField(_("机关代字"), max_length=20)
    kind_word = models.CharField(_("文种代字"), max_length=20)
    year = models.PositiveSmallIntegerField(_("年份"))
    last = models.PositiveIntegerField(_("最后序号"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency_word", "kind_word", "year"], name="audit_number_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.agency_word}{self.kind_word}〔{self.year}〕"


class IssuedNumber(models.Model):
    """A document number once given. It is never given again; a void one stays, with the reason."""

    class State(models.TextChoices):
        ISSUED = "issued", _("已编号")
        VOID = "void", _("已作废")

    MOVES = {"void": ({State.ISSUED}, State.VOID)}
    VERBS = {"void": _("作废")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document_no = models.CharField(_("文号"), max_length=80, unique=True)
    agency_word = models.CharField(_("机关代字"), max_length=20)
    kind_word = models.CharField(_("文种代字"), max_length=20)
    year = models.PositiveSmallIntegerField(_("年份"))
    serial = models.PositiveIntegerField(_("序号"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ISSUED)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)
    at = models.DateTimeField(_("编号时间"), default=clock.now, editable=False)

    class Meta:
        ordering = ["agency_word", "kind_word", "year", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency_word", "kind_word", "year", "serial"], name="audit_issued_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.document_no


class LogEntry(models.Model):
    """One line of the sealed log (封存日志). Insert-only, but for the place it is given once it is committed.

    log: whose log, by the name of its seat ("gx", "brands", "office"). body: canonical JSON of all that is sealed:
    version, log, id, at, kind, record_id, content. leaf_hash: 32 bytes, of the body (`audit.merkle.leaf_hash`).
    position: place in the tree from 0, empty until the sequencing task has come by.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    log = models.CharField(max_length=31)
    kind = models.CharField(_("种类"), max_length=60)
    record_id = models.UUIDField(_("记录编号"))
    at = models.DateTimeField(_("时间"))
    body = models.TextField(_("封存内容"))
    leaf_hash = models.BinaryField(max_length=32)
    position = models.BigIntegerField(_("序号"), null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("封存记录")
        indexes = [
            models.Index("record_id", "kind", name="log_entry_of_record"),
            models.Index("log", "id", condition=models.Q(position=None), name="log_entry_waiting"),
        ]
        constraints = [models.UniqueConstraint("log", "position", name="log_entry_position_once")]

    def __str__(self) -> str:
        return f"{self.log} {self.kind} {self.record_id}"

    @property
    def content(self) -> dict[str, Any]:
        """What was sealed, without the envelope; nothing where its period is over and the text was taken away."""
        if not self.body:
            return {}
        found: dict[str, Any] = json.loads(self.body)["content"]
        return found


class LogNode(models.Model):
    """The hash of one complete subtree of a log: 2**level leaves, the `place`-th such. Insert-only.

    Level 0 is not kept here: it is the leaf hash of the entry at that position.
    """

    pk = models.CompositePrimaryKey("log", "level", "place")
    log = models.CharField(max_length=31)
    level = models.PositiveSmallIntegerField()
    place = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("封存日志节点")

    def __str__(self) -> str:
        return f"{self.log} {self.level}/{self.place}"


class LogHead(models.Model):
    """The state of a log at one moment (日结): how many entries, and the root over them. Insert-only.

    body: canonical JSON of version, log, size, root and at; signature: Ed25519 over it, by public_key (32 bytes).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    log = models.CharField(max_length=31)
    size = models.BigIntegerField(_("封存记录数"))
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField(_("时间"))
    body = models.TextField()
    public_key = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)

    class Meta:
        ordering = ["log", "size"]
        verbose_name = _("日结")
        constraints = [models.UniqueConstraint("log", "size", name="log_head_once")]

    def __str__(self) -> str:
        return f"{self.log} {self.size}"

    @property
    def root_hex(self) -> str:
        return bytes(self.root).hex()


class HeadStamp(models.Model):
    """The time-stamp (RFC 3161) of one head. It waits while the authority does not answer.

    response: the authority's whole answer, DER. problem: why the last try brought nothing.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待时间戳")
        STAMPED = "stamped", _("已加盖时间戳")

    MOVES = {"stamp": ({State.WAITING}, State.STAMPED)}
    VERBS = {"stamp": _("加盖时间戳")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    head = models.OneToOneField(LogHead, models.DO_NOTHING, related_name="stamp")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    authority = models.CharField(_("时间戳机构"), max_length=200, blank=True)
    is_demo = models.BooleanField(default=False)
    response = models.BinaryField(null=True)
    stamped_at = models.DateTimeField(_("时间戳时间"), null=True)
    tries = models.PositiveIntegerField(_("已试次数"), default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("时间戳")
        indexes = [models.Index("next_try_at", condition=models.Q(state="waiting"), name="head_stamp_waiting")]

    def __str__(self) -> str:
        return f"{self.head_id} {self.state}"


class HeadWitness(models.Model):
    """Another party asked to countersign one of our heads, and its answer.

    witness: its address. body, signature: what it signed, Ed25519 by public_key. held_size: size of our last head that
    it held when it answered.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("等待见证")
        SIGNED = "signed", _("已见证")
        REFUSED = "refused", _("拒绝见证")

    MOVES = {"sign": ({State.ASKED}, State.SIGNED), "refuse": ({State.ASKED}, State.REFUSED)}
    VERBS = {"sign": _("见证"), "refuse": _("拒绝见证")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    head = models.ForeignKey(LogHead, models.DO_NOTHING, related_name="witnesses")
    witness = models.CharField(_("见证方"), max_length=60)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(_("原因"), max_length=40, blank=True)
    held_size = models.BigIntegerField(default=0)
    body = models.TextField(blank=True)
    public_key = models.BinaryField(max_length=32, null=True)
    signature = models.BinaryField(max_length=64, null=True)

    class Meta:
        ordering = ["witness"]
        verbose_name = _("见证")
        constraints = [models.UniqueConstraint("head", "witness", name="head_witness_once")]

    def __str__(self) -> str:
        return f"{self.witness} {self.state}"


class WitnessedHead(models.Model):
    """A head of another party's log as it reached us, with our countersignature or why there is none. Insert-only.

    party: its address. peaks: hashes of the complete subtrees of the tree, in order, 32 bytes each. grown: hashes of
    the subtrees between from_size and size, each of at most 2**grain leaves, left to right; with grain 0 every single
    leaf, so that an entry altered later can be named.
    """

    class Outcome(models.TextChoices):
        SIGNED = "signed", _("已见证")
        REFUSED = "refused", _("拒绝见证")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party = models.CharField(_("发件方"), max_length=60)
    log = models.CharField(max_length=31)
    size = models.BigIntegerField(_("封存记录数"))
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField(_("时间"))
    body = models.TextField()
    public_key = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    letter_id = models.UUIDField(unique=True)
    received_at = models.DateTimeField(_("收到时间"), default=clock.now)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    reason = models.CharField(_("原因"), max_length=40, blank=True)
    from_size = models.BigIntegerField(default=0)
    grain = models.PositiveSmallIntegerField(default=0)
    peaks = models.BinaryField(default=bytes)
    grown = models.BinaryField(default=bytes)
    own_body = models.TextField(blank=True)
    own_public_key = models.BinaryField(max_length=32, null=True)
    own_signature = models.BinaryField(max_length=64, null=True)

    class Meta:
        ordering = ["party", "-received_at"]
        verbose_name = _("对方日结")
        indexes = [models.Index("log", "size", name="witnessed_head_of_log")]

    def __str__(self) -> str:
        return f"{self.log} {self.size} {self.outcome}"

    @property
    def root_hex(self) -> str:
        return bytes(self.root).hex()


class LogCheck(models.Model):
    """One "verify now" of a log: how far it has come, and what it found."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("正在核对")
        DONE = "done", _("已核对")
        FAILED = "failed", _("没有完成")

    MOVES = {
        "start": ({State.QUEUED, State.RUNNING, State.FAILED}, State.RUNNING),
        "finish": ({State.RUNNING}, State.DONE),
        "fail": ({State.RUNNING}, State.FAILED),
        "give_up": ({State.QUEUED}, State.FAILED),
    }
    VERBS = {
        "start": _("开始核对"),
        "finish": _("核对完毕"),
        "fail": _("核对中断"),
        "give_up": _("未能开始核对"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    log = models.CharField(max_length=31)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(_("经办人"), max_length=80)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("封存核对")

    def __str__(self) -> str:
        return f"{self.log} {self.state}"
