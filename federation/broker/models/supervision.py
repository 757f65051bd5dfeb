"""挂牌督办: the common superior keeps a matter of a province on its list until it is done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class ListedSupervision(models.Model):
    """One order from above, at the superior and at the province: what on, what is wanted, by when.

    subject_id: of the province's own record where it has found it; its pages link to it (`hooks`).
    """

    class State(models.TextChoices):
        LISTED = "listed", _("督办中")
        REPORTED = "reported", _("已报结果")
        LIFTED = "lifted", _("已摘牌")

    class SubjectKind(models.TextChoices):
        CASE = "case", _("案件")
        CLUE = "clue", _("线索")
        LETTER = "letter", _("函件")
        MATTER = "matter", _("其他事项")

    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "report": ({State.LISTED}, State.REPORTED),
        "send_back": ({State.LISTED, State.REPORTED}, State.LISTED),
        "lift": ({State.LISTED, State.REPORTED}, State.LIFTED),
    }
    VERBS: ClassVar[dict[str, object]] = {
        "report": _("报办理结果"),
        "send_back": _("退回继续办理"),
        "lift": _("摘牌"),
    }
    OPEN: ClassVar[tuple[str, ...]] = (State.LISTED, State.REPORTED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.LISTED)
    document_no = models.CharField(_("文号"), max_length=80)
    province = models.CharField(_("承办省份"), max_length=31)
    subject_kind = models.CharField(_("督办对象"), max_length=10, choices=SubjectKind)
    subject_no = models.CharField(_("对象编号"), max_length=80)
    title = models.CharField(_("督办事项"), max_length=200)
    demand = models.TextField(_("督办要求"))
    due_on = models.DateField(_("办结期限"))
    listed_by = models.CharField(_("挂牌人"), max_length=60)
    listed_at = models.DateTimeField(_("挂牌时间"))
    turned_words = models.TextField(_("最近批示"), blank=True)
    lifted_at = models.DateTimeField(_("摘牌时间"), null=True)
    reminded_on = models.DateField(null=True)
    subject_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("挂牌督办")
        ordering = ["-listed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.document_no} {self.title}"


class SupervisionReport(models.Model):
    """What the province has reported. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    supervision = models.ForeignKey(ListedSupervision, models.CASCADE, related_name="reports")
    text = models.TextField(_("办理情况"))
    is_final = models.BooleanField(_("已办结"), default=False)
    by_name = models.CharField(_("报告人"), max_length=60)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("督办情况")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]
