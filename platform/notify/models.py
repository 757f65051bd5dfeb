"""Notices and what was sent about them. In each province's schema, and in `public` for brands and the office."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class ChannelName(models.TextChoices):
    """How a notice reaches a person. The in-app one is always there."""

    IN_APP = "in_app", _("站内")
    EMAIL = "email", _("邮件")
    SMS = "sms", _("短信")
    WECOM = "wecom", _("企业微信")
    DINGTALK = "dingtalk", _("钉钉")
    PHONE_CALL = "phone_call", _("电话")


class Notice(models.Model):
    """One thing one person should know. An urgent one is sent again until it is read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    code = models.CharField(max_length=40)
    title = models.CharField(_("标题"), max_length=200)
    body = models.CharField(_("内容"), max_length=500, blank=True)
    url = models.CharField(max_length=300, blank=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    channels = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    repeat = models.PositiveSmallIntegerField(_("已重复"), default=0)
    repeat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user_id", "-created_at"], name="notice_of_person"),
            models.Index(fields=["user_id"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(
                fields=["repeat_at"], condition=models.Q(read_at=None, repeat_at__isnull=False), name="notice_repeats"
            ),
        ]


class Outbound(models.Model):
    """One message through one channel. It never counts as service: the notice on the page stands without it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="outbound")
    channel = models.CharField(_("渠道"), max_length=12, choices=ChannelName)
    created_at = models.DateTimeField(default=clock.now)
    next_try_at = models.DateTimeField(_("下次发送"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("放弃时间"), null=True, blank=True)
    detail = models.CharField(_("结果"), max_length=200, blank=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="outbound_waiting",
            )
        ]


class ChannelSetting(models.Model):
    """A robot or gateway of one party: a province, `org-<uuid>` or the office. Its address is a secret, kept sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=40)
    channel = models.CharField(_("渠道"), max_length=12, choices=ChannelName)
    sealed_url = models.TextField()
    is_active = models.BooleanField(_("启用"), default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "channel"], name="channel_once")]
