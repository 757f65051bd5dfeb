"""A letter, its body apart, one delivery for each addressee, and the sender's ledger. All lie in `public`.

A party is written as `federation.contracts.addresses.Address` writes it ("province:gx", "organisation:<uuid>",
"office"); beside it stands the seat whose login reads its letters ("gx", "brands", "office"). Row-level security
compares the seat with the login (`borders.py`); a constraint keeps address and seat together. The letters of parties
that live in another installation are read and written by the courier, whose seat then stands beside the address.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.ids import uuid7


def _seat_of(party: str) -> Q:
    """Condition: the seat beside an address is the one that reads its letters."""
    return (
        Q(**{party: Concat(Value("province:"), F(f"{party}_seat"))})
        | Q(**{f"{party}__startswith": "organisation:", f"{party}_seat": "brands"})
        | Q(**{party: "office", f"{party}_seat": "office"})
        | Q(**{f"{party}_seat": "courier"})
    )


class Letter(models.Model):
    """The envelope (函件). Insert-only.

    seats: the sender's and every addressee's, who alone may read it. attachments_size_bytes: all files together.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("种类"), max_length=60)
    version = models.PositiveSmallIntegerField(_("版本"))
    sender = models.CharField(_("发件方"), max_length=60)
    sender_seat = models.CharField(max_length=31)
    seats = ArrayField(models.CharField(max_length=31), default=list)
    thread = models.UUIDField(_("事项"))
    in_reply_to = models.UUIDField(_("答复"), null=True)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    handling = models.CharField(_("知悉范围"), max_length=20, default="internal")
    expires_at = models.DateTimeField(_("使用期限"), null=True)
    written_at = models.DateTimeField(_("发出时间"))
    body_sha256 = models.CharField(max_length=64)
    body_sm3 = models.CharField(max_length=64)
    manifest_sha256 = models.CharField(max_length=64)
    attachments = models.PositiveIntegerField(_("附件数"), default=0)
    attachments_size_bytes = models.BigIntegerField(_("附件大小"), default=0)

    class Meta:
        verbose_name = _("函件")
        indexes = [models.Index("sender", "id", name="letter_of_sender")]
        constraints = [
            models.CheckConstraint(condition=_seat_of("sender"), name="letter_sender_seat"),
            models.UniqueConstraint(
                "document_no", "sender", condition=~Q(document_no=""), name="letter_document_no_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_no or self.kind} {self.id}"


class LetterBody(models.Model):
    """What a letter says. Insert-only; read by its sender and its addressees alone.

    seats: the letter's. body: canonical JSON of the contract. manifest: canonical JSON, a list of Attachment, with the
    keys of the sender's store.
    """

    letter = models.OneToOneField(Letter, models.DO_NOTHING, primary_key=True, related_name="text")
    seats = ArrayField(models.CharField(max_length=31), default=list)
    body = models.TextField(_("正文"))
    manifest = models.TextField(_("附件清单"))
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(_("拟稿人"), max_length=60)

    class Meta:
        verbose_name = _("正文")

    def __str__(self) -> str:
        return str(self.letter_id)


_OWED = ("waiting", "dead", "delivered", "opened", "accepted")


class Delivery(models.Model):
    """One letter on its way to one addressee, and the addressee's receipt (回执).

    sequence: place in the matter, from 1, for one sender and one addressee. received_digest: what the addressee read,
    by its own reckoning (`ledger.content_digest`). traceparent: the trace it belongs to (`watching.tracing`), beside
    what is sealed and acknowledged. Steps of people go through `audit.move`; delivering and receipts
    name the state they leave likewise, and their trail is the row's own moments, which only the addressee can write.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("在途")
        DELIVERED = "delivered", _("已送达")
        OPENED = "opened", _("已阅")
        ACCEPTED = "accepted", _("已接收")
        ANSWERED = "answered", _("已答复")
        RETURNED = "returned", _("已退回")
        DEAD = "dead", _("滞留")

    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "deliver": ({State.WAITING}, State.DELIVERED),
        "give_up": ({State.WAITING}, State.DEAD),
        "retry": ({State.DEAD}, State.WAITING),
        "send_back": ({State.DEAD}, State.RETURNED),
        "open": ({State.DELIVERED}, State.OPENED),
        "accept": ({State.DELIVERED, State.OPENED}, State.ACCEPTED),
        "return": ({State.DELIVERED, State.OPENED}, State.RETURNED),
        "answer": ({State.DELIVERED, State.OPENED, State.ACCEPTED}, State.ANSWERED),
    }
    VERBS: ClassVar[dict[str, object]] = {
        "deliver": _("送达"),
        "give_up": _("转为滞留件"),
        "retry": _("重新投递"),
        "send_back": _("退回发件方"),
        "open": _("查阅"),
        "accept": _("接收"),
        "return": pgettext_lazy("letter", "退回"),
        "answer": _("答复"),
    }
    UNSETTLED: ClassVar[tuple[str, ...]] = (State.WAITING, State.DEAD)
    """States that hold up the later letters of the same matter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(Letter, models.DO_NOTHING, related_name="deliveries")
    thread = models.UUIDField(_("事项"))
    sender = models.CharField(_("发件方"), max_length=60)
    sender_seat = models.CharField(max_length=31)
    addressee = models.CharField(_("收件方"), max_length=60)
    addressee_seat = models.CharField(max_length=31)
    sequence = models.PositiveIntegerField(_("顺序"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(_("应办结时间"), null=True)
    due_provisional = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    next_try_at = models.DateTimeField(_("下次投递"))
    failure_code = models.CharField(_("未送达原因"), max_length=120, blank=True)
    dead_at = models.DateTimeField(_("滞留时间"), null=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    opened_at = models.DateTimeField(_("查阅时间"), null=True)
    accepted_at = models.DateTimeField(_("接收时间"), null=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    return_reason = models.CharField(_("退回理由"), max_length=500, blank=True)
    received_digest = models.CharField(max_length=64, blank=True)
    traceparent = models.CharField(max_length=55, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("投递")
        indexes = [
            models.Index("addressee_seat", "next_try_at", "id", condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index("state", "id", condition=Q(state__in=("waiting", "dead")), name="delivery_unsettled"),
            models.Index("addressee", "id", name="delivery_of_addressee"),
            models.Index("due_at", "id", condition=Q(due_at__isnull=False, state__in=_OWED), name="delivery_owed"),
            models.Index("addressee", "id", condition=Q(sender="office"), name="delivery_from_office"),
        ]
        constraints = [
            models.CheckConstraint(condition=_seat_of("sender"), name="delivery_sender_seat"),
            models.CheckConstraint(condition=_seat_of("addressee"), name="delivery_addressee_seat"),
            models.UniqueConstraint("letter", "addressee", name="delivery_once_each"),
            models.UniqueConstraint("thread", "sender", "addressee", "sequence", name="delivery_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} → {self.addressee}"


class LedgerEntry(models.Model):
    """One line of a sender's chain. Insert-only. entry_hash: over all that stands here and the previous hash."""

    letter = models.OneToOneField(Letter, models.DO_NOTHING, primary_key=True, related_name="ledger_entry")
    party = models.CharField(max_length=60)
    party_seat = models.CharField(max_length=31)
    position = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64)
    body_sha256 = models.CharField(max_length=64)
    manifest_sha256 = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64)
    appended_at = models.DateTimeField()

    class Meta:
        verbose_name = _("发件台账")
        constraints = [
            models.UniqueConstraint("party", "position", name="ledger_position_once"),
            models.CheckConstraint(condition=_seat_of("party"), name="ledger_party_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.party} #{self.position}"


class SentSince(models.Model):
    """A letter that its sender no longer remembers: written after the backup from which the sender was restored.

    seat: the sender's. adopted_at: when the sender came to the same step again and took this letter for its own,
    instead of writing another one.
    """

    letter = models.OneToOneField(Letter, models.DO_NOTHING, primary_key=True, related_name="sent_since")
    seat = models.CharField(max_length=31)
    restoration_id = models.UUIDField()
    thread = models.UUIDField()
    kind = models.CharField(max_length=60)
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("备份后发出的函件")
        indexes = [models.Index("seat", "thread", condition=Q(adopted_at=None), name="sent_since_open")]

    def __str__(self) -> str:
        return str(self.letter_id)


class ArrivedSince(models.Model):
    """A letter that arrived after the backup from which its addressee was restored, and is delivered once more.

    seat: the addressee's. delivered_at: for the first time. again_at: when it had arrived once more.
    """

    delivery = models.OneToOneField(Delivery, models.DO_NOTHING, primary_key=True, related_name="arrived_since")
    seat = models.CharField(max_length=31)
    restoration_id = models.UUIDField()
    delivered_at = models.DateTimeField()
    again_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("备份后收到的函件")
        indexes = [models.Index("seat", condition=Q(again_at=None), name="arrived_since_open")]

    def __str__(self) -> str:
        return str(self.delivery_id)
