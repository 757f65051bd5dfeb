"""What a platform asked, and what it was told. No field here is for a buyer, an order or an address."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.searching import ScopedGrams, search_text

SEARCHED = search_text("listing_id", "reference", "shop_name", "brand_name", "product_name")


class FastAsk(models.Model):
    """快速鉴定申请: one listing, as its platform asked. Of the platform.

    reference: the platform's own number, once. holder: whose brand it is. masked: fields out of which a telephone or
    identity number was taken before anything was kept. wanted_minutes: the promise the platform wished; due_at: the one
    it has. ended_why: why it was withdrawn, or could not be sent.
    """

    class State(models.TextChoices):
        PREPARING = "preparing", _("图片处理中")
        WAITING = "waiting", _("待答复")
        ANSWERED = "answered", _("已答复")
        RECALLED = "recalled", _("结论已撤回，待重新答复")
        WITHDRAWN = "withdrawn", _("已撤回申请")
        SPOILED = "spoiled", _("未能发出")

    MOVES = {
        "send": ({State.PREPARING}, State.WAITING),
        "spoil": ({State.PREPARING}, State.SPOILED),
        "answer": ({State.WAITING, State.RECALLED}, State.ANSWERED),
        "change": ({State.ANSWERED}, State.ANSWERED),
        "recall": ({State.ANSWERED}, State.RECALLED),
        "withdraw": ({State.PREPARING, State.WAITING, State.RECALLED}, State.WITHDRAWN),
    }
    VERBS = {
        "send": _("发送"),
        "spoil": _("不发出"),
        "answer": _("收到答复"),
        "change": _("收到更正"),
        "recall": _("结论被撤回"),
        "withdraw": _("撤回申请"),
    }
    OPEN = (State.PREPARING, State.WAITING, State.RECALLED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    holder = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+", verbose_name=_("权利人"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PREPARING)
    reference = models.CharField(_("平台编号"), max_length=64, blank=True)
    listing_id = models.CharField(_("商品编号"), max_length=80)
    listing_url = models.CharField(_("商品链接"), max_length=500, blank=True)
    shop_name = models.CharField(_("店铺"), max_length=120)
    brand_name = models.CharField(_("品牌"), max_length=80)
    product_id = models.UUIDField(null=True, blank=True)
    product_name = models.CharField(_("产品"), max_length=120, blank=True)
    price_yuan = models.DecimalField(_("售价（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    question = models.CharField(_("问题"), max_length=500, blank=True)
    masked = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    wanted_minutes = models.PositiveIntegerField(_("希望多少分钟内答复"), null=True, blank=True)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("提交时间"))
    due_at = models.DateTimeField(_("承诺时间"))
    answered_at = models.DateTimeField(_("首次答复时间"), null=True, blank=True)
    ended_why = models.CharField(_("原因"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "reference"], condition=~models.Q(reference=""), name="fast_ask_reference_once"
            )
        ]
        indexes = [
            models.Index(fields=["platform", "asked_at"], name="fast_ask_of_platform"),
            models.Index(fields=["platform", "holder", "asked_at"], name="fast_ask_of_holder"),
            models.Index(
                fields=["platform"],
                condition=models.Q(state__in=["preparing", "waiting", "recalled"]),
                name="fast_ask_open",
            ),
            GinIndex(ScopedGrams(SEARCHED, "platform_id"), name="fast_ask_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.reference or self.listing_id


class AskPicture(models.Model):
    """A picture of the listing: the sealed original that the platform handed in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ask = models.ForeignKey(FastAsk, models.CASCADE, related_name="pictures")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["ask", "exhibit"], name="fast_ask_picture_once")]


class FastAnswer(models.Model):
    """What the right holder answered, as it came. Insert-only. The id is the right holder's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ask = models.ForeignKey(FastAsk, models.PROTECT, related_name="answers")
    letter_id = models.UUIDField(unique=True)
    value = models.CharField(max_length=30)
    reasons = models.TextField()
    principal = models.CharField(max_length=120)
    authorisation_number = models.CharField(max_length=60)
    appraiser_name = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    supersedes = models.UUIDField(null=True)

    class Meta:
        ordering = ["given_at", "id"]


class FastAnswerRecall(models.Model):
    """An answer was taken back. Insert-only. answer_id: may arrive before the answer does."""

    answer_id = models.UUIDField(primary_key=True)
    ask = models.ForeignKey(FastAsk, models.PROTECT, related_name="recalls")
    letter_id = models.UUIDField(unique=True)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
