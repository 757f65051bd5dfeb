"""Published reference rows: written by the owner when a table is loaded, read by every login."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class Dated(models.Model):
    """A row that was true for a time. No `valid_from`: since before the first table; no `valid_to`: it still is."""

    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        abstract = True


class Division(Dated):
    """A province, prefecture or county. `parent_code` is empty for a province."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省级")
        PREFECTURE = "prefecture", _("地级")
        COUNTY = "county", _("县级")

    code = models.CharField(_("行政区划代码"), max_length=6, primary_key=True)
    name = models.CharField(_("名称"), max_length=40)
    short_name = models.CharField(_("简称"), max_length=40)
    level = models.CharField(_("级别"), max_length=10, choices=Level)
    parent_code = models.CharField(_("上级代码"), max_length=6, blank=True, db_index=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Township(Dated):
    """A town, township or street: nine digits, below a county or a prefecture without counties."""

    code = models.CharField(_("乡级代码"), max_length=9, primary_key=True)
    name = models.CharField(_("名称"), max_length=40)
    parent_code = models.CharField(_("上级代码"), max_length=6, db_index=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class DivisionHistory(models.Model):
    """A code and name that is no longer current, and what it became. A code may have had several names."""

    class Relation(models.TextChoices):
        CONVERTED = "converted", _("改制")
        MERGED = "merged", _("并入")
        RENAMED = "renamed", _("更名")
        SPLIT = "split", _("拆分")
        UNKNOWN = "unknown", _("去向不明")

    class Basis(models.TextChoices):
        AUTO = "auto", _("按名称推得")
        CURATED = "curated", _("人工核定")
        NONE = "none", _("未查明")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    old_code = models.CharField(_("原代码"), max_length=6)
    old_name = models.CharField(_("原名称"), max_length=40)
    last_seen_year = models.PositiveSmallIntegerField(_("最后见于（年）"))
    successor_codes = ArrayField(models.CharField(max_length=6), verbose_name=_("现代码"), default=list)
    relation = models.CharField(_("变动方式"), max_length=10, choices=Relation)
    basis = models.CharField(_("依据"), max_length=10, choices=Basis)

    class Meta:
        ordering = ["old_code", "last_seen_year"]
        constraints = [models.UniqueConstraint(fields=["old_code", "old_name"], name="division_history_once")]

    def __str__(self) -> str:
        return f"{self.old_code} {self.old_name}"


class Zone(models.Model):
    """A development zone or new area: no division of its own, but often a branch bureau. Lies in `host_codes`."""

    name = models.CharField(_("名称"), max_length=40, primary_key=True)
    host_codes = ArrayField(models.CharField(max_length=6), verbose_name=_("所在县级代码"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
