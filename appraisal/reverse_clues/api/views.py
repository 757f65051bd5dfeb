"""Reverse clues by program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.reverse_clues import selectors, services
from appraisal.reverse_clues.api import shapes
from federation.parties.api import MemberView
from federation.parties.selectors import ActingFor
from gateway.paging import ByNewest
from gateway.serializers import read, read_query
from kernel.errors import BadInput


def _written(data: dict[str, Any]) -> dict[str, Any]:
    if "products" in data:
        data["products"] = [(each["product_id"], each["code"]) for each in data["products"]]
    return data


def _whole(acting: ActingFor, clue_id: UUID) -> dict[str, Any]:
    return dict(shapes.ReverseClueOut(selectors.whole_clue(acting, clue_id)).data)


class Clues(MemberView):
    pagination_class = ByNewest

    @extend_schema(
        operation_id="reverse_clues", parameters=[shapes.ReverseCluesQuery], responses=shapes.ReverseClueRow(many=True)
    )
    def get(self, request: Request) -> Response:
        query = read_query(shapes.ReverseCluesQuery, request)
        return self.paged(selectors.listed(self.acting(request), **query), shapes.ReverseClueRow)

    @extend_schema(
        operation_id="reverse_clue_start", request=shapes.ReverseClueIn, responses={201: shapes.ReverseClueOut}
    )
    def post(self, request: Request) -> Response:
        acting = self.acting(request)
        clue = services.start(acting=acting, **_written(read(shapes.ReverseClueIn, request)))
        return Response(_whole(acting, clue.pk), status=status.HTTP_201_CREATED)


class Provinces(MemberView):
    @extend_schema(operation_id="reverse_clue_provinces", responses=shapes.ReachOut(many=True))
    def get(self, request: Request) -> Response:
        self.acting(request)
        return Response(shapes.ReachOut(selectors.provinces(), many=True).data)


class OwnFigures(MemberView):
    @extend_schema(operation_id="reverse_clue_figures", responses=shapes.OwnClueFiguresOut)
    def get(self, request: Request) -> Response:
        return Response(shapes.OwnClueFiguresOut(selectors.figures(self.acting(request))).data)


class ClueDetail(MemberView):
    @extend_schema(operation_id="reverse_clue", responses=shapes.ReverseClueOut)
    def get(self, request: Request, reverse_clue_id: UUID) -> Response:
        return Response(_whole(self.acting(request), reverse_clue_id))

    @extend_schema(operation_id="reverse_clue_write", request=shapes.ReverseClueIn, responses=shapes.ReverseClueOut)
    def patch(self, request: Request, reverse_clue_id: UUID) -> Response:
        acting = self.acting(request)
        services.write(acting=acting, clue_id=reverse_clue_id, **_written(read(shapes.ReverseClueIn, request)))
        return Response(_whole(acting, reverse_clue_id))

    @extend_schema(operation_id="reverse_clue_drop", responses={204: None})
    def delete(self, request: Request, reverse_clue_id: UUID) -> Response:
        services.drop(acting=self.acting(request), clue_id=reverse_clue_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Addressees(MemberView):
    @extend_schema(
        operation_id="reverse_clue_addressee", request=shapes.ClueAddresseeIn, responses={201: shapes.ClueAddresseeOut}
    )
    def post(self, request: Request, reverse_clue_id: UUID) -> Response:
        data = read(shapes.ClueAddresseeIn, request)
        row = services.add_addressee(acting=self.acting(request), clue_id=reverse_clue_id, **data)
        return Response(shapes.ClueAddresseeOut(row).data, status=status.HTTP_201_CREATED)


class AddresseeDetail(MemberView):
    @extend_schema(operation_id="reverse_clue_addressee_remove", responses={204: None})
    def delete(self, request: Request, addressee_id: UUID) -> Response:
        services.remove_addressee(acting=self.acting(request), addressee_id=addressee_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Photos(MemberView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="reverse_clue_photo",
        request={"multipart/form-data": shapes.CluePhotoIn},
        responses={201: shapes.ReverseFileOut},
    )
    def post(self, request: Request, reverse_clue_id: UUID) -> Response:
        acting = self.acting(request)
        selectors.access_clue(acting, reverse_clue_id)
        data = read(shapes.CluePhotoIn, request)
        file = data.pop("file")
        row = services.add_photo(acting=acting, clue_id=reverse_clue_id, file=file.file, **data)
        return Response(shapes.ReverseFileOut(row).data, status=status.HTTP_201_CREATED)


class Recordings(MemberView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="reverse_clue_recording",
        request={"multipart/form-data": shapes.ClueRecordingIn},
        responses={201: shapes.ReverseFileOut},
    )
    def post(self, request: Request, reverse_clue_id: UUID) -> Response:
        acting = self.acting(request)
        selectors.access_clue(acting, reverse_clue_id)
        data = read(shapes.ClueRecordingIn, request)
        file = data.pop("file", None)
        if file is not None:
            row = services.add_recording(
                acting=acting, clue_id=reverse_clue_id, file=file.file, file_name=file.name or "", **data
            )
        elif data["sha256"]:
            row = services.name_recording(acting=acting, clue_id=reverse_clue_id, **data)
        else:
            raise BadInput(_("请选一个录像文件，或填它的 SHA-256 校验值。"), code="recording_missing")
        return Response(shapes.ReverseFileOut(row).data, status=status.HTTP_201_CREATED)


class FileDetail(MemberView):
    @extend_schema(operation_id="reverse_clue_file_remove", responses={204: None})
    def delete(self, request: Request, reverse_file_id: UUID) -> Response:
        services.remove_file(acting=self.acting(request), file_id=reverse_file_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Purchases(MemberView):
    @extend_schema(
        operation_id="reverse_clue_purchase", request=shapes.TestPurchaseIn, responses={201: shapes.TestPurchaseOut}
    )
    def post(self, request: Request, reverse_clue_id: UUID) -> Response:
        data = read(shapes.TestPurchaseIn, request)
        row = services.add_purchase(acting=self.acting(request), clue_id=reverse_clue_id, **data)
        return Response(shapes.TestPurchaseOut(row).data, status=status.HTTP_201_CREATED)


class PurchaseDetail(MemberView):
    @extend_schema(operation_id="reverse_clue_purchase_remove", responses={204: None})
    def delete(self, request: Request, test_purchase_id: UUID) -> Response:
        services.remove_purchase(acting=self.acting(request), purchase_id=test_purchase_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Send(MemberView):
    @extend_schema(operation_id="reverse_clue_send", request=None, responses=shapes.ReverseClueOut)
    def post(self, request: Request, reverse_clue_id: UUID) -> Response:
        acting = self.acting(request)
        services.send(acting=acting, clue_id=reverse_clue_id)
        return Response(_whole(acting, reverse_clue_id))


class Supplements(MemberView):
    @extend_schema(
        operation_id="reverse_clue_supplement",
        request=shapes.ReverseSupplementIn,
        responses={201: shapes.ClueSupplementOut},
    )
    def post(self, request: Request, reverse_clue_id: UUID) -> Response:
        data = read(shapes.ReverseSupplementIn, request)
        row = services.supplement(acting=self.acting(request), clue_id=reverse_clue_id, **data)
        return Response(shapes.ClueSupplementOut(row).data, status=status.HTTP_201_CREATED)


class Withdraw(MemberView):
    @extend_schema(
        operation_id="reverse_clue_withdraw", request=shapes.ReverseWithdrawIn, responses=shapes.ReverseClueOut
    )
    def post(self, request: Request, reverse_clue_id: UUID) -> Response:
        acting = self.acting(request)
        services.withdraw(acting=acting, clue_id=reverse_clue_id, **read(shapes.ReverseWithdrawIn, request))
        return Response(_whole(acting, reverse_clue_id))


class Answer(MemberView):
    @extend_schema(operation_id="reverse_clue_answer", request=shapes.ClueAnswerIn, responses=shapes.ClueQuestionOut)
    def post(self, request: Request, clue_question_id: UUID) -> Response:
        data = read(shapes.ClueAnswerIn, request)
        row = services.answer(acting=self.acting(request), question_id=clue_question_id, **data)
        return Response(shapes.ClueQuestionOut(row).data)
