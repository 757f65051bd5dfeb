"""What enrolled provinces have said about their own units. All else in the directory follows from the divisions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class Entry(models.Model):
    """One unit as its own province names it. Lies in `public`, written by the office alone, read by all parties.

    ref: the division's code for the bureau of a division, else `gx:CODE` with the unit's own code. told_at: moment of
    the list that said so. is_removed: no longer in the list; never deleted, old letters name it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ref = models.CharField(_("单位标识"), max_length=60, unique=True)
    province = models.CharField(_("省份"), max_length=31)
    code = models.CharField(_("单位编码"), max_length=40)
    name = models.CharField(_("单位名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=40)
    division_code = models.CharField(_("行政区划代码"), max_length=9)
    parent_code = models.CharField(_("上级单位编码"), max_length=40, blank=True)
    agency_word = models.CharField(_("机关代字"), max_length=20, blank=True)
    postal = models.CharField(_("通讯地址"), max_length=200, blank=True)
    told_at = models.DateTimeField(_("报送时间"))
    is_removed = models.BooleanField(_("已撤并"), default=False)

    class Meta:
        verbose_name = _("名录条目")
        indexes = [models.Index(fields=["province", "ref"], name="entry_of_province")]

    def __str__(self) -> str:
        return self.name
