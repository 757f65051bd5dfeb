"""To whom a clue goes, and what each of them says: states, questions."""

from __future__ import annotations

from itertools import repeat

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.ids import uuid7


class Addressee(models.Model):
    """One province, and the bureau there that it is meant for. Its state is the one the province shows: never the file.

    shown_at: when the state began, so that an older one that comes later changes nothing. withdrawn_at: the brand took
    the clue back; the bureau decides by law whether to go on, so its states still come.
    """

    class Level(models.TextChoices):
        PROVINCIAL = "provincial", _("省局")
        MUNICIPAL = "municipal", _("市局")
        COUNTY = "county", _("县（区）局")

    class State(models.TextChoices):
        CHOSEN = "chosen", _("待提交")
        SENT = "sent", pgettext_lazy("clue", "已送出")
        REGISTERED = "registered", pgettext_lazy("clue", "已登记")
        SCREENING = "screening", _("甄别分派中")
        DISPATCHED = "dispatched", _("已交办")
        VERIFYING = "verifying", _("核查中")
        JURISDICTION = "jurisdiction", _("确定管辖中")
        ENDED = "ended", _("已办结")

    class Result(models.TextChoices):
        TRUE = "true", _("属实")
        PARTLY = "partly", _("部分属实")
        UNTRUE = "untrue", _("不属实")
        UNVERIFIABLE = "unverifiable", _("无法查实")
        NOT_COMPETENT = "not_competent", _("不属本机关管辖")
        DUPLICATE = "duplicate", _("重复")

    class Outcome(models.TextChoices):
        FILED = "filed", _("已立案")
        NO_FILING = "no_filing", _("不予立案")
        TRANSFERRED = "transferred", _("移送其他机关")
        REFERRED = "referred", _("移送公安机关")
        ASSISTED = "assisted", _("已协助")
        CLOSED = "closed", _("办结")

    AT_THE_BUREAU = (State.SENT, State.REGISTERED, State.SCREENING, State.DISPATCHED, State.VERIFYING,
                     State.JURISDICTION)  # fmt: skip
    SHOWN = (State.REGISTERED, State.SCREENING, State.DISPATCHED, State.VERIFYING, State.JURISDICTION, State.ENDED)
    MOVES = {
        "send": ({State.CHOSEN}, State.SENT),
        **{
            f"show_{shown}": ({sent, *every}, shown)
            for shown, sent, every in zip(SHOWN, repeat(State.SENT), repeat(SHOWN), strict=False)
        },
    }
    VERBS = {
        "send": _("提交"),
        "show_registered": _("机关登记"),
        "show_screening": _("机关甄别分派"),
        "show_dispatched": _("机关交办"),
        "show_verifying": _("机关核查"),
        "show_jurisdiction": _("机关确定管辖"),
        "show_ended": _("机关办结"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey("reverse_clues.ReverseClue", models.CASCADE, related_name="addressees")
    province_code = models.CharField(_("省份"), max_length=31)
    level = models.CharField(_("受理层级"), max_length=10, choices=Level)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    place_name = models.CharField(_("行政区划"), max_length=120)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.CHOSEN)
    letter_id = models.UUIDField(null=True, blank=True)
    number = models.CharField(_("机关编号"), max_length=40, blank=True)
    shown_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(_("核查结果"), max_length=14, choices=Result, blank=True)
    outcome = models.CharField(_("处置"), max_length=12, choices=Outcome, blank=True)
    ended_on = models.DateField(_("办结日期"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_why = models.CharField(_("撤回原因"), max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state"], name="reverse_addressee_state")]
        constraints = [
            models.UniqueConstraint(fields=["clue", "province_code"], name="reverse_clue_once_a_province"),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False) & ~Q(outcome="")
                | ~Q(state="ended") & Q(outcome="", result="", ended_on=None),
                name="reverse_end_at_the_end",
            ),
        ]


class StateLine(models.Model):
    """One state as it came. Insert-only. feedback_id: the province's, so that twice is once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    addressee = models.ForeignKey(Addressee, models.PROTECT, related_name="lines")
    feedback_id = models.UUIDField()
    state = models.CharField(max_length=12, choices=Addressee.State)
    at = models.DateTimeField()
    came_at = models.DateTimeField()
    result = models.CharField(max_length=14, choices=Addressee.Result, blank=True)
    outcome = models.CharField(max_length=12, choices=Addressee.Outcome, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["addressee", "feedback_id"], name="reverse_state_line_once")]


class Question(models.Model):
    """One question of a desk, and the answer."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待答复")
        ANSWERED = "answered", _("已答复")

    MOVES = {"answer": ({State.WAITING}, State.ANSWERED)}
    VERBS = {"answer": _("答复")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    addressee = models.ForeignKey(Addressee, models.PROTECT, related_name="questions")
    question_id = models.UUIDField()
    letter_id = models.UUIDField(unique=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    text = models.TextField(_("问题"), max_length=2000)
    asked_at = models.DateTimeField()
    reply_by = models.DateField(_("答复期限"))
    answer = models.TextField(_("答复"), max_length=4000, blank=True)
    answered_by_name = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["reply_by", "id"]
        constraints = [models.UniqueConstraint(fields=["addressee", "question_id"], name="reverse_question_once")]
