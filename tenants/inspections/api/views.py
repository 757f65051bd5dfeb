"""Inspections: opened, joined, counted by phones, asked about, valued, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from evidence import uploads
from evidence.api import ChatPhotoIn, HandedInOut
from evidence.selectors import own_exhibit
from gateway.paging import ByNewest
from gateway.serializers import read, read_query
from gateway.views import ApiView
from kernel.errors import NotAllowed
from tenants.inspections import selectors, services
from tenants.inspections.api import shapes
from tenants.inspections.models import Inspection, Lot
from tenants.inspections.services import Place
from tenants.inspections.value import valuation


def _whole(request: Request, inspection_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    found = selectors.access_inspection(request.user, inspection_id)
    return Response(shapes.InspectionOut(found).data, status=code)


def _lot(inspection: Inspection, lot: Lot) -> Any:
    found = selectors.lots_of(inspection).get(pk=lot.pk)
    found.inspection = inspection
    return shapes.LotOut(found).data


class Inspections(View):
    """Those one takes part in; for leaders and dispatchers those of the units below theirs. Newest first."""

    pagination_class = ByNewest

    @extend_schema(
        operation_id="inspections", parameters=[shapes.InspectionQuery], responses=shapes.InspectionRow(many=True)
    )
    def get(self, request: Request) -> Response:
        return self.paged(
            selectors.search(request.user, **read_query(shapes.InspectionQuery, request)), shapes.InspectionRow
        )

    @extend_schema(
        operation_id="inspection_open",
        request=shapes.OpenIn,
        responses={201: shapes.InspectionOut},
        examples=[OpenApiExample("open", {"county_code": "450103", "place": "1 Example Road"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        data = read(shapes.OpenIn, request)
        found = services.open_inspection(
            by=request.user,
            inspection_id=data.pop("id", None),
            started_at=data.pop("started_at", None),
            place=Place(**data),
        )
        return _whole(request, found.pk, status.HTTP_201_CREATED)


class Join(View):
    """The second officer comes in by the code that the first one's phone shows."""

    @extend_schema(operation_id="inspection_join", request=shapes.CodeIn, responses=shapes.InspectionOut)
    def post(self, request: Request) -> Response:
        return _whole(request, services.join(by=request.user, **read(shapes.CodeIn, request)).pk)


class InspectionDetail(View):
    @extend_schema(operation_id="inspection", responses=shapes.InspectionOut)
    def get(self, request: Request, inspection_id: UUID) -> Response:
        return _whole(request, inspection_id)

    @extend_schema(operation_id="inspection_describe", request=shapes.DescribeIn, responses=shapes.InspectionOut)
    def patch(self, request: Request, inspection_id: UUID) -> Response:
        services.describe(by=request.user, inspection_id=inspection_id, **read(shapes.DescribeIn, request))
        return _whole(request, inspection_id)


class PlaceView(View):
    """Correct the place."""

    @extend_schema(operation_id="inspection_place", request=shapes.WhereIn, responses=shapes.InspectionOut)
    def put(self, request: Request, inspection_id: UUID) -> Response:
        place = Place(**read(shapes.WhereIn, request))
        services.correct_place(by=request.user, inspection_id=inspection_id, place=place)
        return _whole(request, inspection_id)


class JoinCodes(View):
    """A code for one more officer: good for minutes, for one person; an earlier one ends."""

    @extend_schema(operation_id="inspection_join_code", request=None, responses={201: shapes.JoinCodeOut})
    def post(self, request: Request, inspection_id: UUID) -> Response:
        code, expires_at = services.make_join_code(by=request.user, inspection_id=inspection_id)
        found = shapes.JoinCodeOut({"code": code, "expires_at": expires_at})
        return Response(found.data, status=status.HTTP_201_CREATED)


class Certificate(View):
    """This officer showed the certificate to the party."""

    @extend_schema(operation_id="inspection_certificate", request=None, responses=shapes.InspectionOut)
    def post(self, request: Request, inspection_id: UUID) -> Response:
        services.show_certificate(by=request.user, inspection_id=inspection_id)
        return _whole(request, inspection_id)


class Entity(View):
    """Whose premises: by code with its check character, by photo of the licence, or without a licence."""

    @extend_schema(operation_id="inspection_entity", request=shapes.EntityIn, responses=shapes.InspectionOut)
    def put(self, request: Request, inspection_id: UUID) -> Response:
        selectors.access_inspection(request.user, inspection_id)
        data = read(shapes.EntityIn, request)
        photo_id = data.pop("licence_exhibit_id", None)
        photo = own_exhibit(request.user, photo_id) if photo_id else None
        services.set_entity(by=request.user, inspection_id=inspection_id, licence_exhibit=photo, **data)
        return _whole(request, inspection_id)


class Persons(View):
    @extend_schema(operation_id="inspection_person", request=shapes.PresentIn, responses={201: shapes.PresentOut})
    def post(self, request: Request, inspection_id: UUID) -> Response:
        selectors.access_inspection(request.user, inspection_id)
        data = read(shapes.PresentIn, request)
        found = services.add_person(
            by=request.user, inspection_id=inspection_id, person_id=data.pop("id", None), role=data.pop("role"), **data
        )
        return Response(shapes.PresentOut(found).data, status=status.HTTP_201_CREATED)


class Notices(View):
    """One notice was read out."""

    @extend_schema(operation_id="inspection_notice", request=shapes.ToldIn, responses={201: shapes.ToldOut})
    def post(self, request: Request, inspection_id: UUID) -> Response:
        selectors.access_inspection(request.user, inspection_id)
        found = services.give_notice(by=request.user, inspection_id=inspection_id, **read(shapes.ToldIn, request))
        return Response(shapes.ToldOut(found).data, status=status.HTTP_201_CREATED)


class Operations(ApiView):
    """What a phone has to say of lots: at most 500, once each, in any order. What is refused is refused by itself."""

    @extend_schema(
        operation_id="inspection_operations",
        request=shapes.OperationsIn,
        responses=shapes.AppendedOut,
        examples=[
            OpenApiExample(
                "twelve more",
                {
                    "device_id": "01a20000-0000-7000-8000-00000000000d",
                    "operations": [
                        {
                            "id": "01a20000-0000-7000-8000-000000000001",
                            "lot_id": "01a20000-0000-7000-8000-000000000002",
                            "kind": "add",
                            "value": {"delta": "12"},
                            "turn": 1,
                            "at": "2026-01-01T09:00:00+08:00",
                        }
                    ],
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, inspection_id: UUID) -> Response:
        data = read(shapes.OperationsIn, request)
        done = services.append(
            by=request.user,
            inspection_id=inspection_id,
            device_id=data["device_id"],
            operations=[services.Said(**each) for each in data["operations"]],
        )
        refused = [{"id": key, "code": each.code, "detail": each.detail} for key, each in done.refused.items()]
        answer = {"version": done.version, "accepted": done.accepted, "known": done.known, "refused": refused}
        return Response(shapes.AppendedOut(answer).data)


class Changes(ApiView):
    """What came after a version: operations, and the lots that changed as they are now."""

    @extend_schema(operation_id="inspection_changes", parameters=[shapes.SinceIn], responses=shapes.ChangesOut)
    def get(self, request: Request, inspection_id: UUID) -> Response:
        asked = read_query(shapes.SinceIn, request)
        inspection = selectors.access_inspection(request.user, inspection_id, bare=not asked["lots"])
        return Response(shapes.ChangesOut(services.changes(inspection, **asked)).data)


class Ask(View):
    """Whom one tap would ask, and the tap."""

    @extend_schema(operation_id="inspection_plan", responses=shapes.PlanOut)
    def get(self, request: Request, inspection_id: UUID) -> Response:
        found = services.plan(selectors.access_inspection(request.user, inspection_id))
        return Response(
            shapes.PlanOut(
                {
                    "asked": [_whom(each) for each in found.asked],
                    "unserved": [_whom(each) for each in found.unserved],
                    "unchosen": [lot.pk for lot in found.unchosen],
                    "unnamed": [lot.pk for lot in found.unnamed],
                    "empty": [lot.pk for lot in found.empty],
                    "without_photo": [lot.pk for lot in found.without_photo],
                    "already": found.already,
                }
            ).data
        )

    @extend_schema(operation_id="inspection_ask", request=shapes.QuestionIn, responses=shapes.SentOut(many=True))
    def post(self, request: Request, inspection_id: UUID) -> Response:
        sent = services.ask_everyone(by=request.user, inspection_id=inspection_id, **read(shapes.QuestionIn, request))
        return Response(shapes.SentOut(sent, many=True).data)


def _whom(whom: services.Whom) -> dict[str, Any]:
    return {"organisation_id": whom.organisation_id, "name": whom.name, "lot_ids": [lot.pk for lot in whom.lots]}


class Value(View):
    """货值 as it is now, and the lines where referral to the police becomes a duty."""

    @extend_schema(operation_id="inspection_value", responses=shapes.ValueOut)
    def get(self, request: Request, inspection_id: UUID) -> Response:
        inspection = selectors.access_inspection(request.user, inspection_id)
        found = valuation(inspection, selectors.lots_of(inspection, voided=False))
        return Response(shapes.ValueOut(shapes.value_as_json(found)).data)


class MissingView(View):
    """What keeps the record open."""

    @extend_schema(operation_id="inspection_missing", responses=shapes.StillMissingOut(many=True))
    def get(self, request: Request, inspection_id: UUID) -> Response:
        found = services.missing(selectors.access_inspection(request.user, inspection_id))
        return Response(shapes.StillMissingOut(found, many=True).data)


class Close(View):
    @extend_schema(operation_id="inspection_close", request=None, responses=shapes.InspectionOut)
    def post(self, request: Request, inspection_id: UUID) -> Response:
        services.close(by=request.user, inspection_id=inspection_id)
        return _whole(request, inspection_id)


class Reopen(View):
    """Go on; what phones sent meanwhile counts now."""

    @extend_schema(operation_id="inspection_reopen", request=shapes.InspectionWhyIn, responses=shapes.InspectionOut)
    def post(self, request: Request, inspection_id: UUID) -> Response:
        selectors.access_inspection(request.user, inspection_id)
        services.reopen(by=request.user, inspection_id=inspection_id, **read(shapes.InspectionWhyIn, request))
        return _whole(request, inspection_id)


class Cancel(View):
    @extend_schema(operation_id="inspection_cancel", request=shapes.InspectionWhyIn, responses=shapes.InspectionOut)
    def post(self, request: Request, inspection_id: UUID) -> Response:
        selectors.access_inspection(request.user, inspection_id)
        services.cancel(by=request.user, inspection_id=inspection_id, **read(shapes.InspectionWhyIn, request))
        return _whole(request, inspection_id)


class InspectionPhotos(View):
    """Hand in one sealed photo; then hang it on lots, or name it as the licence."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="inspection_photo_upload",
        request={"multipart/form-data": ChatPhotoIn},
        responses={201: HandedInOut},
    )
    def post(self, request: Request, inspection_id: UUID) -> Response:
        inspection = selectors.access_inspection(request.user, inspection_id)
        if not selectors.is_officer_of(request.user, inspection.pk):
            raise NotAllowed()
        read(ChatPhotoIn, request)
        exhibit = uploads.handle_upload(request._request)
        return Response(HandedInOut(exhibit).data, status=status.HTTP_201_CREATED)


class LotDetail(View):
    @extend_schema(operation_id="lot", responses=shapes.LotOut)
    def get(self, request: Request, lot_id: UUID) -> Response:
        lot = selectors.access_lot(request.user, lot_id)
        return Response(_lot(lot.inspection, lot))


class LotMoveView(View):
    """The lot was written down on the wrong inspection."""

    @extend_schema(operation_id="lot_move", request=shapes.MoveLotIn, responses=shapes.LotOut)
    def post(self, request: Request, lot_id: UUID) -> Response:
        selectors.access_lot(request.user, lot_id)
        data = read(shapes.MoveLotIn, request)
        lot = services.move_lot(by=request.user, lot_id=lot_id, to_inspection_id=data["inspection_id"], why=data["why"])
        return Response(_lot(lot.inspection, lot))


class LotPhotos(View):
    """Hang a photo, handed in before, on a lot."""

    @extend_schema(operation_id="lot_photo", request=shapes.LotPhotoIn, responses={201: shapes.LotPhotoOut})
    def post(self, request: Request, lot_id: UUID) -> Response:
        selectors.access_lot(request.user, lot_id)
        data = read(shapes.LotPhotoIn, request)
        exhibit = own_exhibit(request.user, data.pop("exhibit_id"))
        photo = services.add_photo(by=request.user, lot_id=lot_id, exhibit=exhibit, **data)
        return Response(shapes.LotPhotoOut(photo).data, status=status.HTTP_201_CREATED)
