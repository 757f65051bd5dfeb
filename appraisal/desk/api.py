"""API of the desk on the brands host: take a task, ask again, talk, answer. Thin over services and selectors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.catalogue import selectors as catalogue
from appraisal.desk import selectors, services
from appraisal.desk.models import (
    DeskAppointment,
    DeskAssistance,
    DeskConsultation,
    DeskConsultationLine,
    DeskItem,
    DeskLine,
    DeskOpinion,
    DeskPhoto,
    DeskSupplement,
    DeskTask,
    DeskVerdict,
)
from appraisal.desk.selectors import Desk
from evidence import uploads
from evidence.api import ChatPhotoIn, HandedInOut
from evidence.models import Exhibit
from evidence.services import own_prefix
from evidence.store import photo_url
from federation.contracts.appraisal import VerdictValue
from federation.parties.api import MemberView
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, YesNo, read, read_query


class View(MemberView):
    """Of people of an organisation."""

    def desk(self, request: Request) -> Desk:
        """The desk of the person, for the organisation they act for. Raises NotFound404, NotAllowed."""
        return Desk(person=request.user, organisation=self.acting(request).organisation)


# What is written out --------------------------------------------------------------------------------------------------


class ExhibitOut(ModelFields[Exhibit]):
    """The view of a photo; `sha256` and `sm3` are of the sealed original, which stays in the province."""

    view_url = serializers.SerializerMethodField()
    thumb_url = serializers.SerializerMethodField()

    class Meta:
        model = Exhibit
        fields = ["id", "sha256", "sm3", "view_sha256", "view_sm3", "captured_at", "view_url", "thumb_url"]

    def get_view_url(self, exhibit: Exhibit) -> str:
        return photo_url(exhibit.pk, "view")

    def get_thumb_url(self, exhibit: Exhibit) -> str:
        return photo_url(exhibit.pk, "thumb")


class DeskPhotoOut(ModelFields[DeskPhoto]):
    exhibit = ExhibitOut()

    class Meta:
        model = DeskPhoto
        fields = [
            "photo_id",
            "shot_code",
            "source",
            "captured_at",
            "kept_reason",
            "supplement_id",
            "arrived_at",
            "exhibit",
        ]


class DeskSupplementOut(ModelFields[DeskSupplement]):
    class Meta:
        model = DeskSupplement
        fields = ["id", "shot_code", "reason", "asked_at", "answered_at"]


class DeskVerdictOut(ModelFields[DeskVerdict]):
    checkpoints = serializers.JSONField()
    secret_checkpoints = serializers.JSONField(help_text="never leave the brand")
    marks = serializers.JSONField()
    supersedes = serializers.UUIDField(source="supersedes_id", allow_null=True)
    given_by = serializers.CharField(source="opinion.given_by.display_name")
    given_at = serializers.DateTimeField(source="opinion.given_at")
    withdrawn_reason = serializers.SerializerMethodField()

    class Meta:
        model = DeskVerdict
        fields = [
            "id", "value", "reasons", "checkpoints", "secret_checkpoints", "marks", "infringed_right", "supersedes",
            "given_by", "given_at", "withdrawn_reason",
        ]  # fmt: skip

    def get_withdrawn_reason(self, verdict: DeskVerdict) -> str:
        withdrawal = getattr(verdict, "withdrawal", None)
        return withdrawal.reason if withdrawal else ""


class DeskItemOut(ModelFields[DeskItem]):
    photos = DeskPhotoOut(many=True)
    supplements = DeskSupplementOut(many=True)
    verdicts = DeskVerdictOut(many=True)
    absent = serializers.JSONField()

    class Meta:
        model = DeskItem
        fields = [
            "id", "item_id", "position", "product_id", "product_name", "claimed_brand", "shot_list_version", "quantity",
            "quantity_unit", "claimed_price_yuan", "package_state", "waybill_no", "batch_no", "absent", "photos",
            "supplements", "verdicts",
        ]  # fmt: skip


class DeskTaskRow(ModelFields[DeskTask]):
    claimed_by = serializers.SerializerMethodField()

    class Meta:
        model = DeskTask
        fields = [
            "id", "request_no", "state", "province_code", "county_code", "unit_name", "officer_name", "officer_title",
            "urgent", "sent_at", "arrived_at", "due_at", "claimed_by", "claimed_at", "answered_at", "enough_at",
        ]  # fmt: skip

    def get_claimed_by(self, task: DeskTask) -> str:
        return task.claimed_by.display_name if task.claimed_by else ""


class DeskAppointmentOut(ModelFields[DeskAppointment]):
    class Meta:
        model = DeskAppointment
        fields = ["id", "state", "meet_at", "who", "contact", "note"]


class DeskTaskOut(DeskTaskRow):
    items = DeskItemOut(many=True)
    appointments = DeskAppointmentOut(many=True)

    class Meta(DeskTaskRow.Meta):
        fields = [*DeskTaskRow.Meta.fields, "question", "officer_cert_no", "items", "appointments"]


class DeskLineOut(ModelFields[DeskLine]):
    data = serializers.JSONField()
    photos = serializers.SerializerMethodField()

    class Meta:
        model = DeskLine
        fields = ["id", "kind", "side", "who", "text", "data", "at", "photos"]

    def get_photos(self, line: DeskLine) -> list[str]:
        return [photo_url(photo.exhibit_id, "view") for photo in line.photos.all()]


class DeskOpinionOut(ModelFields[DeskOpinion]):
    verdicts = DeskVerdictOut(many=True)
    authority = serializers.JSONField()

    class Meta:
        model = DeskOpinion
        fields = ["id", "given_at", "authority", "on_site", "verdicts"]


class DeskConsultationOut(ModelFields[DeskConsultation]):
    class Meta:
        model = DeskConsultation
        fields = ["id", "province_code", "subject", "unit_name", "last_at"]


class DeskConsultationLineOut(ModelFields[DeskConsultationLine]):
    class Meta:
        model = DeskConsultationLine
        fields = ["id", "side", "who", "text", "at"]


class DeskAssistanceOut(ModelFields[DeskAssistance]):
    class Meta:
        model = DeskAssistance
        fields = [
            "id", "province_code", "county_code", "unit_name", "officer_name", "subject", "text", "state", "reply_by",
            "reply",
        ]  # fmt: skip


# What is read in ------------------------------------------------------------------------------------------------------


class DeskReasonIn(Fields):
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class WithdrawIn(Fields):
    reason = serializers.CharField(max_length=1000)


class AskAgainIn(Fields):
    item_id = serializers.UUIDField(help_text="`id` of the item on this task")
    shot_code = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=500)


class DeskSayIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one line")
    text = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), max_length=6, required=False, default=list)


class DeskConsultationSayIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one line")
    text = serializers.CharField(max_length=2000)


class CheckpointIn(Fields):
    checkpoint_id = serializers.UUIDField()
    result = serializers.ChoiceField(["same", "different", "cannot_see"])
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class MarkIn(Fields):
    """A box in parts of the picture: left, top, width, height, each 0 to 1."""

    photo_id = serializers.UUIDField()
    x = serializers.DecimalField(max_digits=5, decimal_places=4, min_value=0, max_value=1)
    y = serializers.DecimalField(max_digits=5, decimal_places=4, min_value=0, max_value=1)
    w = serializers.DecimalField(max_digits=5, decimal_places=4, min_value=0, max_value=1)
    h = serializers.DecimalField(max_digits=5, decimal_places=4, min_value=0, max_value=1)
    words = serializers.CharField(max_length=300)


class ItemAnswerIn(Fields):
    item_id = serializers.UUIDField(help_text="`id` of the item on this task")
    value = serializers.ChoiceField([value.value for value in VerdictValue])
    reasons = serializers.CharField(max_length=4000)
    checkpoints = CheckpointIn(many=True, required=False, default=list)
    marks = MarkIn(many=True, required=False, default=list)
    infringed_right = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class AnswerIn(Fields):
    answers = ItemAnswerIn(many=True, min_length=1, max_length=60)
    on_site = serializers.BooleanField(required=False, default=False)


class DeskOnsiteIn(Fields):
    meet_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    contact = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class DeskVerbIn(DeskOnsiteIn):
    verb = serializers.ChoiceField(["agree", "decline", "finish"])


class AssistanceVerbIn(Fields):
    verb = serializers.ChoiceField(["accept", "decline", "finish"])
    text = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)


def _whole(desk: Desk, task_id: UUID) -> Response:
    selectors.access_task(desk, task_id)
    found = selectors.with_everything(selectors.tasks_of(desk)).get(pk=task_id)
    return Response(DeskTaskOut(found).data)


# The queue and a task -------------------------------------------------------------------------------------------------


class QueueQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(["open", "all", *DeskTask.State.values], required=False)
    province = serializers.CharField(max_length=31, required=False, help_text="province code")
    text = serializers.CharField(max_length=80, required=False)
    mine = YesNo(required=False)


class Queue(View):
    """One queue over all provinces."""

    pagination_class = ByNewest

    @extend_schema(
        operation_id="queue",
        parameters=[QueueQuery],
        responses=DeskTaskRow(many=True),
    )
    def get(self, request: Request) -> Response:
        rows = selectors.queue(self.desk(request), **read_query(QueueQuery, request))
        return self.paged(rows, DeskTaskRow)


class Task(View):
    @extend_schema(operation_id="task", responses=DeskTaskOut)
    def get(self, request: Request, task_id: UUID) -> Response:
        return _whole(self.desk(request), task_id)


class TaskClaim(View):
    """Of two in the same second one gets it, the other is told who (409 `already_claimed`)."""

    @extend_schema(operation_id="task_claim", request=None, responses=DeskTaskOut)
    def post(self, request: Request, task_id: UUID) -> Response:
        desk = self.desk(request)
        services.claim(desk=desk, task_id=task_id)
        return _whole(desk, task_id)


class TaskRelease(View):
    @extend_schema(operation_id="task_release", request=DeskReasonIn, responses=DeskTaskOut)
    def post(self, request: Request, task_id: UUID) -> Response:
        desk = self.desk(request)
        services.release(desk=desk, task_id=task_id, **read(DeskReasonIn, request))
        return _whole(desk, task_id)


class TaskAskAgain(View):
    """Ask for one shot again, or for one more."""

    @extend_schema(operation_id="task_ask_again", request=AskAgainIn, responses={201: DeskSupplementOut})
    def post(self, request: Request, task_id: UUID) -> Response:
        made = services.ask_again(desk=self.desk(request), task_id=task_id, **read(AskAgainIn, request))
        return Response(DeskSupplementOut(made).data, status=status.HTTP_201_CREATED)


class TaskEnough(View):
    @extend_schema(operation_id="task_enough", request=None, responses=DeskTaskOut)
    def post(self, request: Request, task_id: UUID) -> Response:
        desk = self.desk(request)
        services.say_enough(desk=desk, task_id=task_id)
        return _whole(desk, task_id)


class TaskLines(View):
    """The timeline, oldest first, with what was said."""

    @extend_schema(operation_id="task_lines", responses=DeskLineOut(many=True))
    def get(self, request: Request, task_id: UUID) -> Response:
        task = selectors.access_task(self.desk(request), task_id)
        return Response(DeskLineOut(task.lines.prefetch_related("photos"), many=True).data)

    @extend_schema(operation_id="task_say", request=DeskSayIn, responses={201: DeskLineOut})
    def post(self, request: Request, task_id: UUID) -> Response:
        data, desk = read(DeskSayIn, request), self.desk(request)
        exhibits = [selectors.own_exhibit(desk, each) for each in data["exhibit_ids"]]
        line = services.say(desk=desk, task_id=task_id, text=data["text"], exhibits=exhibits, line_id=data.get("id"))
        return Response(DeskLineOut(line).data, status=status.HTTP_201_CREATED)


class TaskPhotos(View):
    """Hand in a photo for the talk; a line names it by its id afterwards."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="task_photo", request={"multipart/form-data": ChatPhotoIn}, responses={201: HandedInOut}
    )
    def post(self, request: Request, task_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_task(desk, task_id)
        read(ChatPhotoIn, request)
        received = uploads.handle_upload(request._request, owner_prefix=own_prefix(desk.organisation.pk))
        return Response(HandedInOut(received).data, status=status.HTTP_201_CREATED)


class TaskAnswer(View):
    """辨认结论 of one or more items; refused with the one most useful reason when nothing authorises it."""

    @extend_schema(
        operation_id="task_answer",
        request=AnswerIn,
        responses={201: DeskOpinionOut},
        examples=[
            OpenApiExample(
                "answer",
                {
                    "answers": [
                        {
                            "item_id": "01a20000-0000-7000-8000-000000000001",
                            "value": "counterfeit",
                            "reasons": "The gilt edge is rough",
                            "checkpoints": [
                                {"checkpoint_id": "01a20000-0000-7000-8000-000000000002", "result": "different"}
                            ],
                        }
                    ]
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, task_id: UUID) -> Response:
        data = read(AnswerIn, request)
        answers = [
            services.ItemAnswer(
                item_id=each["item_id"],
                value=VerdictValue(each["value"]),
                reasons=each["reasons"],
                checkpoints={row["checkpoint_id"]: (row["result"], row["note"]) for row in each["checkpoints"]},
                marks=each["marks"],
                infringed_right=each["infringed_right"],
            )
            for each in data["answers"]
        ]
        opinion = services.answer(desk=self.desk(request), task_id=task_id, answers=answers, on_site=data["on_site"])
        return Response(DeskOpinionOut(opinion).data, status=status.HTTP_201_CREATED)


class VerdictWithdraw(View):
    @extend_schema(operation_id="verdict_withdraw", request=WithdrawIn, responses=DeskVerdictOut)
    def post(self, request: Request, verdict_id: UUID) -> Response:
        desk = self.desk(request)
        services.withdraw(desk=desk, verdict_id=verdict_id, **read(WithdrawIn, request))
        return Response(DeskVerdictOut(selectors.access_verdict(desk, verdict_id)).data)


class TaskOnsite(View):
    """Offer to come."""

    @extend_schema(operation_id="task_onsite_offer", request=DeskOnsiteIn, responses={201: DeskAppointmentOut})
    def post(self, request: Request, task_id: UUID) -> Response:
        made = services.offer_onsite(desk=self.desk(request), task_id=task_id, **read(DeskOnsiteIn, request))
        return Response(DeskAppointmentOut(made).data, status=status.HTTP_201_CREATED)


class DeskOnsite(View):
    @extend_schema(operation_id="task_onsite_answer", request=DeskVerbIn, responses=DeskAppointmentOut)
    def post(self, request: Request, appointment_id: UUID) -> Response:
        found = services.answer_onsite(
            desk=self.desk(request), appointment_id=appointment_id, **read(DeskVerbIn, request)
        )
        return Response(DeskAppointmentOut(found).data)


# Products, consultation, assistance, figures --------------------------------------------------------------------------


class CheckpointOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_secret = serializers.BooleanField()


class Checkpoints(View):
    """What the appraiser ticks; secret ones are marked and stay at the brand."""

    @extend_schema(
        operation_id="checkpoints",
        responses=inline_serializer("Checkpoints", {"results": CheckpointOut(many=True)}),
    )
    def get(self, request: Request, product_id: UUID) -> Response:
        product = catalogue.own_product(self.desk(request).organisation, product_id)
        rows = CheckpointOut(catalogue.checkpoints(product.pk), many=True)
        return Response({"results": rows.data})


class DeskConsultations(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="desk_consultations", responses=DeskConsultationOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.consultations_of(self.desk(request)), DeskConsultationOut)


class DeskConsultationLines(View):
    @extend_schema(operation_id="desk_consultation_lines", responses=DeskConsultationLineOut(many=True))
    def get(self, request: Request, consultation_id: UUID) -> Response:
        found = selectors.access_consultation(self.desk(request), consultation_id)
        return Response(DeskConsultationLineOut(found.lines.all(), many=True).data)

    @extend_schema(
        operation_id="desk_consultation_say", request=DeskConsultationSayIn, responses={201: DeskConsultationLineOut}
    )
    def post(self, request: Request, consultation_id: UUID) -> Response:
        data = read(DeskConsultationSayIn, request)
        line = services.say_in_consultation(
            desk=self.desk(request), consultation_id=consultation_id, text=data["text"], line_id=data.get("id")
        )
        return Response(DeskConsultationLineOut(line).data, status=status.HTTP_201_CREATED)


class DeskAssistanceList(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="desk_assistance", responses=DeskAssistanceOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.assistance_of(self.desk(request)), DeskAssistanceOut)


class DeskAssistanceDetail(View):
    @extend_schema(operation_id="desk_assistance_task", responses=DeskAssistanceOut)
    def get(self, request: Request, assistance_id: UUID) -> Response:
        return Response(DeskAssistanceOut(selectors.access_assistance(self.desk(request), assistance_id)).data)

    @extend_schema(operation_id="desk_assistance_answer", request=AssistanceVerbIn, responses=DeskAssistanceOut)
    def post(self, request: Request, assistance_id: UUID) -> Response:
        found = services.answer_assistance(
            desk=self.desk(request), assistance_id=assistance_id, **read(AssistanceVerbIn, request)
        )
        return Response(DeskAssistanceOut(found).data)


class GroupOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    answered = serializers.IntegerField()
    median_minutes = serializers.FloatField()
    p90_minutes = serializers.FloatField()
    share = serializers.IntegerField(help_text="of the longest median, 0 to 100")


class FiguresOut(serializers.Serializer[Any]):
    answered = serializers.IntegerField()
    median_minutes = serializers.FloatField(allow_null=True)
    p90_minutes = serializers.FloatField(allow_null=True)
    retake_rate = serializers.FloatField(allow_null=True)
    verdicts = serializers.DictField(child=serializers.IntegerField())
    by_province = GroupOut(many=True)
    by_product = GroupOut(many=True)


class DeskFigures(View):
    """Answer times, retakes and verdicts of the last thirty days, computed from tasks."""

    @extend_schema(operation_id="desk_figures", responses=FiguresOut)
    def get(self, request: Request) -> Response:
        return Response(FiguresOut(selectors.figures(self.desk(request))).data)


urlpatterns = [
    path("queue/", Queue.as_view()),
    path("tasks/<uuid:task_id>/", Task.as_view()),
    path("tasks/<uuid:task_id>/claim/", TaskClaim.as_view()),
    path("tasks/<uuid:task_id>/release/", TaskRelease.as_view()),
    path("tasks/<uuid:task_id>/ask-again/", TaskAskAgain.as_view()),
    path("tasks/<uuid:task_id>/enough/", TaskEnough.as_view()),
    path("tasks/<uuid:task_id>/lines/", TaskLines.as_view()),
    path("tasks/<uuid:task_id>/photos/", TaskPhotos.as_view()),
    path("tasks/<uuid:task_id>/answer/", TaskAnswer.as_view()),
    path("tasks/<uuid:task_id>/onsite/", TaskOnsite.as_view()),
    path("onsite/<uuid:appointment_id>/", DeskOnsite.as_view()),
    path("verdicts/<uuid:verdict_id>/withdraw/", VerdictWithdraw.as_view()),
    path("products/<uuid:product_id>/checkpoints/", Checkpoints.as_view()),
    path("consultations/", DeskConsultations.as_view()),
    path("consultations/<uuid:consultation_id>/lines/", DeskConsultationLines.as_view()),
    path("assistance/", DeskAssistanceList.as_view()),
    path("assistance/<uuid:assistance_id>/", DeskAssistanceDetail.as_view()),
    path("figures/", DeskFigures.as_view()),
]
