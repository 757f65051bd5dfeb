"""Fair use: how much of what may be slowed a tenant has. Written by the office, never changed; the last one counts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Limit(models.Model):
    """合理使用上限 of one tenant, or of all of a kind.

    tenant: "province:gx", "organisation:<uuid>"; "province:*" and "organisation:*" are all of them that have none of
    their own. what: a code of `billing_free.quotas.kinds`. amount: null goes back to what stands for all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.CharField(_("省份或单位"), max_length=60)
    what = models.CharField(_("项目"), max_length=20)
    amount = models.BigIntegerField(_("上限"), null=True)
    why = models.CharField(_("原因"), max_length=200, blank=True)
    set_by_id = models.UUIDField(null=True)
    set_by_name = models.CharField(_("登记人"), max_length=80)
    set_at = models.DateTimeField(_("登记时间"), default=clock.now, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("合理使用上限")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount=None) | models.Q(amount__gt=0), name="limit_above_0")
        ]
        indexes = [models.Index(fields=["tenant", "what", "-id"], name="limit_of_tenant")]

    def __str__(self) -> str:
        return f"{self.tenant} {self.what}"
