"""The party is told, and may object: with a code, without an account, from a phone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Telling(models.Model):
    """告知当事人: when, how, by whom; and the digest of the code that opens the party's page. Insert-only."""

    class Way(models.TextChoices):
        IN_PERSON = "in_person", _("当面告知")
        POST = "post", _("邮寄")
        ELECTRONIC = "electronic", _("电子送达")
        NOTICE = "notice", _("公告")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey("opinions.HeldLetter", models.PROTECT, related_name="tellings")
    way = models.CharField(_("告知方式"), max_length=12, choices=Way)
    party_name = models.CharField(_("当事人"), max_length=120)
    told_at = models.DateTimeField(_("告知时间"))
    objection_until = models.DateTimeField(_("异议期限"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    code_sha256 = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-told_at", "-id"]


class Objection(models.Model):
    """异议: what the party holds against the opinion, what the brand answered, how the bureau handled it.

    grey_market: the party says the goods are genuine and were bought elsewhere. Until it is handled nothing that
    relies on the letter may be closed.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("待处理")
        FORWARDED = "forwarded", _("已转权利人")
        ANSWERED = "answered", _("权利人已答复")
        UPHELD = "upheld", _("异议成立")
        DISMISSED = "dismissed", _("异议不成立")

    class Came(models.TextChoices):
        PAGE = "page", _("当事人网上提交")
        OFFICER = "officer", _("执法人员代录")

    class Outcome(models.TextChoices):
        NONE = "", _("未答复")
        STANDS = "stands", _("维持原意见")
        WITHDRAWN = "withdrawn", _("撤回意见书")
        NEW_LETTER = "new_letter", _("另行出具新意见书")

    MOVES = {
        "forward": ({State.RECEIVED}, State.FORWARDED),
        "answer": ({State.FORWARDED}, State.ANSWERED),
        "uphold": ({State.RECEIVED, State.ANSWERED}, State.UPHELD),
        "dismiss": ({State.ANSWERED}, State.DISMISSED),
    }
    VERBS = {
        "forward": _("转权利人答复"),
        "answer": _("权利人答复"),
        "uphold": _("认定异议成立"),
        "dismiss": _("认定异议不成立"),
    }
    OPEN = (State.RECEIVED, State.FORWARDED, State.ANSWERED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey("opinions.HeldLetter", models.PROTECT, related_name="objections")
    telling = models.ForeignKey(Telling, models.PROTECT, null=True, blank=True, related_name="objections")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RECEIVED)
    came = models.CharField(_("来源"), max_length=8, choices=Came)
    text = models.TextField(_("异议内容"), max_length=4000)
    grey_market = models.BooleanField(_("称商品为正品、从其他渠道购进"), default=False)
    contact = models.CharField(_("联系方式"), max_length=120, blank=True)
    received_at = models.DateTimeField(_("收到时间"), default=clock.now)
    late = models.BooleanField(_("超过异议期限"), default=False)
    answer_by = models.DateTimeField(_("权利人答复期限"), null=True, blank=True)
    letter_sent_id = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(_("权利人答复"), max_length=10, choices=Outcome, default="", blank=True)
    answer = models.TextField(_("答复内容"), max_length=4000, blank=True)
    answered_by_name = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    handling = models.CharField(_("处理意见"), max_length=1000, blank=True)
    handled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["state", "-id"], name="objection_state")]


class ObjectionFile(models.Model):
    """A paper of an objection, or of its answer. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    objection = models.ForeignKey(Objection, models.PROTECT, related_name="files")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    from_brand = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["objection", "exhibit"], name="objection_file_once")]
