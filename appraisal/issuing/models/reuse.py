"""鉴定结果互认, the brand's half: a formal letter offered to another province for the same goods."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.ids import uuid7


class ReuseOffer(models.Model):
    """One formal letter, one request of another province. ask_id: where that province's officer asked for it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待企业确认")
        CONFIRMED = "confirmed", _("待对方采用")
        DECLINED = "declined", _("企业不同意")
        ACCEPTED = "accepted", pgettext_lazy("reuse", "对方已采用")
        REFUSED = "refused", pgettext_lazy("reuse", "对方不采用")
        LAPSED = "lapsed", _("意见书已失效")

    MOVES = {
        "confirm": ({State.PROPOSED}, State.CONFIRMED),
        "decline": ({State.PROPOSED}, State.DECLINED),
        "accept": ({State.CONFIRMED}, State.ACCEPTED),
        "refuse": ({State.CONFIRMED, State.PROPOSED}, State.REFUSED),
        "lapse": ({State.PROPOSED, State.CONFIRMED, State.ACCEPTED}, State.LAPSED),
    }
    VERBS = {
        "confirm": _("确认可以重用"),
        "decline": _("不同意重用"),
        "accept": _("采用"),
        "refuse": _("不采用"),
        "lapse": _("失效"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey("issuing.OpinionLetter", models.PROTECT, related_name="reuse_offers")
    task = models.ForeignKey("desk.DeskTask", models.PROTECT, related_name="reuse_offers")
    ask_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    explained = models.CharField(_("为什么提示"), max_length=500)
    reason = models.CharField(_("原因"), max_length=1000, blank=True)
    offered_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["letter", "task"], name="reuse_offer_once")]


class ReuseItem(models.Model):
    """An item of the other province, the item of the letter it is the same as, and what says so."""

    class Basis(models.TextChoices):
        SAME_CODE = "same_code", _("唯一码相同")
        SAME_RUN = "same_run", _("经确认为同一批造假")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey(ReuseOffer, models.CASCADE, related_name="items")
    letter_item = models.ForeignKey("issuing.LetterItem", models.PROTECT, related_name="+")
    item = models.ForeignKey("desk.DeskItem", models.PROTECT, related_name="+")
    basis = models.CharField(max_length=10, choices=Basis)
    basis_text = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["letter_item__position"]
        constraints = [models.UniqueConstraint(fields=["offer", "item"], name="reuse_item_once")]
