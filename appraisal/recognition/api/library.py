"""Library entries by API: listed, made, drawn on, confirmed, stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.desk.api import View
from appraisal.desk.selectors import Desk
from appraisal.recognition import selectors, services
from appraisal.recognition.api.shapes import (
    TYPOLOGIES,
    AddPhotosIn,
    DrawingIn,
    EntryByStaffIn,
    EntryChangeIn,
    EntryFromVerdictIn,
    EntryOut,
    EntryPhotoOut,
    LibraryWhyIn,
)
from appraisal.recognition.models import LibraryEntry
from appraisal.recognition.services import Drawn
from gateway.paging import ByNewest
from gateway.serializers import read, read_query


def _drawn(photos: Iterable[Mapping[str, Any]]) -> list[Drawn]:
    return [Drawn(**photo) for photo in photos]


def _entry(desk: Desk, entry_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    return Response(EntryOut(selectors.access_entry(desk, entry_id)).data, status=code)


class EntriesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(LibraryEntry.State.values, required=False)
    source = serializers.ChoiceField(LibraryEntry.Source.values, required=False)
    typology = serializers.ChoiceField(TYPOLOGIES, required=False)
    product = serializers.UUIDField(required=False)
    province = serializers.CharField(max_length=31, required=False, help_text="code of the province of the find")
    text = serializers.CharField(max_length=80, required=False)


class Entries(View):
    """The library of known fakes. A new entry is a candidate until an appraiser confirms it."""

    pagination_class = ByNewest

    @extend_schema(operation_id="library_entries", parameters=[EntriesQuery], responses=EntryOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.entries(self.desk(request), **read_query(EntriesQuery, request)), EntryOut)

    @extend_schema(operation_id="library_entry_make", request=EntryFromVerdictIn, responses={201: EntryOut})
    def post(self, request: Request) -> Response:
        desk, body = self.desk(request), read(EntryFromVerdictIn, request)
        entry = services.make_from_verdict(
            desk=desk, photos=_drawn(body.pop("photos")), entry_id=body.pop("id", None), **body
        )
        return _entry(desk, entry.pk, status.HTTP_201_CREATED)


class StaffEntries(View):
    """Rights staff offer goods that they saw; those of another brand are refused (400 `goods_of_another`)."""

    @extend_schema(operation_id="library_entry_offer", request=EntryByStaffIn, responses={201: EntryOut})
    def post(self, request: Request) -> Response:
        desk, body = self.desk(request), read(EntryByStaffIn, request)
        entry = services.make_by_staff(
            desk=desk,
            photos=_drawn(body.pop("photos")),
            codes_seen=[(each["field"], each["raw"]) for each in body.pop("codes")],
            entry_id=body.pop("id", None),
            **body,
        )
        return _entry(desk, entry.pk, status.HTTP_201_CREATED)


class Entry(View):
    @extend_schema(operation_id="library_entry", responses=EntryOut)
    def get(self, request: Request, entry_id: UUID) -> Response:
        return _entry(self.desk(request), entry_id)

    @extend_schema(operation_id="library_entry_change", request=EntryChangeIn, responses=EntryOut)
    def patch(self, request: Request, entry_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_entry(desk, entry_id)
        services.change(desk=desk, entry_id=entry_id, **read(EntryChangeIn, request))
        return _entry(desk, entry_id)


class EntryPhotos(View):
    @extend_schema(operation_id="library_entry_add_photos", request=AddPhotosIn, responses=EntryOut)
    def post(self, request: Request, entry_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_entry(desk, entry_id)
        services.add_photos(desk=desk, entry_id=entry_id, photos=_drawn(read(AddPhotosIn, request)["photos"]))
        return _entry(desk, entry_id)


class EntryPhotoDrawing(View):
    """The outline of the item and its defects, drawn anew."""

    @extend_schema(operation_id="library_photo_draw", request=DrawingIn, responses=EntryPhotoOut)
    def put(self, request: Request, entry_photo_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_entry_photo(desk, entry_photo_id)
        return Response(
            EntryPhotoOut(services.draw(desk=desk, photo_id=entry_photo_id, **read(DrawingIn, request))).data
        )


class EntryConfirm(View):
    """Appraisers only. From then on it gives hints, and earlier requests are looked at again."""

    @extend_schema(operation_id="library_entry_confirm", request=None, responses=EntryOut)
    def post(self, request: Request, entry_id: UUID) -> Response:
        desk = self.desk(request)
        services.confirm(desk=desk, entry_id=entry_id)
        return _entry(desk, entry_id)


class EntryResume(View):
    """Appraisers only. Hints that fell with it stand again."""

    @extend_schema(operation_id="library_entry_resume", request=None, responses=EntryOut)
    def post(self, request: Request, entry_id: UUID) -> Response:
        desk = self.desk(request)
        services.resume(desk=desk, entry_id=entry_id)
        return _entry(desk, entry_id)


class _Stop(View):
    service: Callable[..., LibraryEntry]

    def stop(self, request: Request, entry_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_entry(desk, entry_id)
        type(self).service(desk=desk, entry_id=entry_id, **read(LibraryWhyIn, request))
        return _entry(desk, entry_id)


class EntryRefuse(_Stop):
    service = staticmethod(services.refuse)

    @extend_schema(operation_id="library_entry_refuse", request=LibraryWhyIn, responses=EntryOut)
    def post(self, request: Request, entry_id: UUID) -> Response:
        return self.stop(request, entry_id)


class EntrySwitchOff(_Stop):
    """Stopped at once: the next photo is not compared with it, hints that were shown are flagged."""

    service = staticmethod(services.switch_off)

    @extend_schema(operation_id="library_entry_switch_off", request=LibraryWhyIn, responses=EntryOut)
    def post(self, request: Request, entry_id: UUID) -> Response:
        return self.stop(request, entry_id)


class EntryWithdraw(_Stop):
    service = staticmethod(services.withdraw)

    @extend_schema(operation_id="library_entry_withdraw", request=LibraryWhyIn, responses=EntryOut)
    def post(self, request: Request, entry_id: UUID) -> Response:
        return self.stop(request, entry_id)
