"""What the library's API writes out and reads in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appraisal.desk.api import ExhibitOut
from appraisal.recognised import words
from appraisal.recognition.models import (
    CODE_FIELDS,
    SHARES,
    BandLimits,
    CodeAlert,
    CodeSighting,
    EntryPhoto,
    Find,
    GuidePrice,
    Hint,
    HintDecision,
    LibraryChoice,
    LibraryEntry,
    LookBack,
    RunLink,
)
from appraisal.recognition.selectors import BandFigures, GroupFigures, Health
from gateway.serializers import Fields, ModelFields

TYPOLOGIES = list(words("typology"))
SHARE_CODES = [code for code, _words in SHARES]


class Part(serializers.FloatField):
    """A part of a picture's width or height, a number from 0 to 1."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=0, max_value=1, **more)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, str | bool):
            self.fail("invalid")
        return float(super().to_internal_value(data))


# What is written out --------------------------------------------------------------------------------------------------


class FindOut(ModelFields[Find]):
    """Where goods were found."""

    class Meta:
        model = Find
        fields = [
            "id", "origin", "product_id", "product_name", "province_code", "county_code", "unit_name", "request_no",
            "found_on", "shared",
        ]  # fmt: skip


class DefectOut(serializers.Serializer[Any]):
    """A box in parts of the picture, with words that never leave the brand."""

    x = serializers.FloatField()
    y = serializers.FloatField()
    w = serializers.FloatField()
    h = serializers.FloatField()
    words = serializers.CharField()


class EntryPhotoOut(ModelFields[EntryPhoto]):
    exhibit = ExhibitOut()
    outline = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    defects = DefectOut(many=True)

    class Meta:
        model = EntryPhoto
        fields = ["id", "shot_code", "position", "outline", "defects", "engine", "indexed_at", "exhibit"]


class EntryOut(ModelFields[LibraryEntry]):
    """One known fake."""

    label = serializers.CharField(source="__str__")
    category = serializers.CharField(source="category.name")
    remarks = serializers.ListField(child=serializers.CharField())
    find = FindOut()
    photos = EntryPhotoOut(many=True)

    class Meta:
        model = LibraryEntry
        fields = [
            "id", "label", "product_id", "category", "title", "typology", "typology_as_of", "state", "source",
            "visibility", "show_picture", "radius_bits", "least_score", "valid_from", "valid_until", "note", "remarks",
            "stopped_because", "stopped_note", "stopped_at", "confirmed_at", "find", "photos",
        ]  # fmt: skip


class ReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    count = serializers.IntegerField(allow_null=True)


class CodeOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    here = serializers.CharField()
    there = serializers.CharField()
    result = serializers.ChoiceField(["same", "near", "differs", "unknown"])


class HintDecisionOut(ModelFields[HintDecision]):
    class Meta:
        model = HintDecision
        fields = ["id", "side", "answer", "note", "who", "at"]


class HintOut(ModelFields[Hint]):
    """A photo of a task that looks like an entry. geometry: in parts of the pictures."""

    task_id = serializers.UUIDField(source="photo.item.task_id")
    item_id = serializers.UUIDField(source="photo.item_id")
    photo_id = serializers.UUIDField(source="photo.photo_id")
    entry_label = serializers.CharField(source="entry.__str__")
    geometry = serializers.JSONField()
    reasons = ReasonOut(many=True)
    codes = CodeOut(many=True)
    decisions = HintDecisionOut(many=True)

    class Meta:
        model = Hint
        fields = [
            "id", "task_id", "item_id", "photo_id", "entry_id", "entry_label", "entry_photo_id", "state", "band",
            "score", "inliers", "held_down", "reasons", "codes", "geometry", "at", "posted_at", "answered_at",
            "answered_by", "flagged", "decisions",
        ]  # fmt: skip


class SightingOut(ModelFields[CodeSighting]):
    find = FindOut()

    class Meta:
        model = CodeSighting
        fields = ["id", "field", "key", "raw", "how", "at", "find"]


class AlertOut(ModelFields[CodeAlert]):
    sightings = SightingOut(many=True)

    class Meta:
        model = CodeAlert
        fields = [
            "id", "product_id", "key", "kind", "state", "first_at", "last_at", "decided_at", "reason", "sightings",
        ]  # fmt: skip


class RunReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    first = serializers.CharField(required=False)
    second = serializers.CharField(required=False)


class RunOut(ModelFields[RunLink]):
    """Two finds that seem to come from one run."""

    first = FindOut()
    second = FindOut()
    reasons = RunReasonOut(many=True)

    class Meta:
        model = RunLink
        fields = [
            "id", "first", "second", "reasons", "strength", "state", "proposed_at", "flagged", "decided_at", "reason",
        ]  # fmt: skip


class LookBackOut(ModelFields[LookBack]):
    """Goods of an earlier request that look like an entry confirmed later."""

    task_id = serializers.UUIDField(source="item.task_id")
    request_no = serializers.CharField(source="item.task.request_no")
    geometry = serializers.JSONField()

    class Meta:
        model = LookBack
        fields = [
            "id", "entry_id", "task_id", "item_id", "request_no", "was", "state", "band", "score", "inliers",
            "geometry", "at", "flagged", "settled_at",
        ]  # fmt: skip


class GuidePriceOut(ModelFields[GuidePrice]):
    region_codes = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = GuidePrice
        fields = [
            "id", "product_id", "unit", "pieces", "price_yuan", "region_codes", "occasion", "valid_from", "valid_until",
        ]  # fmt: skip


class BandLimitsOut(ModelFields[BandLimits]):
    """Least scores of one product group. spared, lost: refused and accepted hints that would not have been shown."""

    category = serializers.CharField(source="category.name")

    class Meta:
        model = BandLimits
        fields = [
            "id", "category_id", "category", "state", "strong", "likely", "floor_strong", "floor_likely", "decided",
            "refused", "spared", "lost", "proposed_at", "decided_at", "ended_at",
        ]  # fmt: skip


class ToldElsewhereOut(serializers.Serializer[Any]):
    """Hints for others' photos in the last 90 days, by what officers made of them."""

    all = serializers.IntegerField()
    shown = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    ignored = serializers.IntegerField()


class LibraryChoiceOut(serializers.Serializer[Any]):
    """said_at: empty while the usual choice holds."""

    others = serializers.ChoiceField(LibraryChoice.Others.values)
    said_at = serializers.DateTimeField(allow_null=True)
    told = ToldElsewhereOut()


class BandFiguresOut(serializers.Serializer[BandFigures]):
    band = serializers.CharField()
    shown = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    ignored = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True)
    false_alarm_rate = serializers.FloatField(allow_null=True)


class GroupFiguresOut(serializers.Serializer[GroupFigures]):
    """Hit and false-alarm rates of one product group, with the counts behind them."""

    category_id = serializers.UUIDField()
    name = serializers.CharField()
    entries = serializers.IntegerField()
    references = serializers.IntegerField()
    photos_looked_at = serializers.IntegerField()
    all = BandFiguresOut()
    bands = serializers.SerializerMethodField()

    @extend_schema_field(BandFiguresOut(many=True))
    def get_bands(self, group: GroupFigures) -> Any:
        return BandFiguresOut(list(group.bands.values()), many=True).data


class RecognitionHealthOut(serializers.Serializer[Health]):
    """engine_words: why the usual engine is not in force, or empty. by_night: waiting, with an answer already."""

    engine = serializers.CharField()
    good = serializers.BooleanField()
    engine_words = serializers.CharField()
    index = serializers.ChoiceField(["ready", "rebuilding", "lost"])
    index_photos = serializers.IntegerField()
    built_at = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    missing = serializers.IntegerField()
    surplus = serializers.IntegerField()
    waiting = serializers.IntegerField()
    by_night = serializers.IntegerField()
    oldest = serializers.DateTimeField(allow_null=True)
    median_ms = serializers.IntegerField(allow_null=True)


class LibraryFiguresOut(serializers.Serializer[Any]):
    groups = GroupFiguresOut(many=True)
    health = RecognitionHealthOut()


# What is read in ------------------------------------------------------------------------------------------------------


class DefectIn(Fields):
    """A box in parts of the picture: left, top, width, height, each 0 to 1, and what is wrong there."""

    x = Part()
    y = Part()
    w = Part()
    h = Part()
    words = serializers.CharField(max_length=300)


class DrawingIn(Fields):
    """outline: corners of the item, [x, y] each; empty: guessed by the engine."""

    outline = serializers.ListField(
        child=serializers.ListField(child=Part(), min_length=2, max_length=2),
        max_length=60,
        required=False,
        default=list,
    )
    defects = DefectIn(many=True, required=False, default=list, max_length=30)


class DrawnIn(DrawingIn):
    """A photo for an entry."""

    exhibit_id = serializers.UUIDField()
    shot_code = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)


class _EntryIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one entry")
    typology = serializers.ChoiceField(TYPOLOGIES)
    visibility = serializers.ChoiceField(SHARE_CODES, required=False, default="place_only")
    show_picture = serializers.BooleanField(required=False, default=True)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class EntryFromVerdictIn(_EntryIn):
    """photos: all of the item if none are named."""

    verdict_id = serializers.UUIDField()
    photos = DrawnIn(many=True, required=False, default=list, max_length=60)


class CodeSeenIn(Fields):
    field = serializers.ChoiceField([code for code, _words in CODE_FIELDS])
    raw = serializers.CharField(max_length=120)


class EntryByStaffIn(_EntryIn):
    """photos: exhibits that this person handed in."""

    product_id = serializers.UUIDField()
    found_on = serializers.DateField()
    province_code = serializers.CharField(max_length=31, required=False, default="", allow_blank=True)
    county_code = serializers.RegexField(r"^(\d{6})?$", required=False, default="", allow_blank=True)
    codes = CodeSeenIn(many=True, required=False, default=list, max_length=20)
    photos = DrawnIn(many=True, required=False, default=list, max_length=60)


class EntryChangeIn(Fields):
    title = serializers.CharField(max_length=120, required=False)
    typology = serializers.ChoiceField(TYPOLOGIES, required=False)
    visibility = serializers.ChoiceField(SHARE_CODES, required=False)
    show_picture = serializers.BooleanField(required=False)
    radius_bits = serializers.IntegerField(min_value=0, max_value=31, required=False)
    least_score = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    valid_from = serializers.DateField(required=False)
    valid_until = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class AddPhotosIn(Fields):
    photos = DrawnIn(many=True, min_length=1, max_length=60)


class LibraryWhyIn(Fields):
    reason = serializers.CharField(max_length=500)


class HintAnswerIn(Fields):
    answer = serializers.ChoiceField(["shown", "accepted", "rejected", "ignored"])
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class AlertSettleIn(Fields):
    """printed_on_all: the code stands on all goods alike and never alerts again. A dismissal needs its reason."""

    step = serializers.ChoiceField(["confirm", "dismiss"])
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    printed_on_all = serializers.BooleanField(required=False, default=False)


class RunDecideIn(Fields):
    step = serializers.ChoiceField(["accept", "refuse", "reopen"])
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class LimitsDecideIn(Fields):
    step = serializers.ChoiceField(["accept", "refuse", "end"])


class LibraryChoiceIn(Fields):
    others = serializers.ChoiceField(LibraryChoice.Others.values)


class LookBackSettleIn(Fields):
    step = serializers.ChoiceField(["correct", "keep"])
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class GuidePriceIn(Fields):
    product_id = serializers.UUIDField()
    unit = serializers.CharField(max_length=20)
    pieces = serializers.IntegerField(min_value=1, max_value=10_000, required=False, default=1)
    price_yuan = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0)
    region_codes = serializers.ListField(
        child=serializers.CharField(max_length=31), max_length=40, required=False, default=list
    )
    occasion = serializers.ChoiceField(GuidePrice.Occasion.values, required=False, default="usual")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
