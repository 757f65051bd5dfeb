"""What the office keeps of its own. Everything else on its pages is read from envelopes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class Rating(models.Model):
    """How useful an answer was to the asker, as a number. Insert-only; the asker's words go to the answerer alone.

    delivery_id: the delivery that was answered, from `rated_by` to `answered_by`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery_id = models.UUIDField(_("投递"), unique=True)
    letter_kind = models.CharField(_("种类"), max_length=60)
    rated_by = models.CharField(_("评价方"), max_length=60)
    answered_by = models.CharField(_("答复方"), max_length=60)
    score = models.PositiveSmallIntegerField(_("评价"))
    rated_at = models.DateTimeField(_("评价时间"))

    class Meta:
        verbose_name = _("答复评价")
        constraints = [
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=3), name="rating_of_three"),
        ]

    def __str__(self) -> str:
        return f"{self.rated_by} → {self.answered_by}: {self.score}"
