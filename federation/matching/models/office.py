"""The office's part: who holds the same as whom, not what; what it passed on; how much a province compares."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Pair(models.Model):
    """Two provinces that hold the same. handle: each one's own name for it (of one run: its request).

    one_handle is the smaller of the two. provinces: how many hold it, when last counted. one_told, other_told: whether
    each was told of the match. organisation_id: whose brand found it, for one run of goods.
    """

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        PAUSED = "paused", _("暂停")
        CLOSED = "closed", _("已结束")

    MOVES = {
        "pause": ({State.OPEN}, State.PAUSED),
        "resume": ({State.PAUSED}, State.OPEN),
        "close": ({State.OPEN, State.PAUSED}, State.CLOSED),
    }
    VERBS = {"pause": _("暂停"), "resume": _("恢复"), "close": _("结束")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("种类"), max_length=20)
    one = models.CharField(max_length=31)
    one_handle = models.UUIDField()
    one_told = models.BooleanField(default=False)
    other = models.CharField(max_length=31)
    other_handle = models.UUIDField()
    other_told = models.BooleanField(default=False)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    why = models.CharField(max_length=20, blank=True)
    common = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)
    provinces = models.PositiveSmallIntegerField(default=2)
    organisation_id = models.UUIDField(null=True, blank=True)
    found_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["one_handle", "other_handle"], name="match_pair_once"),
            models.CheckConstraint(condition=Q(one_handle__lt=F("other_handle")), name="match_pair_in_order"),
        ]
        indexes = [models.Index(fields=["other_handle"], name="match_pair_other")]

    def sides(self) -> tuple[str, str]:
        """The two provinces."""
        return self.one, self.other

    def handle_of(self, province: str) -> object:
        """The name that this province gave it."""
        return self.one_handle if province == self.one else self.other_handle

    def beside(self, province: str) -> str:
        """The other of the two."""
        return self.other if province == self.one else self.one


class PairStep(models.Model):
    """One side's word on one rung. passed_on: whether the other side heard that it was said."""

    class State(models.TextChoices):
        SAID = "said", _("同意")
        DECLINED = "declined", _("不同意")
        WITHDRAWN = "withdrawn", _("收回")
        TOLD = "told", _("双方已互告")

    MOVES = {
        "say": ({State.DECLINED, State.WITHDRAWN}, State.SAID),
        "decline": ({State.WITHDRAWN}, State.DECLINED),
        "withdraw": ({State.SAID}, State.WITHDRAWN),
        "tell": ({State.SAID}, State.TOLD),
    }
    VERBS = {"say": _("同意"), "decline": _("不同意"), "withdraw": _("收回"), "tell": _("互告")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pair = models.ForeignKey(Pair, models.CASCADE, related_name="steps")
    province = models.CharField(max_length=31)
    rung = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State)
    contents = models.JSONField(default=dict)
    matters = models.JSONField(default=list)
    at = models.DateTimeField()
    passed_on = models.BooleanField(default=False)

    class Meta:
        ordering = ["rung", "province"]
        constraints = [models.UniqueConstraint(fields=["pair", "rung", "province"], name="match_pair_step_once")]


class BrandAsk(models.Model):
    """Whether the owner of a brand agrees to its being named in the second rung."""

    class State(models.TextChoices):
        ASKED = "asked", _("待答复")
        AGREED = "agreed", _("同意")
        DECLINED = "declined", _("不同意")

    MOVES = {"agree": ({State.ASKED}, State.AGREED), "decline": ({State.ASKED}, State.DECLINED)}
    VERBS = {"agree": _("同意"), "decline": _("不同意")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pair = models.ForeignKey(Pair, models.CASCADE, related_name="brand_asks")
    organisation_id = models.UUIDField()
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pair", "organisation_id"], name="match_brand_once")]


class DigestStop(models.Model):
    """The office does not have a digest compared any more: everybody holds it. Insert-only; it ends with the round."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    round = models.PositiveIntegerField()
    why = models.CharField(max_length=200)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)


class Tally(models.Model):
    """How many digests of one province and kind were compared on one day, and how many had to wait. Only grows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province = models.CharField(max_length=31)
    kind = models.CharField(max_length=20)
    round = models.PositiveIntegerField()
    day = models.DateField()
    looked = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "province", "kind"]
        constraints = [models.UniqueConstraint(fields=["province", "kind", "day"], name="match_tally_once")]
        indexes = [models.Index(fields=["round", "province", "kind"], name="match_tally_round")]


class TallyRelease(models.Model):
    """The office let digests through that were over a day's limit, and why. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province = models.CharField(max_length=31)
    kind = models.CharField(max_length=20)
    count = models.PositiveIntegerField()
    why = models.CharField(_("理由"), max_length=300)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]


class ProbeNote(models.Model):
    """A comparison by hand that a province reported. Insert-only."""

    id = models.UUIDField(primary_key=True, editable=False)
    province = models.CharField(max_length=31)
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    unit_name = models.CharField(max_length=80, blank=True)
    who = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]


class Series(models.Model):
    """系列: matches that hang together over several provinces, or what a brand raised. raised_by: that organisation.

    joint_case_id: the room that was opened for it.
    """

    class State(models.TextChoices):
        FOUND = "found", _("待研究")
        PROPOSED = "proposed", _("征询中")
        ROOM = "room", _("已建联合办案")
        CLOSED = "closed", _("已结束")

    MOVES = {
        "propose": ({State.FOUND}, State.PROPOSED),
        "open_room": ({State.PROPOSED}, State.ROOM),
        "close": ({State.FOUND, State.PROPOSED, State.ROOM}, State.CLOSED),
    }
    VERBS = {"propose": _("向各省征询"), "open_room": _("建议联合办案"), "close": _("结束")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    why = models.CharField(max_length=1000, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.FOUND)
    value_kinds = models.JSONField(default=list)
    product_names = models.JSONField(default=list)
    first_week = models.CharField(max_length=8, blank=True)
    last_week = models.CharField(max_length=8, blank=True)
    raised_by = models.UUIDField(null=True, blank=True)
    joint_case_id = models.UUIDField(null=True, blank=True)
    found_at = models.DateTimeField(default=clock.now)
    closed_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]


class SeriesPair(models.Model):
    """A match belongs to a series; to one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.ForeignKey(Series, models.CASCADE, related_name="pairs")
    pair = models.OneToOneField(Pair, models.CASCADE, related_name="in_series")


class SeriesRequest(models.Model):
    """A request of a province that the organisation which raised the series counts to it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.ForeignKey(Series, models.CASCADE, related_name="requests")
    province = models.CharField(max_length=31)
    request_id = models.UUIDField()
    found_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "request_id"], name="series_request_once")]


class SeriesMember(models.Model):
    """A province of a series, and whether it lets itself be named to the others. named_at: when others were told."""

    class State(models.TextChoices):
        NOT_ASKED = "not_asked", _("未征询")
        ASKED = "asked", _("已征询")
        AGREED = "agreed", _("同意亮明")
        DECLINED = "declined", _("不同意亮明")

    MOVES = {
        "ask": ({State.NOT_ASKED}, State.ASKED),
        "agree": ({State.ASKED, State.DECLINED}, State.AGREED),
        "decline": ({State.ASKED}, State.DECLINED),
        "withdraw": ({State.AGREED}, State.DECLINED),
    }
    VERBS = {"ask": _("征询"), "agree": _("同意亮明"), "decline": _("不同意亮明"), "withdraw": _("收回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.ForeignKey(Series, models.CASCADE, related_name="members")
    province = models.CharField(max_length=31)
    state = models.CharField(max_length=10, choices=State, default=State.NOT_ASKED)
    liaison = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    named_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["series", "province"], name="series_member_once")]
