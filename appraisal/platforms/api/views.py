"""Fast appraisals by program: a platform asks and reads; a right holder answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.catalogue import selectors as catalogue
from appraisal.platforms import selectors, services
from appraisal.platforms.api import shapes
from appraisal.platforms.models import FastAsk
from appraisal.platforms.quotas import QuotaSpent, Room
from evidence.api import HandedInOut
from federation.parties.api import MemberView
from federation.parties.selectors import ActingFor
from gateway.paging import ByNewest
from gateway.problems import as_problem
from gateway.serializers import read, read_query
from kernel import clock
from kernel.canonical import instant
from kernel.errors import BadInput, Problem


class PlatformView(MemberView):
    """Of people and clients of an e-commerce platform."""

    platforms = True

    def at_platform(self, request: Request) -> ActingFor:
        """The seat at a platform. Raises NotAllowed."""
        acting = self.acting(request)
        selectors.require_platform(acting)
        return acting

    def handle_exception(self, error: Exception) -> Response:
        answer: Response = super().handle_exception(error)
        if isinstance(error, QuotaSpent):
            wait = datetime.fromisoformat(str(error.data["retry_at"])) - clock.now()
            answer["Retry-After"] = str(max(1, int(wait.total_seconds())))
        return answer


class Asks(PlatformView):
    pagination_class = ByNewest

    @extend_schema(
        operation_id="fast_appraisals", parameters=[shapes.FastAsksQuery], responses=shapes.FastAskOut(many=True)
    )
    def get(self, request: Request) -> Response:
        query = read_query(shapes.FastAsksQuery, request)
        return self.paged(selectors.listed_asks(self.at_platform(request).organisation, **query), shapes.FastAskOut)

    @extend_schema(operation_id="fast_appraisal_ask", request=shapes.ListingIn, responses={201: shapes.FastAskOut})
    def post(self, request: Request) -> Response:
        acting = self.at_platform(request)
        filled = shapes.ListingIn(data=request.data)
        filled.is_valid(raise_exception=True)
        made = services.ask(acting=acting, listing=filled.listing())
        found = selectors.access_ask(acting.organisation, made.pk)
        return Response(shapes.FastAskOut(found).data, status=status.HTTP_201_CREATED)


class AskMany(PlatformView):
    """Many listings in one call. What is over a quota is refused row by row, with when to come again."""

    @extend_schema(operation_id="fast_appraisal_ask_many", request=shapes.FastBulkIn, responses=shapes.FastBulkOut)
    def post(self, request: Request) -> Response:
        acting = self.at_platform(request)
        sent = request.data.get("rows") if isinstance(request.data, dict) else None
        if not isinstance(sent, list) or not sent:
            raise BadInput(
                _("请把各件商品放在 rows 里，例如 {example}。"), code="rows_missing", example='{"rows": [{…}]}'
            )
        if len(sent) > services.MOST_ROWS:
            raise services.too_many_rows()
        said = [_said(row) for row in sent]
        listings = [each for each in said if isinstance(each, services.Listing)]
        answers = iter(services.ask_many(acting=acting, listings=listings))
        found = [next(answers) if isinstance(each, services.Listing) else each for each in said]
        results = [_row(index, each) for index, each in enumerate(found)]
        done = sum(each["problem"] is None for each in results)
        return Response({"done": done, "refused": len(results) - done, "results": results})


def _said(row: Any) -> services.Listing | Problem:
    """What a row says, or why it cannot be read."""
    filled = shapes.ListingIn(data=row)
    try:
        filled.is_valid(raise_exception=True)
    except ValidationError as error:
        return as_problem(error) or BadInput()
    return filled.listing()


def _row(index: int, found: FastAsk | Problem) -> dict[str, Any]:
    if isinstance(found, FastAsk):
        due = instant(found.due_at)
        return {
            "index": index, "status": 201, "id": str(found.pk), "reference": found.reference, "due_at": due,
            "problem": None,
        }  # fmt: skip
    told = found.as_problem()
    fields = told["data"].get("fields")
    said = {
        "code": told["code"],
        "detail": told["detail"],
        "field": next(iter(fields), "") if isinstance(fields, dict) else "",
        "data": told["data"],
    }
    return {
        "index": index, "status": found.status, "id": None, "reference": "", "due_at": None, "problem": said,
    }  # fmt: skip


class Pictures(PlatformView):
    """Hand in a picture, then name it in an ask. The same bytes twice are one."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="fast_appraisal_picture",
        request={"multipart/form-data": shapes.FastPictureIn},
        responses={201: HandedInOut},
    )
    def post(self, request: Request) -> Response:
        acting = self.at_platform(request)
        data = read(shapes.FastPictureIn, request)
        made = services.hand_in(acting=acting, file=data["file"].file, sha256=data["sha256"])
        return Response(HandedInOut(made).data, status=status.HTTP_201_CREATED)


class AskDetail(PlatformView):
    @extend_schema(operation_id="fast_appraisal", responses=shapes.FastAskOut)
    def get(self, request: Request, fast_ask_id: UUID) -> Response:
        return Response(
            shapes.FastAskOut(selectors.access_ask(self.at_platform(request).organisation, fast_ask_id)).data
        )


class AskWithdraw(PlatformView):
    @extend_schema(operation_id="fast_appraisal_withdraw", request=shapes.FastWithdrawIn, responses=shapes.FastAskOut)
    def post(self, request: Request, fast_ask_id: UUID) -> Response:
        acting = self.at_platform(request)
        found = services.withdraw_ask(acting=acting, ask_id=fast_ask_id, **read(shapes.FastWithdrawIn, request))
        return Response(shapes.FastAskOut(found).data)


class Quota(PlatformView):
    @extend_schema(operation_id="fast_appraisal_quota", responses=shapes.FastQuotaOut)
    def get(self, request: Request) -> Response:
        room = Room(self.at_platform(request).organisation)
        said = {
            "is_open": room.limit.is_open,
            "hour": {"limit": room.limit.per_hour, "left": room.left_in_hour, "next_at": room.next_hour},
            "day": {"limit": room.limit.per_day, "left": room.left_in_day, "next_at": room.next_day},
            "open_at_once": {"limit": room.limit.open_at_once, "left": room.left_open, "next_at": None},
        }
        return Response(shapes.FastQuotaOut(said).data)


class Brands(PlatformView):
    @extend_schema(operation_id="fast_appraisal_brands", responses=shapes.FastHolderOut(many=True))
    def get(self, request: Request) -> Response:
        platform = self.at_platform(request).organisation
        room = Room(platform)
        said = [
            {
                "holder": holder.name,
                "brands": [str(brand) for brand in holder.brands.all()],
                "products": catalogue.products_of(holder).filter(state="live"),
                "promise_minutes": offer.promise_minutes,
                "hours": offer.hours,
                "every_day": offer.every_day,
                "per_day": offer.per_day,
                "left_today": room.left_at(holder.pk, offer),
            }
            for holder, offer in selectors.accepting(platform)
        ]
        return Response(shapes.FastHolderOut(said, many=True).data)


class Figures(PlatformView):
    @extend_schema(operation_id="fast_appraisal_figures", responses=shapes.FastFiguresOut(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.figures_of_platform(self.at_platform(request).organisation)
        return Response(shapes.FastFiguresOut(rows, many=True).data)


# At the right holder --------------------------------------------------------------------------------------------------


def _task(acting: ActingFor, task_id: UUID) -> Response:
    return Response(shapes.FastTaskOut(selectors.whole_task(acting.organisation, task_id)).data)


class Tasks(MemberView):
    pagination_class = ByNewest

    @extend_schema(
        operation_id="fast_tasks", parameters=[shapes.FastTasksQuery], responses=shapes.FastTaskOut(many=True)
    )
    def get(self, request: Request) -> Response:
        query = read_query(shapes.FastTasksQuery, request)
        holder = self.acting(request).organisation
        return self.paged(selectors.with_opinions(selectors.queue(holder, **query)), shapes.FastTaskOut)


class TaskDetail(MemberView):
    @extend_schema(operation_id="fast_task", responses=shapes.FastTaskOut)
    def get(self, request: Request, fast_task_id: UUID) -> Response:
        return _task(self.acting(request), fast_task_id)


class TaskClaim(MemberView):
    @extend_schema(operation_id="fast_task_claim", request=None, responses=shapes.FastTaskOut)
    def post(self, request: Request, fast_task_id: UUID) -> Response:
        acting = self.acting(request)
        services.claim(acting=acting, task_id=fast_task_id)
        return _task(acting, fast_task_id)


class TaskRelease(MemberView):
    @extend_schema(operation_id="fast_task_release", request=None, responses=shapes.FastTaskOut)
    def post(self, request: Request, fast_task_id: UUID) -> Response:
        acting = self.acting(request)
        services.release(acting=acting, task_id=fast_task_id)
        return _task(acting, fast_task_id)


class TaskAnswer(MemberView):
    """Answer, or correct the answer that stands."""

    @extend_schema(operation_id="fast_task_answer", request=shapes.FastAnswerIn, responses={201: shapes.FastTaskOut})
    def post(self, request: Request, fast_task_id: UUID) -> Response:
        acting = self.acting(request)
        selectors.access_task(acting.organisation, fast_task_id)
        services.answer(acting=acting, task_id=fast_task_id, **read(shapes.FastAnswerIn, request))
        answer = _task(acting, fast_task_id)
        answer.status_code = status.HTTP_201_CREATED
        return answer


class TaskReport(MemberView):
    """Begin a report to a bureau with the listing and the answer."""

    @extend_schema(operation_id="fast_task_report", request=None, responses={201: shapes.ReportedOut})
    def post(self, request: Request, fast_task_id: UUID) -> Response:
        clue_id = services.report(acting=self.acting(request), task_id=fast_task_id)
        return Response(shapes.ReportedOut({"clue_id": clue_id}).data, status=status.HTTP_201_CREATED)


class OpinionWithdraw(MemberView):
    @extend_schema(operation_id="fast_answer_withdraw", request=shapes.FastTakeBackIn, responses=shapes.FastTaskOut)
    def post(self, request: Request, fast_opinion_id: UUID) -> Response:
        acting = self.acting(request)
        found = selectors.access_opinion(acting.organisation, fast_opinion_id)
        services.withdraw_answer(acting=acting, opinion_id=fast_opinion_id, **read(shapes.FastTakeBackIn, request))
        return _task(acting, found.task_id)


class Terms(MemberView):
    @extend_schema(operation_id="fast_terms", responses=shapes.FastTermsOut)
    def get(self, request: Request) -> Response:
        return Response(shapes.FastTermsOut(selectors.terms_of(self.acting(request).organisation)).data)

    @extend_schema(operation_id="fast_terms_set", request=shapes.FastTermsIn, responses=shapes.FastTermsOut)
    def patch(self, request: Request) -> Response:
        row = services.set_terms(acting=self.acting(request), **read(shapes.FastTermsIn, request))
        return Response(shapes.FastTermsOut(row).data)
