"""电子印章: the certificate with which a unit seals what it issues."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import clock
from kernel.ids import uuid7


class UnitSeal(models.Model):
    """One certificate of one unit. sealed: PKCS #12, encrypted under a key of the installation."""

    class State(models.TextChoices):
        ACTIVE = "active", _("在用")
        RETIRED = "retired", pgettext_lazy("state", "停用")

    MOVES = {"retire": ({State.ACTIVE}, State.RETIRED)}
    VERBS = {"retire": _("停用")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ACTIVE)
    subject = models.CharField(_("证书主体"), max_length=120)
    serial = models.CharField(_("证书序号"), max_length=60)
    valid_until = models.DateTimeField(_("有效期至"))
    is_demo = models.BooleanField(default=False)
    sealed = models.TextField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=models.Q(state="active"), name="unit_seal_one_active")
        ]

    def __str__(self) -> str:
        return self.subject
