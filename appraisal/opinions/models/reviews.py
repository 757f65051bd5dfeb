"""采信审查: six checks, filled as far as the records allow; a result by a named reviewer, item by item."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Review(models.Model):
    """One review of one letter. checks: {code: {"found": yes|no|unknown, "source", "answer": "" | yes|no|na, "note"}}.

    opposite: letters that say the contrary of the same goods; then it is accepted only with a reason.
    """

    class State(models.TextChoices):
        OPEN = "open", _("审查中")
        ACCEPTED = "accepted", _("采信")
        REFUSED = "refused", _("不予采信")

    class Check(models.TextChoices):
        SUBJECT = "subject", _("出具主体适格")
        AUTHORISATION = "authorisation", _("授权在有效期内")
        REGISTRATION = "registration", _("商标有效，类别覆盖商品")
        SAME_ITEM = "same_item", _("检材与涉案物品同一")
        CONTENT = "content", _("内容完整")
        CORROBORATED = "corroborated", _("有其他证据印证，当事人已告知，异议已处理")

    MOVES = {"accept": ({State.OPEN}, State.ACCEPTED), "refuse": ({State.OPEN}, State.REFUSED)}
    VERBS = {"accept": _("采信"), "refuse": _("不予采信")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey("opinions.HeldLetter", models.PROTECT, related_name="reviews")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    checks = models.JSONField(_("六项审查"), default=dict, encoder=DjangoJSONEncoder)
    opposite = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("理由"), max_length=1000, blank=True)
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    reviewer = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审查时间"), null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"], condition=models.Q(state__in=["open", "accepted"]), name="review_once_open"
            )
        ]


class ReviewItem(models.Model):
    """What a review says of some goods. value: empty for goods that the letter does not cover; they stay open."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="items")
    item = models.ForeignKey("requests.RequestItem", models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("物品"), max_length=200)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    covered = models.BooleanField(default=True)
    value = models.CharField(_("辨认结论"), max_length=40, blank=True)
    adopted = models.BooleanField(_("采信"), default=False)
    source = models.CharField(_("数量来自"), max_length=120, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["review", "position"], name="review_position_once")]
