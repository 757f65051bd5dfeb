"""API of official letters: the same steps as on the pages, by the same services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View, step
from federation.directory import book
from gateway import bulk
from gateway.bulk import Bulk, each_row
from gateway.paging import ByNewest
from gateway.serializers import Fields, read, read_query
from gateway.views import AnswersFile
from tenants.correspondence import checks, files, outside, paper, selectors
from tenants.correspondence.api import shapes
from tenants.correspondence.kinds import kind, kinds
from tenants.correspondence.models import OfficialLetter
from tenants.correspondence.services import (
    by_hand,
    drafting,
    issuing,
    partners,
    recalling,
    receiving,
    results,
)
from tenants.correspondence.services.drafting import To

Out = shapes.LetterDossierOut
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_UNITS = 50


class SignForIn(Fields):
    official_id = serializers.UUIDField()


SIGNED = bulk.shapes("OfficialSignForBulk", SignForIn, shapes.LetterDossierRow)


def _whole(request: Request, letter_id: UUID) -> Any:
    return Out(selectors.letter(request.user, letter_id)).data


def _parts(said: dict[str, Any]) -> dict[str, Any]:
    """What was read, as `drafting` takes it."""
    to = said.pop("to", None)
    found: dict[str, Any] = dict(said)
    if "fields_said" in found:
        found["fields"] = found.pop("fields_said")
    if to is not None:
        found["to"] = To(**{**to, "provinces": tuple(to.get("provinces", ()))})
    return found


class OfficialLetters(View):
    pagination_class = ByNewest

    @extend_schema(
        operation_id="official_letters",
        parameters=[shapes.OfficialLettersQuery],
        responses=shapes.LetterDossierRow(many=True),
    )
    def get(self, request: Request) -> Response:
        said = read_query(shapes.OfficialLettersQuery, request)
        rows = selectors.box(request.user, said["box"])
        if "kind" in said:
            rows = rows.filter(kind=kind(said["kind"]).code)
        return self.paged(rows, shapes.LetterDossierRow)

    @extend_schema(operation_id="official_draft", request=shapes.OfficialDraftIn, responses={201: Out})
    def post(self, request: Request) -> Response:
        """Begin a letter. From a clue the parts that are left out are filled in from it."""
        said = _parts(read(shapes.OfficialDraftIn, request))
        made = drafting.draft(by=request.user, kind_code=said.pop("kind"), **said)
        return Response(_whole(request, made.pk), status=status.HTTP_201_CREATED)


class OfficialLetterDetail(View):
    @extend_schema(operation_id="official_letter", responses=Out)
    def get(self, request: Request, official_id: UUID) -> Response:
        return Response(_whole(request, official_id))

    @extend_schema(operation_id="official_change", request=shapes.OfficialChangeIn, responses=Out)
    def patch(self, request: Request, official_id: UUID) -> Response:
        """Write at a draft."""
        selectors.letter(request.user, official_id)
        drafting.change(by=request.user, letter_id=official_id, **_parts(read(shapes.OfficialChangeIn, request)))
        return Response(_whole(request, official_id))


class OfficialFindings(View):
    @extend_schema(operation_id="official_findings", responses=shapes.OfficialFindingsOut)
    def get(self, request: Request, official_id: UUID) -> Response:
        """What of a letter names its source, or reads like a person's number."""
        found = checks.look_over(selectors.letter(request.user, official_id))
        return Response(shapes.OfficialFindingsOut(found).data)


class OfficialExhibits(View):
    @extend_schema(operation_id="official_exhibits", request=shapes.OfficialExhibitsIn, responses=Out)
    def post(self, request: Request, official_id: UUID) -> Response:
        """The list of evidence, anew."""
        selectors.letter(request.user, official_id)
        drafting.put_exhibits(by=request.user, letter_id=official_id, **read(shapes.OfficialExhibitsIn, request))
        return Response(_whole(request, official_id))


class OfficialPaper(AnswersFile, View):
    @extend_schema(
        operation_id="official_paper",
        parameters=[shapes.OfficialPaperQuery],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, (200, DOCX): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, official_id: UUID) -> HttpResponse:
        """The official form: PDF as it was sealed, or Word to edit."""
        letter = selectors.letter(request.user, official_id)
        if read_query(shapes.OfficialPaperQuery, request)["as"] == "docx" and letter.is_out:
            return HttpResponse(paper.word(letter), content_type=DOCX)
        return HttpResponse(files.pdf(letter), content_type="application/pdf")


class OfficialAgain(View):
    @extend_schema(operation_id="official_again", request=None, responses={201: Out})
    def post(self, request: Request, official_id: UUID) -> Response:
        """A returned letter as a new draft, to the addressee that was named."""
        made = drafting.again(by=request.user, letter_id=official_id)
        return Response(_whole(request, made.pk), status=status.HTTP_201_CREATED)


class OfficialSignForBulk(Bulk, View):
    @extend_schema(operation_id="official_sign_for_bulk", request=SIGNED.reads, responses=SIGNED.answers)
    def post(self, request: Request) -> Response:
        """签收 of many letters, each by itself. Also as JSON lines or CSV with the column `official_id`."""

        def sign(row: dict[str, Any]) -> OfficialLetter:
            selectors.letter(request.user, row["official_id"])
            return receiving.sign_for(by=request.user, letter_id=row["official_id"])

        return each_row(
            request, SignForIn, sign, shapes.LetterDossierRow, operation="official_sign_for_bulk", status=200
        )


class OfficialKinds(View):
    @extend_schema(operation_id="official_kinds", responses=shapes.OfficialKindOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(
            [
                {
                    "code": each.code, "words": str(each.words), "needs": each.needs, "to": sorted(each.to),
                    "takes_on": each.takes_on, "answered": each.answered,
                }
                for each in kinds()
            ]
        )  # fmt: skip


class OfficialUnits(View):
    @extend_schema(
        operation_id="official_units",
        parameters=[shapes.OfficialUnitsQuery],
        responses=shapes.OfficialUnitOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Units of other provinces that a letter can go to, by name or pinyin; at most 50."""
        own, query = outside.own_province(), read_query(shapes.OfficialUnitsQuery, request)["q"]
        found = [each for each in book.units(query=query) if each.province_code != own]
        return Response(shapes.OfficialUnitOut(found[:MOST_UNITS], many=True).data)


class Partners(View):
    @extend_schema(operation_id="partners", responses=shapes.PartnerOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(shapes.PartnerOut(selectors.partners(with_closed=True), many=True).data)

    @extend_schema(operation_id="partner_add", request=shapes.PartnerIn, responses={201: shapes.PartnerOut})
    def post(self, request: Request) -> Response:
        made = partners.keep(by=request.user, **read(shapes.PartnerIn, request))
        return Response(shapes.PartnerOut(made).data, status=status.HTTP_201_CREATED)


class PartnerDetail(View):
    @extend_schema(operation_id="partner_change", request=shapes.PartnerIn, responses=shapes.PartnerOut)
    def put(self, request: Request, partner_id: UUID) -> Response:
        selectors.partner(partner_id)
        made = partners.keep(by=request.user, partner_id=partner_id, **read(shapes.PartnerIn, request))
        return Response(shapes.PartnerOut(made).data)


def _recall(*, by: Any, letter_id: UUID, words: str) -> OfficialLetter:
    return recalling.recall(by=by, letter_id=letter_id, reason=words)


def _drop(*, by: Any, letter_id: UUID, words: str) -> OfficialLetter:
    return drafting.drop(by=by, letter_id=letter_id, why=words)


def _step(operation: str, do: Any, reads: Any = None, says: str = "") -> Any:
    more = {"reads": reads} if reads is not None else {}
    made = step(
        operation, _seen_first(do), row="official_id", argument="letter_id", answers=Out, whole=_whole, says=says,
        **more,
    )  # fmt: skip
    return made.as_view()


def _seen_first(do: Any) -> Any:
    """Whose letter it is comes before what was said: a stranger learns nothing from a refusal."""

    def work(*, by: Any, letter_id: UUID, **said: Any) -> Any:
        selectors.letter(by, letter_id)
        return do(by=by, letter_id=letter_id, **said)

    return work


_ONE = "official-letters/<uuid:official_id>/"
urlpatterns = [
    path("official-letters/", OfficialLetters.as_view()),
    path("official-letters/sign-for/bulk/", OfficialSignForBulk.as_view()),
    path("official-letters/kinds/", OfficialKinds.as_view()),
    path("official-letters/units/", OfficialUnits.as_view()),
    path("official-letters/partners/", Partners.as_view()),
    path("official-letters/partners/<uuid:partner_id>/", PartnerDetail.as_view()),
    path(_ONE, OfficialLetterDetail.as_view()),
    path(f"{_ONE}findings/", OfficialFindings.as_view()),
    path(f"{_ONE}exhibits/", OfficialExhibits.as_view()),
    path(f"{_ONE}paper/", OfficialPaper.as_view()),
    path(f"{_ONE}again/", OfficialAgain.as_view()),
    path(f"{_ONE}submit/", _step("official_submit", drafting.submit, shapes.OfficialLookedIn)),
    path(f"{_ONE}check/", _step("official_check", issuing.check, shapes.OfficialApprovalIn)),
    path(f"{_ONE}send-down/", _step("official_send_down", issuing.send_down, shapes.OfficialReasonIn)),
    path(f"{_ONE}issue/", _step("official_issue", issuing.issue, shapes.OfficialApprovalIn)),
    path(f"{_ONE}void/", _step("official_void", _drop, shapes.OfficialReasonIn)),
    path(f"{_ONE}seal/", _step("official_seal", by_hand.seal_on_paper, shapes.OfficialSealIn)),
    path(f"{_ONE}course/", _step("official_course", by_hand.note, shapes.OfficialCourseIn)),
    path(f"{_ONE}sign-for/", _step("official_sign_for", receiving.sign_for)),
    path(f"{_ONE}accept/", _step("official_accept", receiving.accept, shapes.OfficialAcceptIn)),
    path(f"{_ONE}return/", _step("official_return", receiving.return_, shapes.OfficialReturnIn)),
    path(f"{_ONE}hand/", _step("official_hand", receiving.hand_to, shapes.OfficialHandIn)),
    path(f"{_ONE}result/", _step("official_result", results.tell, shapes.OfficialResultIn)),
    path(f"{_ONE}result-from-clue/", _step("official_result_from_clue", results.from_clue)),
    path(f"{_ONE}recall/", _step("official_recall", _recall, shapes.OfficialReasonIn)),
    path(f"{_ONE}recall-answer/", _step("official_recall_answer", recalling.answer, shapes.OfficialRecallAnswerIn)),
]
