"""鉴定结果互认 as the second province sees it: offered, confirmed by the brand, accepted or refused by this bureau."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class ReuseOffer(models.Model):
    """An opinion that exists already, for items of a request of this bureau. id: the brand's.

    items: [{"item_id", "position", "product_name", "value", "basis", "basis_text"}].
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("等权利人确认")
        CONFIRMED = "confirmed", _("待本局审查")
        ACCEPTED = "accepted", _("已互认")
        REFUSED = "refused", _("未互认")
        DECLINED = "declined", _("权利人未确认")
        LAPSED = "lapsed", _("意见书已失效")

    MOVES = {
        "confirm": ({State.OFFERED}, State.CONFIRMED),
        "decline": ({State.OFFERED}, State.DECLINED),
        "accept": ({State.CONFIRMED}, State.ACCEPTED),
        "refuse": ({State.OFFERED, State.CONFIRMED}, State.REFUSED),
        "lapse": ({State.OFFERED, State.CONFIRMED, State.ACCEPTED}, State.LAPSED),
    }
    VERBS = {
        "confirm": _("权利人确认"),
        "decline": _("权利人不确认"),
        "accept": _("互认"),
        "refuse": _("不互认"),
        "lapse": _("失效"),
    }

    id = models.UUIDField(primary_key=True, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OFFERED)
    request = models.ForeignKey("requests.AppraisalRequest", models.PROTECT, related_name="reuse_offers")
    organisation_id = models.UUIDField()
    letter_id = models.UUIDField(db_index=True)
    opinion_no = models.CharField(_("意见书编号"), max_length=80)
    right_holder = models.CharField(_("权利人"), max_length=120)
    issued_on = models.DateField(_("出具日期"))
    items = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    explained = models.CharField(_("匹配依据"), max_length=500)
    offered_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_name = models.CharField(max_length=40, blank=True)
    held = models.ForeignKey("opinions.HeldLetter", models.PROTECT, null=True, blank=True, related_name="offers")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=1000, blank=True)

    class Meta:
        ordering = ["-offered_at", "-id"]
