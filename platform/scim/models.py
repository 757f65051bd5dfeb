"""What another system's directory of people has told us, what of it was held back, and what nobody could match.

People and units themselves stay in `accounts`; here is only whom a directory knows under which id of its own.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from kernel.ids import uuid7


class Directory(models.Model):
    """One directory (统一身份目录), by its connection: when it was last here, and how that went.

    open_until: until then nothing of it is held back, because the security administrator said so.
    """

    connection_id = models.UUIDField(primary_key=True, editable=False)
    last_seen_at = models.DateTimeField(_("最近来访"), null=True)
    last_change_at = models.DateTimeField(_("最近变更"), null=True)
    last_failure_at = models.DateTimeField(_("最近失败"), null=True)
    last_failure = models.JSONField(default=dict)
    calls = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveBigIntegerField(default=0)
    open_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("身份目录")


class KnownPerson(models.Model):
    """A person whom a directory keeps. said: what it sent beyond what we keep of a person, given back as it came.

    suspended_there: the directory put the person out, so the directory may let the person in again; whoever was
    suspended here stays so. gone_at: the directory deleted the person, who keeps all rows here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    user = models.ForeignKey(User, models.PROTECT, related_name="known_to")
    external_id = models.CharField(_("对方编号"), max_length=200, blank=True)
    said = models.JSONField(default=dict)
    suspended_there = models.BooleanField(default=False)
    gone_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection_id", "user"], name="scim_person_once"),
            models.UniqueConstraint(
                fields=["connection_id", "external_id"],
                condition=models.Q(gone_at=None) & ~models.Q(external_id=""),
                name="scim_external_id_once",
            ),
        ]


class KnownUnit(models.Model):
    """A unit that a directory keeps as a group."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="known_to")
    external_id = models.CharField(_("对方编号"), max_length=200, blank=True)
    gone_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection_id", "unit"], name="scim_unit_once")]


class Removal(models.Model):
    """A person whom a directory took out, moved, or took roles from; beyond the allowance it waits for a decision.

    to_unit: where to, of a move; empty: out of the unit. roles: those to be lost.
    """

    class Kind(models.TextChoices):
        SUSPEND = "suspend", _("停用")
        MOVE = "move", _("调离单位")
        ROLES = "roles", _("去掉角色")

    class State(models.TextChoices):
        DONE = "done", _("已执行")
        HELD = "held", _("已拦下")
        RELEASED = "released", _("已放行")
        REJECTED = "rejected", _("已驳回")
        UNDONE = "undone", _("已撤回")
        LAPSED = "lapsed", _("对方已收回")

    MOVES = {
        "release": ({State.HELD}, State.RELEASED),
        "reject": ({State.HELD}, State.REJECTED),
        "undo": ({State.DONE}, State.UNDONE),
        "lapse": ({State.HELD, State.REJECTED, State.UNDONE}, State.LAPSED),
    }
    VERBS = {"release": _("放行"), "reject": _("驳回"), "undo": _("撤回停用"), "lapse": _("对方收回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(_("要做的"), max_length=10, choices=Kind)
    state = models.CharField(_("状态"), max_length=10, choices=State)
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    roles = models.JSONField(default=list)
    deletes = models.BooleanField(default=False)
    asked_at = models.DateTimeField(_("首次提出"))
    asked_again_at = models.DateTimeField(null=True)
    times = models.PositiveIntegerField(default=1)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection_id", "user", "kind"],
                condition=models.Q(state="held"),
                name="scim_held_once",
            )
        ]
        indexes = [models.Index(fields=["connection_id", "state", "asked_at"], name="scim_removal_window")]


class Mismatch(models.Model):
    """Something a directory said of a person that could not be done without a person of the bureau (待核对).

    key: what the directory calls the person. code: why (`scim.mismatches`). about: the accounts it touches.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待核对")
        SETTLED = "settled", _("已处理")

    MOVES = {"settle": ({State.OPEN}, State.SETTLED)}
    VERBS = {"settle": _("标为已处理")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    code = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)
    about = models.JSONField(default=list)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection_id", "code", "key"], condition=models.Q(state="open"), name="scim_mismatch_once"
            )
        ]

    @property
    def reason(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        from scim.mismatches import sentence

        return sentence(self.code, self.data)
