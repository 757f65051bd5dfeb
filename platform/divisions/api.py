"""API: where is it? On the hosts of provinces and of brands."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from divisions.asking import hints_of
from divisions.forms import LONGEST_TEXT
from divisions.resolving import Resolution, resolve
from gateway.serializers import read_query
from gateway.views import ApiView

LEVELS = ["county", "prefecture", "province", "ambiguous", "none"]
METHODS = [
    "names",
    "short_name",
    "township",
    "former",
    "zone",
    "landmark",
    "moved",
    "pinyin",
    "same_name",
    "weak_name",
    "split",
    "zone_of_several",
    "several_addresses",
    "not_the_place",
    "nothing",
]


class ResolveQuery(serializers.Serializer[Any]):
    """sender_division, latitude, longitude: hints. They order candidates and overrule nothing."""

    text = serializers.CharField(max_length=LONGEST_TEXT)
    on = serializers.DateField(required=False, help_text="the divisions as they were on that day")
    sender_division = serializers.RegexField(r"^\d{6}$", required=False)
    latitude = serializers.FloatField(required=False, min_value=-90, max_value=90, help_text="WGS-84")
    longitude = serializers.FloatField(required=False, min_value=-180, max_value=180, help_text="WGS-84")


class NamedDivisionOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    path = serializers.CharField()


class FormerDivisionOut(serializers.Serializer[Any]):
    """The name in the text is no longer in use. closed_on where the day is known, else the last year it was seen."""

    code = serializers.CharField()
    name = serializers.CharField()
    last_seen_year = serializers.IntegerField()
    closed_on = serializers.DateField(allow_null=True)
    relation = serializers.CharField()


class ReadSpanOut(serializers.Serializer[Any]):
    """A piece of the text and what it was read as. start, end: in characters."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()
    read_as = serializers.CharField()
    code = serializers.CharField()


class FoundPlaceOut(serializers.Serializer[Any]):
    """One of several addresses in the text. role: shop, sender, receiver, licence, supplier, maker, home, or empty."""

    role = serializers.CharField()
    code = serializers.CharField()
    level = serializers.ChoiceField(LEVELS)
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class ResolutionOut(serializers.Serializer[Any]):
    """code is empty when the level is `ambiguous` or `none`: then a person chooses among the candidates."""

    text = serializers.CharField()
    code = serializers.CharField()
    level = serializers.ChoiceField(LEVELS)
    path = serializers.CharField()
    final = serializers.BooleanField(help_text="a matter can go there: a county, or a prefecture without counties")
    confidence = serializers.FloatField()
    method = serializers.ChoiceField(METHODS)
    sentence = serializers.CharField()
    role = serializers.CharField()
    township = serializers.CharField()
    zone = serializers.CharField()
    runner_up = NamedDivisionOut(allow_null=True)
    candidates = NamedDivisionOut(many=True)
    within = NamedDivisionOut(allow_null=True)
    former = FormerDivisionOut(allow_null=True)
    spans = ReadSpanOut(many=True)
    places = FoundPlaceOut(many=True)


def as_data(answer: Resolution) -> dict[str, Any]:
    """The answer as the API tells it."""

    def named(code: str) -> dict[str, str] | None:
        return {"code": code, "path": answer.name_of(code)} if code else None

    plain = ("text", "code", "level", "path", "final", "method", "sentence", "role", "township", "zone", "former")
    return {name: getattr(answer, name) for name in plain} | {
        "confidence": round(answer.confidence, 3),
        "runner_up": named(answer.runner_up),
        "candidates": [named(code) for code in answer.candidates],
        "within": named(answer.within),
        "spans": answer.spans,
        "places": answer.places,
    }


class ResolveView(ApiView):
    """The division that a text means, with how sure that is and why. Nothing of the text is kept."""

    @extend_schema(operation_id="resolve_address", parameters=[ResolveQuery], responses=ResolutionOut)
    def get(self, request: Request) -> Response:
        asked = read_query(ResolveQuery, request)
        gps = (asked["latitude"], asked["longitude"]) if "latitude" in asked and "longitude" in asked else None
        hints = hints_of(request, gps)
        if "sender_division" in asked:
            hints = type(hints)(province=hints.province, sender_division=asked["sender_division"], gps=gps)
        return Response(ResolutionOut(as_data(resolve(asked["text"], hints=hints, on=asked.get("on")))).data)


urlpatterns = [path("divisions/resolve", ResolveView.as_view(), name="resolve_address")]
