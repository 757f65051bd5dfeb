"""How much a platform may ask: by the office of all right holders together, by each right holder of itself."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7

MOST_A_DAY = 100_000


class PlatformLimit(models.Model):
    """配额 of one platform, set by the office. A platform without a row has these numbers."""

    platform = models.OneToOneField(
        "parties.Organisation", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("电商平台")
    )
    is_open = models.BooleanField(_("允许提交快速鉴定"), default=True)
    per_hour = models.PositiveIntegerField(_("每小时最多"), default=100, validators=[MaxValueValidator(MOST_A_DAY)])
    per_day = models.PositiveIntegerField(_("每天最多"), default=500, validators=[MaxValueValidator(MOST_A_DAY)])
    open_at_once = models.PositiveIntegerField(
        _("同时未答复最多"), default=200, validators=[MaxValueValidator(MOST_A_DAY)]
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    set_by_name = models.CharField(max_length=40, blank=True)
    set_at = models.DateTimeField(null=True, blank=True)


class HolderTerms(models.Model):
    """What a right holder offers platforms. Off until its administrator switches it on.

    hours: service hours of a day, Beijing time, such as `09:00-12:00,14:00-18:00`. promise_minutes counts inside them.
    per_day: asks that each platform may send a day.
    """

    organisation = models.OneToOneField(
        "parties.Organisation", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("入驻单位")
    )
    accepts = models.BooleanField(_("接受平台快速鉴定"), default=False)
    hours = models.CharField(_("服务时间"), max_length=60, default="09:00-12:00,14:00-18:00")
    every_day = models.BooleanField(_("周末和节假日也服务"), default=False)
    promise_minutes = models.PositiveIntegerField(
        _("承诺多少分钟内答复"), default=120, validators=[MinValueValidator(5), MaxValueValidator(14_400)]
    )
    per_day = models.PositiveIntegerField(_("每个平台每天最多"), default=50, validators=[MaxValueValidator(MOST_A_DAY)])
    set_by_name = models.CharField(max_length=40, blank=True)
    set_at = models.DateTimeField(null=True, blank=True)


class PlatformTerms(models.Model):
    """Where a right holder treats one platform otherwise. An empty number: as for all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.CASCADE, related_name="+")
    platform = models.ForeignKey("parties.Organisation", models.CASCADE, related_name="+")
    accepts = models.BooleanField(_("接受"), default=True)
    promise_minutes = models.PositiveIntegerField(
        _("承诺多少分钟内答复"), null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(14_400)]
    )
    per_day = models.PositiveIntegerField(
        _("每天最多"), null=True, blank=True, validators=[MaxValueValidator(MOST_A_DAY)]
    )

    class Meta:
        ordering = ["platform__name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "platform"], name="platform_terms_once")]
