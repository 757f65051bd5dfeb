"""Rooms of joint cases. Each party has a copy of its own, fed by letters; no row is shared between two.

What a room holds is not kept in columns but reckoned from its entries (`jointcases.reckoning`), so that whatever order
letters come in leads to the same room. The columns of `Room` are what lists need, written anew after each entry.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Room(models.Model):
    """One party's copy. shared_id: the same for all parties. origin: who opened it, and thereby invited this party.

    standing and what follows are reckoned. turn: the highest that was seen. answer_by: the earliest that an own seat
    owes an answer.
    """

    class Standing(models.TextChoices):
        INVITED = "invited", _("待答复")
        OPEN = "open", _("办理中")
        CLOSED = "closed", _("已结案")
        DECLINED = "declined", _("未参加")
        LEFT = "left", _("已退出")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    holder = models.CharField(max_length=80)
    shared_id = models.UUIDField()
    origin = models.CharField(max_length=80)
    document_no = models.CharField(_("来函文号"), max_length=80, blank=True)
    letter_id = models.UUIDField(null=True, blank=True)
    series_id = models.UUIDField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=0)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.INVITED)
    title = models.CharField(_("名称"), max_length=120, blank=True)
    code_name = models.CharField(_("代号"), max_length=40, blank=True)
    lead_name = models.CharField(_("牵头单位"), max_length=120, blank=True)
    secrecy = models.CharField(max_length=10, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-changed_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["holder", "shared_id"], name="joint_room_once")]

    def __str__(self) -> str:
        return self.code_name or self.title


class Entry(models.Model):
    """Something said in a room, as this party may read it. Insert-only. via: who sent it here.

    An entry that was passed on before its author's own letter came is here twice; one counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="entries")
    entry_id = models.UUIDField()
    via = models.CharField(max_length=80)
    turn = models.PositiveIntegerField()
    body = models.JSONField()
    letter_id = models.UUIDField(null=True, blank=True)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["turn", "entry_id"]
        constraints = [models.UniqueConstraint(fields=["room", "entry_id", "via"], name="joint_entry_once")]


class SeatUnit(models.Model):
    """Which unit of this bureau sits on a seat. Known here alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="seat_units")
    seat_id = models.UUIDField()
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seat_id"], name="joint_seat_unit_once")]


class GuestPass(models.Model):
    """列席人员: a person of the police or another department who signs in here for one seat of one room."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="guests")
    seat_id = models.UUIDField()
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    given_by_name = models.CharField(max_length=80)
    given_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seat_id", "person"], name="joint_guest_once")]


class RoomFile(models.Model):
    """A view on the wall, in this party's store. own: this party showed it. ended_at: nobody opens it here any more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="files")
    item_id = models.UUIDField()
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    own = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "item_id"], name="joint_file_once")]


class RoomGrant(models.Model):
    """The grant by which one party sees one item that this party showed. grant_id: in `federation.grants`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="grants")
    item_id = models.UUIDField()
    party = models.CharField(max_length=80)
    grant_id = models.UUIDField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "item_id", "party"], name="joint_grant_once")]


class OwnMatter(models.Model):
    """A case or clue of one's own that belongs to the room. Never sent, never shown to another party."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="own_matters")
    matter_kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "matter_kind", "matter_id"], name="joint_matter_once")]
