"""What the owner of a library decides: who else is served by it, and from which score on it speaks."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appraisal.recognition.models.library import EntryPhoto, Hint, LibraryEntry
from kernel.ids import uuid7


class LibraryChoice(models.Model):
    """What a library does for photos of other right holders' goods. Without a row: `KNOWN`.

    Never more than the entry's own `visibility` and the finding province's `shared` allow.
    """

    class Others(models.TextChoices):
        NONE = "none", _("不参与")
        KNOWN = "known", _("只提示“外地已知”，请经协作办公室联系")
        ENTRY = "entry", _("按每个条目的“外省能看到什么”")

    organisation = models.OneToOneField("parties.Organisation", models.CASCADE, primary_key=True, related_name="+")
    others = models.CharField(_("别的品牌的申请"), max_length=8, choices=Others, default=Others.KNOWN)
    said_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    said_at = models.DateTimeField()


class Elsewhere(models.Model):
    """别处已知: a photo on somebody else's desk looks like an entry of this organisation.

    Neither house sees the other's half: the province alone is told, in the owner's name. state: the officer's answer.
    how: what the letter said of the earlier matter.
    """

    State = Hint.State
    MOVES = Hint.MOVES
    VERBS = Hint.VERBS

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+", help_text="the owner")
    photo = models.ForeignKey("desk.DeskPhoto", models.PROTECT, related_name="elsewhere")
    entry = models.ForeignKey(LibraryEntry, models.PROTECT, related_name="elsewhere")
    entry_photo = models.ForeignKey(EntryPhoto, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.SHOWN)
    band = models.CharField(max_length=10)
    score = models.FloatField()
    inliers = models.PositiveIntegerField(default=0)
    engine = models.CharField(max_length=40, blank=True)
    how = models.CharField(max_length=12)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    flagged = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["-score", "id"]
        constraints = [models.UniqueConstraint(fields=["photo", "entry"], name="elsewhere_once")]
        indexes = [models.Index(fields=["entry", "at"], name="elsewhere_entry")]


class BandLimits(models.Model):
    """Least scores of one product group, reckoned from what people said of hints; a person of the brand accepts them.

    scale: of which bands of the engine they speak; other ones make them void. floor_*: the engine's own least scores,
    under which no limit goes. decided, refused: hints behind the figures. spared, lost: how many of the refused and of
    the accepted ones would not have been shown.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        IN_FORCE = "in_force", _("生效中")
        REFUSED = "refused", _("未采用")
        ENDED = "ended", _("已停用")

    MOVES = {
        "accept": ({State.PROPOSED}, State.IN_FORCE),
        "refuse": ({State.PROPOSED}, State.REFUSED),
        "replace": ({State.PROPOSED, State.IN_FORCE}, State.ENDED),
        "end": ({State.IN_FORCE}, State.ENDED),
    }
    VERBS = {"accept": _("采用"), "refuse": _("不采用"), "replace": _("换成新的门槛"), "end": _("恢复通用门槛")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    strong = models.FloatField()
    likely = models.FloatField()
    floor_strong = models.FloatField()
    floor_likely = models.FloatField()
    scale = models.CharField(max_length=40)
    decided = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    spared = models.PositiveIntegerField()
    lost = models.PositiveIntegerField()
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "category"], condition=Q(state="in_force"), name="band_limits_in_force_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "category"], condition=Q(state="proposed"), name="band_limits_proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(likely__gte=F("floor_likely"))
                & Q(strong__gte=F("floor_strong"))
                & Q(strong__gte=F("likely")),
                name="band_limits_above_the_floor",
            ),
        ]
