"""What a keeper of others' heads remembers beside the heads themselves. In each province's schema, and in `public`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class LogReturn(models.Model):
    """A log of another party that went back to a backup, as that party told us, and goes on from there. Insert-only.

    held_size: of the last head that we had countersigned; size: of the one that we were shown after the restoration.
    What lay between is lost there, and only heads like ours say that it was. head_id: the `WitnessedHead` from which
    later ones are compared.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party = models.CharField(_("发件方"), max_length=60)
    log = models.CharField(max_length=31)
    held_size = models.BigIntegerField(_("原见证的记录数"))
    size = models.BigIntegerField(_("恢复后的记录数"))
    rows_of = models.DateTimeField(_("数据截至"))
    head_id = models.UUIDField(unique=True)
    received_at = models.DateTimeField(_("收到时间"), default=clock.now)

    class Meta:
        ordering = ["-received_at"]
        verbose_name = _("日志回退")
        indexes = [models.Index("log", "received_at", name="log_return_of_log")]

    def __str__(self) -> str:
        return f"{self.log} {self.held_size} → {self.size}"
