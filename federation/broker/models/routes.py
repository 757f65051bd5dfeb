"""Who should get a letter; and the office's requests to read one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.ids import uuid7


class Route(models.Model):
    """去向: one question of a province, who should get a letter; its own row at the province and at the office.

    id: the same on both sides. subject_kind, subject_id: what the province wants to send, never leaves it. proposals:
    as they were when it was asked, `routing.Proposal` as JSON. changed: the office chose another than the first.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("待答复")
        CLAIMED = "claimed", _("经办中")
        ANSWERED = "answered", _("已答复")
        WITHDRAWN = "withdrawn", _("已撤回")

    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "claim": ({State.ASKED}, State.CLAIMED),
        "release": ({State.CLAIMED}, State.ASKED),
        "answer": ({State.ASKED, State.CLAIMED}, State.ANSWERED),
        "withdraw": ({State.ASKED, State.CLAIMED}, State.WITHDRAWN),
    }
    VERBS: ClassVar[dict[str, object]] = {
        "claim": _("接手"),
        "release": _("放回"),
        "answer": _("答复去向"),
        "withdraw": _("撤回询问"),
    }
    OPEN: ClassVar[tuple[str, ...]] = (State.ASKED, State.CLAIMED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.ASKED)
    province = models.CharField(_("询问方"), max_length=31)
    letter_kind = models.CharField(_("拟发函件"), max_length=60)
    division_code = models.CharField(_("行政区划代码"), max_length=6, blank=True)
    brand_id = models.UUIDField(null=True)
    brand_name = models.CharField(_("品牌"), max_length=80, blank=True)
    product_group = models.CharField(_("商品类别"), max_length=80, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    proposals = models.JSONField(default=list)
    asked_at = models.DateTimeField(_("询问时间"))
    asked_by = models.CharField(_("询问人"), max_length=60, blank=True)
    unit_id = models.UUIDField(null=True)
    due_at = models.DateTimeField(_("应答复时间"), null=True)
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(_("接手时间"), null=True)
    unit_ref = models.CharField(_("去向单位"), max_length=60, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    changed = models.BooleanField(_("与建议不同"), default=False)
    answered_by = models.CharField(_("答复人"), max_length=60, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    class Meta:
        verbose_name = _("去向")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state__in=("asked", "claimed")), name="route_open"),
            models.Index(fields=["brand_id", "answered_at"], name="route_of_brand"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Look(models.Model):
    """调阅: the office asks a sender for a grant to read one letter; its own row at the office and at the sender."""

    class State(models.TextChoices):
        ASKED = "asked", _("待同意")
        GRANTED = "granted", _("已同意")
        REFUSED = "refused", _("未同意")

    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "grant": ({State.ASKED}, State.GRANTED),
        "refuse": ({State.ASKED}, State.REFUSED),
    }
    VERBS: ClassVar[dict[str, object]] = {"grant": _("同意调阅"), "refuse": _("不同意调阅")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.ASKED)
    letter_id = models.UUIDField(_("函件"))
    province = models.CharField(_("发函方"), max_length=31)
    purpose = models.CharField(_("用途"), max_length=200)
    until = models.DateField(_("用到哪天"))
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.CharField(_("申请人"), max_length=60)
    grant_id = models.UUIDField(null=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = models.CharField(_("答复人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("调阅")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter_id"], condition=models.Q(state="asked"), name="look_asked_once_a_letter"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class UnitsTold(models.Model):
    """What this province last told of its units: the digest of the list, and when."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64)
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest
