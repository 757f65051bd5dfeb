"""What the API of inspections reads and writes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appraisal.requests.api.items import ExhibitOut
from appraisal.requests.models import Verdict
from gateway.serializers import Fields, ModelFields, ObjectField, YesNo
from tenants.inspections import fields
from tenants.inspections.models import (
    CountOperation,
    Inspection,
    InspectionOfficer,
    Lot,
    LotMove,
    LotPhoto,
    MarketEntity,
    Notice,
    PresentPerson,
)
from tenants.inspections.thresholds import Check, Held
from tenants.inspections.value import LotValue, Sum, Valuation, shown, verdict_of

LARGEST_TURN = 2**53 - 1

# Read -----------------------------------------------------------------------------------------------------------------


class WhereIn(Fields):
    county_code = serializers.RegexField(r"^\d{6}$", help_text="GB/T 2260")
    place = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-90, max_value=90, required=False)
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-180, max_value=180, required=False)
    accuracy_m = serializers.IntegerField(min_value=0, max_value=100_000, required=False)


class OpenIn(WhereIn):
    id = serializers.UUIDField(required=False, help_text="chosen by the phone; sent twice it is one")
    started_at = serializers.DateTimeField(required=False)


class DescribeIn(Fields):
    scene = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    party_statement = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    conduct = serializers.ChoiceField(Inspection.Conduct.choices, required=False)
    repeat_offender = serializers.BooleanField(required=False)
    repeat_basis = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CodeIn(Fields):
    code = serializers.CharField(max_length=20)


class EntityIn(Fields):
    kind = serializers.ChoiceField(MarketEntity.Kind.choices)
    name = serializers.CharField(max_length=120)
    uscc = serializers.CharField(max_length=40, required=False, allow_blank=True, help_text="GB 32100-2015")
    old_number = serializers.RegexField(r"^\d{15}$", required=False, allow_blank=True)
    responsible_person = serializers.CharField(max_length=60, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    identity_no = serializers.CharField(max_length=40, required=False, allow_blank=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    licence_exhibit_id = serializers.UUIDField(required=False, help_text="a photo this officer handed in")


class PresentIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the phone; said again, it corrects")
    role = serializers.ChoiceField(PresentPerson.Role.choices)
    name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    identity_kind = serializers.CharField(max_length=40, required=False, allow_blank=True)
    identity_no = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    duty = serializers.CharField(max_length=60, required=False, allow_blank=True)
    refused = serializers.BooleanField(required=False)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ToldIn(Fields):
    code = serializers.ChoiceField(Notice.Code.choices)
    answer = serializers.CharField(max_length=400, required=False, default="", allow_blank=True)
    given_at = serializers.DateTimeField(required=False)


class OperationIn(Fields):
    id = serializers.UUIDField(help_text="UUIDv7 chosen by the phone; sent twice it is one")
    lot_id = serializers.UUIDField()
    kind = serializers.ChoiceField(CountOperation.Kind.choices)
    value = ObjectField(
        help_text="lot, detail: {fields}; add: {delta}; set: {quantity, covers}; split: {lot, quantity, fields, why};"
        " resolve: {quantity, covers, why}. Quantities are decimal text with at most three places; covers: ids of the"
        " operations on the lot that the phone showed. Fields: " + ", ".join(fields.ALL)
    )
    turn = serializers.IntegerField(
        min_value=0, max_value=LARGEST_TURN, help_text="one more than the highest turn the phone knows"
    )
    at = serializers.DateTimeField(help_text="the phone's own time")


class OperationsIn(Fields):
    device_id = serializers.UUIDField()
    operations = OperationIn(many=True)


class SinceIn(serializers.Serializer[Any]):
    since = serializers.IntegerField(min_value=0, max_value=LARGEST_TURN, required=False, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=500, required=False, default=200)
    lots = YesNo(required=False, default=True, help_text="false: operations alone, for a phone that merges by itself")


class MoveLotIn(Fields):
    inspection_id = serializers.UUIDField()
    why = serializers.CharField(max_length=200)


class LotPhotoIn(Fields):
    exhibit_id = serializers.UUIDField(help_text="a photo this officer handed in")
    shows = serializers.ChoiceField(LotPhoto.Shows.choices, required=False, default=LotPhoto.Shows.LOT)
    shot_code = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    kept_reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class QuestionIn(Fields):
    question = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class InspectionWhyIn(Fields):
    why = serializers.CharField(max_length=200)


class InspectionQuery(serializers.Serializer[Any]):
    state = serializers.ListField(child=serializers.ChoiceField(Inspection.State.choices), required=False)
    number = serializers.CharField(max_length=40, required=False, help_text="part of the number")


# Written --------------------------------------------------------------------------------------------------------------


class TakingPartOut(ModelFields[InspectionOfficer]):
    class Meta:
        model = InspectionOfficer
        fields = ["officer_id", "name", "unit_name", "certificate_no", "certificate_until", "shown_at", "joined_at"]


class EntityOut(ModelFields[MarketEntity]):
    class Meta:
        model = MarketEntity
        fields = [
            "id", "kind", "uscc", "old_number", "name", "responsible_person", "address", "phone", "identity_no",
            "licence_exhibit_id", "note",
        ]  # fmt: skip


class PresentOut(ModelFields[PresentPerson]):
    class Meta:
        model = PresentPerson
        fields = [
            "id", "role", "name", "identity_kind", "identity_no", "phone", "duty", "refused", "note", "arrived_at",
            "left_at", "organisation_id", "request_id",
        ]  # fmt: skip


class ToldOut(ModelFields[Notice]):
    class Meta:
        model = Notice
        fields = ["code", "words", "answer", "given_at"]


class StillMissingOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()
    lot_id = serializers.UUIDField(allow_null=True)


class InspectionRow(ModelFields[Inspection]):
    unit = serializers.CharField(source="unit.name")
    opened_by = serializers.CharField(source="opened_by.display_name")
    place = serializers.CharField(source="site.place")
    county_code = serializers.CharField(source="site.county_code")
    entity_name = serializers.SerializerMethodField()

    class Meta:
        model = Inspection
        fields = [
            "id", "number", "state", "version", "unit", "opened_by", "site_id", "place", "county_code", "entity_name",
            "started_at", "ended_at", "signed_at", "asked_at",
        ]  # fmt: skip

    def get_entity_name(self, inspection: Inspection) -> str:
        return inspection.entity.name if inspection.entity else ""


class InspectionOut(InspectionRow):
    officers = TakingPartOut(many=True)
    entity = EntityOut(allow_null=True)
    persons = PresentOut(many=True)
    notices = ToldOut(many=True)

    class Meta(InspectionRow.Meta):
        fields = [
            *InspectionRow.Meta.fields, "scene", "party_statement", "conduct", "repeat_offender", "repeat_basis",
            "officers", "entity", "persons", "notices",
        ]  # fmt: skip


class JoinCodeOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    expires_at = serializers.DateTimeField()


class CandidateOut(serializers.Serializer[Any]):
    operation_id = serializers.UUIDField()
    by = serializers.UUIDField()
    by_name = serializers.CharField()
    quantity = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class LotPhotoOut(ModelFields[LotPhoto]):
    exhibit = ExhibitOut()

    class Meta:
        model = LotPhoto
        fields = ["id", "shows", "shot_code", "kept_reason", "added_at", "exhibit"]


class LotMoveOut(ModelFields[LotMove]):
    from_number = serializers.CharField(source="from_inspection.number")
    to_number = serializers.CharField(source="to_inspection.number")

    class Meta:
        model = LotMove
        fields = ["from_number", "to_number", "why", "by_name", "at"]


class LotVerdictOut(ModelFields[Verdict]):
    """What a right holder said of the lot."""

    appraiser_name = serializers.CharField(source="opinion.appraiser_name")
    given_at = serializers.DateTimeField(source="opinion.given_at")
    received_at = serializers.DateTimeField(source="opinion.received_at")

    class Meta:
        model = Verdict
        fields = ["id", "value", "reasons", "infringed_right", "appraiser_name", "given_at", "received_at"]


class AskedOut(serializers.Serializer[Any]):
    request_id = serializers.UUIDField()
    request_number = serializers.CharField()
    request_state = serializers.CharField()
    organisation_name = serializers.CharField()
    brand_name = serializers.CharField()
    item_id = serializers.UUIDField()
    quantity = serializers.CharField(allow_null=True)
    asked_at = serializers.DateTimeField()


class LotOut(ModelFields[Lot]):
    """quantity null: not counted, or two counts differ (candidates). verdict: the one that stands, if any."""

    candidates = CandidateOut(many=True)
    counted_by = serializers.ListField(child=serializers.CharField())
    photos = LotPhotoOut(many=True)
    moves = LotMoveOut(many=True)
    verdict = serializers.SerializerMethodField()
    after_close = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()

    class Meta:
        model = Lot
        fields = [
            "id", "inspection_id", "version", "split_from_id", "made_at", "quantity", "candidates", "counted_by",
            *fields.ALL, "photos", "moves", "asked", "verdict", "after_close",
        ]  # fmt: skip

    @extend_schema_field(LotVerdictOut(allow_null=True))
    def get_verdict(self, lot: Lot) -> dict[str, Any] | None:
        found = verdict_of(lot)
        return dict(LotVerdictOut(found).data) if found else None

    def get_after_close(self, lot: Lot) -> bool:
        found, ended_at = verdict_of(lot), lot.inspection.ended_at
        return found is not None and ended_at is not None and found.opinion.received_at > ended_at

    @extend_schema_field(AskedOut(many=True))
    def get_asked(self, lot: Lot) -> list[dict[str, Any]]:
        return [
            {
                "request_id": each.item.request_id,
                "request_number": each.item.request.number,
                "request_state": each.item.request.state,
                "organisation_name": each.item.request.organisation_name,
                "brand_name": each.item.request.brand_name,
                "item_id": each.item_id,
                "quantity": None if each.quantity is None else f"{each.quantity.normalize():f}",
                "asked_at": each.asked_at,
            }
            for each in lot.questions.all()
        ]


class OperationOut(ModelFields[CountOperation]):
    by = serializers.UUIDField(source="by_id")
    value = serializers.JSONField()

    class Meta:
        model = CountOperation
        fields = ["id", "lot_id", "kind", "value", "turn", "by", "by_name", "device_id", "at", "received_at", "version"]


class ProblemOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    detail = serializers.CharField()


class AppendedOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    accepted = serializers.ListField(child=serializers.UUIDField())
    known = serializers.ListField(child=serializers.UUIDField())
    refused = ProblemOut(many=True)


class ChangesOut(serializers.Serializer[Any]):
    version = serializers.IntegerField(help_text="of the inspection now")
    cursor = serializers.IntegerField(help_text="pass as since in the next call; equal to version when all was sent")
    operations = OperationOut(many=True)
    lots = LotOut(many=True)
    state = serializers.CharField()
    late = serializers.IntegerField(help_text="operations that came after the close: kept, not counted")


class WhomOut(serializers.Serializer[Any]):
    organisation_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    lot_ids = serializers.ListField(child=serializers.UUIDField())


class PlanOut(serializers.Serializer[Any]):
    asked = WhomOut(many=True)
    unserved = WhomOut(many=True, help_text="brands that are not enrolled: kept, and counted for invitation")
    unchosen = serializers.ListField(child=serializers.UUIDField(), help_text="lots whose product is not chosen")
    unnamed = serializers.ListField(child=serializers.UUIDField(), help_text="lots without brand and product")
    empty = serializers.ListField(child=serializers.UUIDField(), help_text="lots counted as none")
    without_photo = serializers.ListField(child=serializers.UUIDField())
    already = serializers.IntegerField()


class SentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.CharField()
    organisation_name = serializers.CharField()
    brand_name = serializers.CharField()


class SumOut(serializers.Serializer[Any]):
    """Yuan, two decimals. unknown: how many lots have no value; they are not 0."""

    low_yuan = serializers.CharField()
    high_yuan = serializers.CharField()
    known = serializers.IntegerField()
    unknown = serializers.IntegerField()
    sales_yuan = serializers.CharField(allow_blank=True)
    gains_yuan = serializers.CharField(allow_blank=True)


class HeldOut(serializers.Serializer[Any]):
    rule_id = serializers.CharField()
    measure = serializers.CharField()
    line_yuan = serializers.CharField()
    amount_yuan = serializers.CharField(allow_blank=True)
    missing_yuan = serializers.CharField(allow_blank=True)
    met = serializers.BooleanField()
    standing = serializers.CharField()
    source = serializers.CharField()


class ThresholdCheckOut(serializers.Serializer[Any]):
    duty = serializers.BooleanField(help_text="whether referral to the police is a duty")
    day = serializers.DateField()
    rules = HeldOut(many=True)


class LotValueOut(serializers.Serializer[Any]):
    lot_id = serializers.UUIDField()
    standing = serializers.ChoiceField(["infringing", "unanswered", "cleared"])
    price_basis = serializers.CharField(allow_blank=True)
    price_yuan = serializers.CharField(allow_blank=True)
    low_yuan = serializers.CharField(allow_blank=True)
    high_yuan = serializers.CharField(allow_blank=True)


class ValueOut(serializers.Serializer[Any]):
    infringing = SumOut()
    unanswered = SumOut()
    cleared = SumOut()
    by_basis = serializers.DictField(child=serializers.CharField())
    quantities = serializers.DictField(child=serializers.CharField(), help_text="by unit, never across units")
    uncounted = serializers.IntegerField()
    differing = serializers.IntegerField()
    confirmed = ThresholdCheckOut()
    possible = ThresholdCheckOut()
    lots = LotValueOut(many=True)


def value_as_json(found: Valuation) -> dict[str, Any]:
    """A valuation as `ValueOut` describes it."""
    return {
        "infringing": _sum(found.infringing),
        "unanswered": _sum(found.unanswered),
        "cleared": _sum(found.cleared),
        "by_basis": {basis: shown(yuan) for basis, yuan in found.by_basis.items()},
        "quantities": {unit: f"{quantity.normalize():f}" for unit, quantity in found.quantities.items()},
        "uncounted": found.uncounted,
        "differing": found.differing,
        "confirmed": _check(found.confirmed),
        "possible": _check(found.possible),
        "lots": [_lot(each) for each in found.lots],
    }


def _sum(found: Sum) -> dict[str, Any]:
    return {
        "low_yuan": shown(found.low),
        "high_yuan": shown(found.high),
        "known": found.known,
        "unknown": found.unknown,
        "sales_yuan": shown(found.sales),
        "gains_yuan": shown(found.gains),
    }


def _check(found: Check) -> dict[str, Any]:
    return {"duty": found.duty, "day": found.day, "rules": [_held(each) for each in found.held]}


def _held(held: Held) -> dict[str, Any]:
    return {
        "rule_id": held.rule.rule_id,
        "measure": held.rule.measure,
        "line_yuan": shown(held.rule.yuan),
        "amount_yuan": shown(held.amount),
        "missing_yuan": shown(held.missing),
        "met": held.met,
        "standing": held.rule.standing,
        "source": held.rule.source,
    }


def _lot(value: LotValue) -> dict[str, Any]:
    return {
        "lot_id": value.lot.pk,
        "standing": value.standing,
        "price_basis": value.lot.price_basis,
        "price_yuan": shown(value.price_yuan),
        "low_yuan": shown(value.low),
        "high_yuan": shown(value.high),
    }
