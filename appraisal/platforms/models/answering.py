"""What stands on a right holder's desk of what platforms ask. Of the right holder."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from federation.contracts.platforms import FastVerdict
from kernel.ids import uuid7


class FastTask(models.Model):
    """One ask of one platform, below all that officers ask: it rings nobody. clue_id: the reverse clue begun of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待接单")
        CLAIMED = "claimed", _("鉴定中")
        ANSWERED = "answered", _("已答复")
        CANCELLED = "cancelled", _("平台已撤回")

    MOVES = {
        "claim": ({State.WAITING}, State.CLAIMED),
        "release": ({State.CLAIMED}, State.WAITING),
        "answer": ({State.CLAIMED}, State.ANSWERED),
        "reopen": ({State.ANSWERED}, State.CLAIMED),
        "cancel": ({State.WAITING, State.CLAIMED}, State.CANCELLED),
    }
    VERBS = {
        "claim": _("接单"),
        "release": _("退回待接单"),
        "answer": _("答复"),
        "reopen": _("重新打开"),
        "cancel": _("取消"),
    }
    OPEN = (State.WAITING, State.CLAIMED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    platform = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+", verbose_name=_("平台"))
    ask_id = models.UUIDField(unique=True)
    letter_id = models.UUIDField(unique=True)
    thread = models.UUIDField()
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    listing_id = models.CharField(_("商品编号"), max_length=80)
    listing_url = models.CharField(_("商品链接"), max_length=500, blank=True)
    shop_name = models.CharField(_("店铺"), max_length=120)
    brand_name = models.CharField(_("品牌"), max_length=80)
    product_id = models.UUIDField(null=True, blank=True)
    product_name = models.CharField(_("产品"), max_length=120, blank=True)
    price_yuan = models.DecimalField(_("售价（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    question = models.CharField(_("问题"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("提交时间"))
    arrived_at = models.DateTimeField(_("到达"))
    due_at = models.DateTimeField(_("承诺时间"))
    claimed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(_("首次答复时间"), null=True, blank=True)
    cancelled_why = models.CharField(max_length=500, blank=True)
    clue_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="fast_task_queue")]

    @property
    def title(self) -> str:
        return self.product_name or self.brand_name


class FastTaskPicture(models.Model):
    """A picture as it came: the view, with the digests of the platform's original on the exhibit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(FastTask, models.CASCADE, related_name="pictures")
    picture_id = models.UUIDField()
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "picture_id"], name="fast_task_picture_once")]


class FastOpinion(models.Model):
    """What an appraiser answered, and by what authorisation. Insert-only. No letter of opinion, no evidence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(FastTask, models.PROTECT, related_name="opinions")
    value = models.CharField(max_length=30, choices=[(each.value, each.value) for each in FastVerdict])
    reasons = models.TextField()
    given_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    authorisation_id = models.UUIDField()
    authorisation_number = models.CharField(max_length=60)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    class Meta:
        ordering = ["given_at", "id"]


class FastOpinionWithdrawal(models.Model):
    """An answer taken back. Insert-only."""

    opinion = models.OneToOneField(FastOpinion, models.PROTECT, primary_key=True, related_name="withdrawal")
    reason = models.CharField(max_length=500)
    withdrawn_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()
