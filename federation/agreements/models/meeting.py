"""联席会议 of the members of an agreement: agenda, minutes to be confirmed, actions with owner and day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class Meeting(models.Model):
    """One meeting as this member holds it. host: the member that called it and writes the minutes."""

    class State(models.TextChoices):
        CALLED = "called", _("已召集")
        CALLED_OFF = "called_off", _("已取消")
        MINUTED = "minuted", _("纪要待确认")
        CONFIRMED = "confirmed", _("纪要已确认")

    MOVES = {
        "call_off": ({State.CALLED}, State.CALLED_OFF),
        "minute": ({State.CALLED, State.MINUTED, State.CONFIRMED}, State.MINUTED),
        "confirm": ({State.MINUTED}, State.CONFIRMED),
    }
    VERBS = {"call_off": _("取消会议"), "minute": _("发出纪要"), "confirm": _("确认纪要")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement_id = models.UUIDField(db_index=True)
    host = models.CharField(_("召集方"), max_length=31)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.CALLED)
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("会议名称"), max_length=120)
    place = models.CharField(_("地点"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("时间"))
    agenda = models.JSONField(_("议程"), default=list)
    called_by = models.CharField(max_length=40)
    called_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_at"]
        verbose_name = _("联席会议")

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    """A member of a meeting: whether it comes, with whom; which minutes it confirmed. Kept also before the call."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting_id = models.UUIDField()
    party = models.CharField(max_length=31)
    invited = models.BooleanField(default=False)
    coming = models.BooleanField(null=True)
    people = models.CharField(_("参会人员"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    confirmed_number = models.PositiveSmallIntegerField(default=0)
    objected_number = models.PositiveSmallIntegerField(default=0)
    objection = models.CharField(_("不同意见"), max_length=1000, blank=True)
    spoke_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["party"]
        constraints = [models.UniqueConstraint(fields=["meeting_id", "party"], name="agreements_one_seat")]


class Minutes(models.Model):
    """纪要 of one number; a later one replaces it and is confirmed anew."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="minutes")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("纪要"))
    decisions = models.JSONField(_("议定事项"), default=list)
    written_by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="agreements_minutes_once")]


class Action(models.Model):
    """One thing to do. owner: the member; unit: its unit. Done by the owner's word."""

    class State(models.TextChoices):
        OPEN = "open", _("办理中")
        DONE = "done", _("已完成")
        DROPPED = "dropped", _("不再办理")

    MOVES = {"finish": ({State.OPEN}, State.DONE), "drop": ({State.OPEN}, State.DROPPED)}
    VERBS = {"finish": _("完成"), "drop": _("取消")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="actions")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    text = models.CharField(_("事项"), max_length=500)
    owner = models.CharField(_("责任方"), max_length=31)
    unit = models.CharField(_("承办单位"), max_length=80, blank=True)
    due_on = models.DateField(_("完成日期"))
    done_at = models.DateTimeField(null=True)
    done_words = models.CharField(_("完成情况"), max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
