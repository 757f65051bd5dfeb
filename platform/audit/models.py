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
        """What was sealed, without the envelope."""
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
