"""One export of one matter: asked for, built by a worker, fetched, swept. In the province's schema only."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gateway.models import InTurn
from kernel import clock
from kernel.ids import uuid7

PROBLEMS = {
    "not_allowed": _("导出人已不能查看这个事项，没有导出。"),
    "empty": _("没有可以导出的证据：公开用的导出只收遮盖副本，请先制作。"),
    "file_differs": _("{what}与封存时不同，没有导出。请立即告知安全管理员，并核对封存日志。"),
    "record_differs": _("{what}的登记信息与封存日志不同，没有导出。请立即告知安全管理员，并核对封存日志。"),
    "record_unsealed": _("{what}没有写入封存日志，没有导出。请联系系统管理员核对封存日志。"),
    "file_gone": _("{what}的原件不在存储里，没有导出。请联系系统管理员从备份恢复。"),
    "too_large": _("证据太多，一个导出包装不下（上限约 4.5 GB）。请分成几个证据包，逐个导出。"),
    "broken_off": _("导出没有完成。请重新导出；仍不行，请联系系统管理员。"),
}
"""Why there is no bundle: code to sentence. Data: what."""


class Bundle(InTurn):
    """证据导出包. The object is kept for some days only; that it was made, by whom and what for, stays.

    package_id: of the evidence package, when only that is exported. done, total: bytes of exhibits. sha256, sm3,
    size_bytes: of the finished file. touched_at: when it last went on. shown_ids: of the
    exhibits whose files are in it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("正在导出")
        READY = "ready", _("可下载")
        FAILED = "failed", _("没有完成")
        SWEPT = "swept", _("已过期删除")

    class Variant(models.TextChoices):
        FULL = "full", _("全部原件")
        PUBLIC = "public", _("公开用：只含遮盖副本")

    MOVES = {
        "start": ({State.QUEUED, State.RUNNING}, State.RUNNING),
        "finish": ({State.RUNNING}, State.READY),
        "fail": ({State.QUEUED, State.RUNNING}, State.FAILED),
        "sweep": ({State.READY}, State.SWEPT),
    }
    VERBS = {
        "start": _("开始导出"),
        "finish": _("导出完成"),
        "fail": _("导出中断"),
        "sweep": _("过期删除"),
        "download": _("下载"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    variant = models.CharField(_("导出哪些"), max_length=10, choices=Variant, default=Variant.FULL)
    matter_kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    matter_number = models.CharField(_("事项"), max_length=60)
    title = models.CharField(_("名称"), max_length=200)
    package_id = models.UUIDField(null=True, blank=True)
    purpose = models.CharField(_("用途"), max_length=500)
    by_id = models.UUIDField()
    by_name = models.CharField(_("导出人"), max_length=80)
    asked_at = models.DateTimeField(_("提出时间"), default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)
    problem_data = models.JSONField(default=dict)
    object_key = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sm3 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(_("字节数"), default=0)
    exhibits = models.PositiveIntegerField(_("证据件数"), default=0)
    shown_ids = models.JSONField(default=list)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("保留到"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("证据导出")
        indexes = [
            models.Index(fields=["matter_kind", "matter_id", "by_id"], name="bundle_of_matter"),
            models.Index(
                fields=["touched_at"],
                condition=models.Q(state__in=["queued", "running", "ready"]),
                name="bundle_to_mind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_number} {self.state}"

    @property
    def problem_words(self) -> str:
        """Why there is none, for people; empty unless it failed."""
        sentence = str(PROBLEMS.get(self.problem, self.problem))
        for key, value in self.problem_data.items():
            sentence = sentence.replace("{" + key + "}", str(value))
        return sentence
