"""Periods, holds, what the clock took and its proof: in each province's schema, and for the houses in `public`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Rule(models.Model):
    """How long one kind of record stays, from a date on. days: empty keeps it for ever."""

    class State(models.TextChoices):
        ASKED = "asked", _("待批准")
        AGREED = "agreed", _("已批准")
        REFUSED = "refused", _("未批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    MOVES = {
        "agree": ({State.ASKED}, State.AGREED),
        "refuse": ({State.ASKED}, State.REFUSED),
        "withdraw": ({State.ASKED}, State.WITHDRAWN),
    }
    VERBS = {"agree": _("批准"), "refuse": _("不批准"), "withdraw": _("撤回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    kind = models.CharField(_("记录类别"), max_length=60)
    days = models.PositiveIntegerField(_("保存天数"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=400)
    valid_from = models.DateField(_("自何日起"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ASKED)
    asked_by_id = models.UUIDField(null=True)
    asked_by_name = models.CharField(_("提出人"), max_length=80)
    asked_at = models.DateTimeField(_("提出时间"), default=clock.now)
    decided_by_id = models.UUIDField(null=True)
    decided_by_name = models.CharField(_("批准人"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("批准时间"), null=True)
    answer = models.CharField(_("意见"), max_length=400, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("保存期限")
        indexes = [models.Index("seat", "kind", "valid_from", name="keeping_rule_in_force")]


class Hold(models.Model):
    """A legal hold (法律保留): nothing it reaches goes, whatever its period, until a second person lifts it.

    subject_kind: a kind of matter, "exhibit", "entity" or "person". review_months: how often somebody must say that it
    is still needed; one that nobody looked at stays, and is told.
    """

    class State(models.TextChoices):
        ON = "on", _("保留中")
        LIFTING = "lifting", _("待解除")
        LIFTED = "lifted", _("已解除")

    MOVES = {
        "ask_lift": ({State.ON}, State.LIFTING),
        "keep_on": ({State.LIFTING}, State.ON),
        "lift": ({State.LIFTING}, State.LIFTED),
    }
    VERBS = {"ask_lift": _("申请解除"), "keep_on": _("不同意解除"), "lift": _("解除")}
    HOLDING = (State.ON, State.LIFTING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ON)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    subject_title = models.CharField(_("保留对象"), max_length=200)
    subject_url = models.CharField(max_length=300, blank=True)
    reason = models.CharField(_("保留原因"), max_length=400)
    ordered_by = models.CharField(_("决定机关或负责人"), max_length=200)
    review_months = models.PositiveSmallIntegerField(_("复核周期（月）"), default=6)
    review_on = models.DateField(_("下次复核"))
    placed_by_id = models.UUIDField(null=True)
    placed_by_name = models.CharField(_("经办人"), max_length=80)
    placed_at = models.DateTimeField(_("保留时间"), default=clock.now)
    unit_id = models.UUIDField(null=True)
    lift_reason = models.CharField(_("解除原因"), max_length=400, blank=True)
    lift_asked_by_id = models.UUIDField(null=True)
    lift_asked_by_name = models.CharField(_("申请解除人"), max_length=80, blank=True)
    lifted_by_id = models.UUIDField(null=True)
    lifted_by_name = models.CharField(_("批准解除人"), max_length=80, blank=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("法律保留")
        indexes = [models.Index("seat", "state", name="keeping_hold_on")]


class HeldThing(models.Model):
    """One record that a hold reaches, by its id alone: whatever links it to the subject."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hold = models.ForeignKey(Hold, models.CASCADE, related_name="things")
    label = models.CharField(max_length=80)
    record_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hold", "record_id"], name="keeping_held_once")]
        indexes = [models.Index("record_id", name="keeping_held_record")]


class Run(models.Model):
    """One pass of the clock. progress: by kind: due, gone, held, used, waiting. until: what was due by then went."""

    class State(models.TextChoices):
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        PAUSED = "paused", _("未做完，下次接着做")

    MOVES = {
        "finish": ({State.RUNNING}, State.DONE),
        "pause": ({State.RUNNING}, State.PAUSED),
        "go_on": ({State.PAUSED, State.RUNNING}, State.RUNNING),
    }
    VERBS = {"finish": _("完成"), "pause": _("暂停"), "go_on": _("继续")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RUNNING)
    began_at = models.DateTimeField(_("开始时间"), default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(_("完成时间"), null=True)
    until = models.DateTimeField(_("清理到"))
    progress = models.JSONField(default=dict)
    kinds_done = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("到期清理")

    @property
    def gone(self) -> int:
        """How many records went."""
        return sum(int(each.get("gone", 0)) for each in self.progress.values())


class Portion(models.Model):
    """Some records of one kind that go together, and the proof that they went.

    planned: ids of the records, until they are gone. objects, caches: what is still to be taken from the store and the
    cache. document: what is proved (`retention.proofs`), without anything that the records said; salt: of its digests.
    log_positions: lines of the sealed log whose text was taken away.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("待清理")
        ROWS_GONE = "rows_gone", _("记录已清理，文件清理中")
        DONE = "done", _("已清理")
        EMPTY = "empty", _("无可清理")

    MOVES = {
        "take_rows": ({State.PLANNED}, State.ROWS_GONE),
        "find_none": ({State.PLANNED}, State.EMPTY),
        "finish": ({State.ROWS_GONE}, State.DONE),
    }
    VERBS = {"take_rows": _("清理记录"), "find_none": _("无可清理"), "finish": _("清理完毕")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    run = models.ForeignKey(Run, models.PROTECT, related_name="portions")
    kind = models.CharField(_("记录类别"), max_length=60)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PLANNED)
    planned = models.JSONField(default=list)
    rule = models.JSONField(default=dict)
    salt = models.CharField(max_length=64)
    counts = models.JSONField(_("数量"), default=dict)
    left = models.JSONField(default=dict)
    objects_to_go = models.JSONField(default=list)
    caches_to_go = models.JSONField(default=list)
    log_positions = models.JSONField(default=list)
    began_at = models.DateTimeField(default=clock.now)
    rows_gone_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("清理时间"), null=True)
    document = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=128, blank=True)
    public_key = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("清理凭证")
        indexes = [models.Index("seat", "state", name="keeping_portion_state")]


class GoneRecord(models.Model):
    """That one record went, told by nothing but a salted digest of its id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    portion = models.ForeignKey(Portion, models.CASCADE, related_name="gone")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index("digest", name="keeping_gone_digest")]


class WaitingObject(models.Model):
    """An original under lock, or one that the store did not give up yet. until: end of the lock, where known.

    kept: another record names the same file by now; it goes with that record.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待锁定到期")
        GONE = "gone", _("已删除")
        KEPT = "kept", _("其他记录仍在使用")

    MOVES = {"take": ({State.WAITING}, State.GONE), "keep": ({State.WAITING}, State.KEPT)}
    VERBS = {"take": _("删除"), "keep": _("留给其他记录")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    portion = models.ForeignKey(Portion, models.CASCADE, related_name="waiting")
    object_key = models.CharField(max_length=400)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    until = models.DateTimeField(_("锁定到"), null=True)
    tries = models.PositiveIntegerField(default=0)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index("until", condition=models.Q(state="waiting"), name="keeping_object_waits")]
