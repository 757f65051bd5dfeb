"""API tokens, idempotency keys, calls of what is on its way out.

Tables of every province's schema and of `public`; a row never leaves its own.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class ApiToken(models.Model):
    """A person's key for programs, good on one host. Only its digest is kept; the token itself is shown once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    seat = models.CharField(max_length=31)
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("有效期至"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]


class IdempotencyKey(models.Model):
    """What a write with an `Idempotency-Key` was answered, so that sending it again changes nothing and says the same.

    status is null while the first one is still being worked on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seat = models.CharField(max_length=31)
    key = models.CharField(max_length=120)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    content_type = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "seat", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]


class OldCall(models.Model):
    """Who still calls an operation on its way out, and how often: one row a caller and operation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seat = models.CharField(max_length=31)
    operation = models.CharField(_("接口"), max_length=200)
    instead = models.CharField(_("改用"), max_length=200)
    until = models.DateField(_("接口停用日期"))
    calls = models.PositiveIntegerField(_("次数"), default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(_("最近一次"), null=True)

    class Meta:
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["user", "seat", "operation"], name="old_call_once")]


class InTurn(models.Model):
    """What a worker makes and fair use may put off. not_before: when its turn comes; null at once."""

    not_before = models.DateTimeField(_("排到的时间"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def waits_s(self) -> int:
        """Seconds until its turn; 0 when it has come."""
        return max(0, round((self.not_before - clock.now()).total_seconds())) if self.not_before else 0


def not_yet(moment: datetime) -> models.Q:
    """Those whose turn has not come."""
    return models.Q(not_before__gt=moment)
