"""A province's own part: the values of its records, what was told of them, and how far it lets the other side know."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from federation.matching.kinds import KIND_CHOICES
from kernel import clock
from kernel.ids import uuid7


class Value(models.Model):
    """One value that records of this province hold, made comparable. Its id is the handle under which it is laid down.

    scope: for values that mean something within one brand only, that brand. shown: as it was first written.
    laid_in: the round in which its digest lies on the table; null while it lies on none. common: why it says nothing
    (a service number).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("种类"), max_length=20, choices=KIND_CHOICES)
    scope = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=200)
    shown = models.CharField(max_length=200)
    laid_in = models.PositiveIntegerField(null=True, blank=True)
    common = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("可比对的值")
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "value"], name="match_value_once")]
        indexes = [models.Index(fields=["laid_in", "id"], name="match_value_laid")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Holding(models.Model):
    """A record of this province holds a value. source: by which it is found (`sources`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    value = models.ForeignKey(Value, models.CASCADE, related_name="holdings")
    source = models.CharField(max_length=20)
    record_id = models.UUIDField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "source", "record_id"], name="match_holding_once")]
        indexes = [models.Index(fields=["source", "record_id"], name="match_holding_record")]


class Stop(models.Model):
    """停用: this province does not have a value compared: everybody's courier, a platform's own account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("种类"), max_length=20, choices=KIND_CHOICES)
    value = models.CharField(max_length=200)
    shown = models.CharField(_("值"), max_length=200)
    why = models.CharField(_("理由"), max_length=200)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="match_stop_once")]


class Probe(models.Model):
    """手工比对: a value compared by a person, without a record of this province. Insert-only.

    masked: all of the value that is kept here. The value itself goes when the probe ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("种类"), max_length=20, choices=KIND_CHOICES)
    masked = models.CharField(_("值"), max_length=200)
    reason = models.CharField(_("理由"), max_length=300)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)
    ends_on = models.DateField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["at"], name="match_probe_at")]


class Match(models.Model):
    """比中: another province holds something on a value, or on one run of goods. The id is the office's.

    masked: what stands on pages though the value is gone. source, record_id: of our record where no value was compared.
    provinces: how many hold it, once both sides agreed to know.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待协商")
        PAUSED = "paused", _("暂停")
        CLOSED = "closed", _("已结束")

    MOVES = {
        "pause": ({State.OPEN}, State.PAUSED),
        "resume": ({State.PAUSED}, State.OPEN),
        "close": ({State.OPEN, State.PAUSED}, State.CLOSED),
    }
    VERBS = {"pause": _("暂停"), "resume": _("恢复"), "close": _("结束")}

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("种类"), max_length=20)
    value = models.ForeignKey(Value, models.SET_NULL, null=True, blank=True, related_name="matches")
    masked = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=20, blank=True)
    record_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    why = models.CharField(max_length=20, blank=True)
    common = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)
    provinces = models.PositiveSmallIntegerField(null=True, blank=True)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-found_at", "-id"]
        indexes = [models.Index(fields=["source", "record_id"], name="match_of_record")]


class MatchStep(models.Model):
    """One rung of the ladder: what we said to it, what the other side said, and what both learned.

    said: what we let the office pass on (`FactsV1`, `LiaisonV1`). told: the other side's, once both agreed.
    """

    class Rung(models.IntegerChoices):
        NUMBER = 1, _("涉及几个省份")
        GOODS = 2, _("品牌、产品、数量和时间")
        UNIT = 3, _("办理单位和联系人")
        CONTENTS = 4, _("内容")

    class State(models.TextChoices):
        OPEN = "open", _("未表示")
        SAID = "said", _("本省已同意")
        DECLINED = "declined", _("本省不同意")
        WITHDRAWN = "withdrawn", _("本省已收回")
        TOLD = "told", _("双方已互告")

    MOVES = {
        "say": ({State.OPEN, State.DECLINED, State.WITHDRAWN}, State.SAID),
        "decline": ({State.OPEN, State.WITHDRAWN}, State.DECLINED),
        "withdraw": ({State.SAID}, State.WITHDRAWN),
        "tell": ({State.SAID, State.WITHDRAWN}, State.TOLD),
    }
    VERBS = {"say": _("同意"), "decline": _("不同意"), "withdraw": _("收回"), "tell": _("互告")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    match = models.ForeignKey(Match, models.CASCADE, related_name="steps")
    rung = models.PositiveSmallIntegerField(choices=Rung)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    said = models.JSONField(default=dict)
    said_at = models.DateTimeField(null=True, blank=True)
    by_id = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=60, blank=True)
    other = models.CharField(max_length=10, blank=True, help_text="said, declined, withdrawn, or nothing yet")
    other_at = models.DateTimeField(null=True, blank=True)
    told = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["rung"]
        constraints = [models.UniqueConstraint(fields=["match", "rung"], name="match_step_once")]


class SeriesAsk(models.Model):
    """系列征询: the office asks whether we may be named to the others of a series. The id is the series'.

    members: the provinces that agreed, once we did too.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("待答复")
        AGREED = "agreed", _("已同意亮明")
        DECLINED = "declined", _("不同意亮明")
        CLOSED = "closed", _("已结束")

    _ANSWERED = {State.AGREED, State.DECLINED}
    MOVES = {
        "agree": ({State.ASKED, State.DECLINED}, State.AGREED),
        "decline": ({State.ASKED}, State.DECLINED),
        "withdraw": ({State.AGREED}, State.DECLINED),
        "close": ({State.ASKED, *_ANSWERED}, State.CLOSED),
    }
    VERBS = {"agree": _("同意亮明"), "decline": _("不同意亮明"), "withdraw": _("收回"), "close": _("结束")}

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(_("编号"), max_length=40)
    title = models.CharField(_("名称"), max_length=80)
    why = models.CharField(max_length=1000, blank=True)
    provinces = models.PositiveSmallIntegerField()
    agreed = models.PositiveSmallIntegerField(default=0)
    value_kinds = models.JSONField(default=list)
    first_week = models.CharField(max_length=8, blank=True)
    last_week = models.CharField(max_length=8, blank=True)
    match_ids = models.JSONField(default=list)
    request_ids = models.JSONField(default=list)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ASKED)
    standing = models.CharField(max_length=10, default="proposed")
    members = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
