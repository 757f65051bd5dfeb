"""API of people: oneself and one's tokens on every host; units, officers and imports on a province's."""

from __future__ import annotations

from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rules, selectors, services, sudo
from accounts.imports import jobs
from accounts.models import ImportJob, Post, SectionType, Unit, User
from gateway import tokens
from gateway.models import ApiToken
from gateway.paging import ByCode, ByName, ByNewest
from gateway.serializers import Fields, ModelFields, YesNo, read, read_query
from gateway.views import AnswersFile, ApiView
from kernel.errors import NotAllowed
from provinces.context import required

Role = Post.Role


class Reader(BasePermission):
    """Whoever holds a post in the bureau."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(rules.roles_of(request.user))


class Administrator(BasePermission):
    """System and security administrators; the services say which of the two a step needs."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(rules.roles_of(request.user) & {Role.BUREAU_ADMIN, Role.SECURITY_ADMIN})


class ReaderView(ApiView):
    """Everybody of the bureau reads, administrators write."""

    permission_classes = [*ApiView.permission_classes, Reader]


class AdminView(ApiView):
    """Of the bureau's administrators."""

    permission_classes = [*ApiView.permission_classes, Administrator]


# Oneself --------------------------------------------------------------------------------------------------------------


class PostOut(ModelFields[Post]):
    unit = serializers.SerializerMethodField()

    class Meta:
        model = Post
        fields = ["id", "role", "unit_id", "unit"]

    def get_unit(self, post: Post) -> str:
        return post.unit.name if post.unit else ""


class MeOut(ModelFields[User]):
    """Who is asking. seat: the province's code, brands or office."""

    seat = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()
    posts = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "username", "name", "title", "unit_id", "unit", "posts", "seat"]

    def get_seat(self, user: User) -> str:
        return required().name

    def get_unit(self, user: User) -> str:
        return user.unit.name if user.unit else ""

    @extend_schema_field(PostOut(many=True))
    def get_posts(self, user: User) -> Any:
        return PostOut(sorted(selectors.held_posts(user), key=attrgetter("role")), many=True).data


class TokenOut(ModelFields[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "scopes", "created_at", "expires_at", "last_used_at"]


class NewTokenOut(TokenOut):
    """token: shown this once."""

    token = serializers.CharField()

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "token"]


class TokenIn(Fields):
    name = serializers.CharField(max_length=60, help_text="what it is for")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(tokens.SCOPES), min_length=1, max_length=2, required=False, default=tokens.SCOPES
    )
    days = serializers.IntegerField(min_value=1, max_value=tokens.LONGEST.days, required=False, default=90)


class Me(ApiView):
    @extend_schema(operation_id="me", responses=MeOut)
    def get(self, request: Request) -> Response:
        return Response(MeOut(selectors.oneself(request.user)).data)


class MyTokens(ApiView):
    """One's own tokens of this host. A new one is made by somebody who is signed in, never by another token."""

    permission_classes = [*ApiView.permission_classes, sudo.ProvedToWrite]
    tells_a_secret = True

    pagination_class = ByNewest

    @extend_schema(operation_id="tokens", responses=TokenOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(tokens.tokens_of(request.user, required().name), TokenOut)

    @extend_schema(operation_id="token_make", request=TokenIn, responses={201: NewTokenOut})
    def post(self, request: Request) -> Response:
        if request.auth is not None:
            raise NotAllowed(
                _("密钥不能再生成密钥。请本人登录后在“我 · 接口密钥”里生成。"), code="token_makes_no_token"
            )
        row, token = tokens.make_token(user=request.user, seat=required().name, **read(TokenIn, request))
        return Response({**TokenOut(row).data, "token": token}, status=status.HTTP_201_CREATED)


class MyToken(ApiView):
    @extend_schema(operation_id="token_revoke", responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        tokens.revoke(user=request.user, token_id=token_id, seat=required().name)
        return Response(status=status.HTTP_204_NO_CONTENT)


# Units ----------------------------------------------------------------------------------------------------------------


class UnitOut(ModelFields[Unit]):
    class Meta:
        model = Unit
        fields = [
            "id", "code", "name", "kind", "section_type", "parent_id", "division_code", "agency_word", "is_active",
        ]  # fmt: skip


class UnitQuery(serializers.Serializer[Any]):
    closed = YesNo(required=False, default=False, help_text="closed units as well")


class UnitFields(Fields):
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(Unit.Kind.choices)
    division_code = serializers.RegexField(r"^(?:[0-9]{6}|[0-9]{9})$", help_text="GB/T 2260, 6 or 9 digits")
    section_type = serializers.ChoiceField(SectionType.choices, required=False, allow_blank=True)
    agency_word = serializers.CharField(max_length=20, required=False, allow_blank=True)


class UnitIn(UnitFields):
    code = serializers.CharField(max_length=40)
    parent_id = serializers.UUIDField(required=False, allow_null=True)


class UnitPatchIn(UnitFields):
    name = serializers.CharField(max_length=80, required=False)
    kind = serializers.ChoiceField(Unit.Kind.choices, required=False)
    division_code = serializers.RegexField(r"^(?:[0-9]{6}|[0-9]{9})$", required=False)


class ParentIn(Fields):
    parent_id = serializers.UUIDField(allow_null=True)


class WhyIn(Fields):
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class SuspendIn(Fields):
    reason = serializers.CharField(max_length=200)


def _unit(unit_id: UUID | None) -> Unit | None:
    return selectors.unit(unit_id) if unit_id else None


class Units(ReaderView):
    """The bureau's units by code."""

    pagination_class = ByCode

    @extend_schema(operation_id="units", parameters=[UnitQuery], responses=UnitOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.units(with_closed=read_query(UnitQuery, request)["closed"]), UnitOut)

    @extend_schema(operation_id="unit_create", request=UnitIn, responses={201: UnitOut})
    def post(self, request: Request) -> Response:
        rules.require(request.user, Role.BUREAU_ADMIN)
        data = read(UnitIn, request)
        unit = services.create_unit(by=request.user, parent=_unit(data.pop("parent_id", None)), **data)
        return Response(UnitOut(unit).data, status=status.HTTP_201_CREATED)


class UnitDetail(ReaderView):
    @extend_schema(operation_id="unit", responses=UnitOut)
    def get(self, request: Request, unit_id: UUID) -> Response:
        return Response(UnitOut(selectors.unit(unit_id)).data)

    @extend_schema(operation_id="unit_edit", request=UnitPatchIn, responses=UnitOut)
    def patch(self, request: Request, unit_id: UUID) -> Response:
        rules.require(request.user, Role.BUREAU_ADMIN)
        unit = services.edit_unit(unit=selectors.unit(unit_id), by=request.user, **read(UnitPatchIn, request))
        return Response(UnitOut(unit).data)


class UnitMove(AdminView):
    """Hang it, with all under it, below another; null: at the top."""

    @extend_schema(operation_id="unit_move", request=ParentIn, responses=UnitOut)
    def post(self, request: Request, unit_id: UUID) -> Response:
        unit = selectors.unit(unit_id)
        parent = _unit(read(ParentIn, request)["parent_id"])
        return Response(UnitOut(services.move_unit(unit=unit, parent=parent, by=request.user)).data)


class UnitClose(AdminView):
    @extend_schema(operation_id="unit_close", request=WhyIn, responses=UnitOut)
    def post(self, request: Request, unit_id: UUID) -> Response:
        unit = selectors.unit(unit_id)
        return Response(
            UnitOut(services.close_unit(unit=unit, by=request.user, why=read(WhyIn, request)["reason"])).data
        )


# Officers -------------------------------------------------------------------------------------------------------------


class OfficerRow(ModelFields[User]):
    """What colleagues may know."""

    unit = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "name", "title", "unit_id", "unit", "roles", "is_active"]

    def get_unit(self, user: User) -> str:
        return user.unit.name if user.unit else ""

    def get_roles(self, user: User) -> list[str]:
        return sorted({post.role for post in user.posts.all()})


class OfficerOut(OfficerRow):
    """What administrators keep."""

    posts = serializers.SerializerMethodField()

    class Meta(OfficerRow.Meta):
        fields = [
            *OfficerRow.Meta.fields, "username", "phone", "email", "officer_cert_no", "officer_cert_until",
            "suspended_at", "posts",
        ]  # fmt: skip

    @extend_schema_field(PostOut(many=True))
    def get_posts(self, user: User) -> Any:
        return PostOut(selectors.posts_of(user), many=True).data


class OfficerQuery(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=60, required=False, help_text="part of name, account or certificate number")
    unit_id = serializers.UUIDField(required=False, help_text="this unit and all under it")
    role = serializers.ChoiceField(Post.Role.choices, required=False)
    state = serializers.ChoiceField(["active", "suspended"], required=False)


class PersonFields(Fields):
    title = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.RegexField(r"^\+861[3-9][0-9]{9}$", required=False, allow_null=True, help_text="E.164")
    email = serializers.EmailField(required=False, allow_blank=True)
    officer_cert_no = serializers.CharField(max_length=40, required=False, allow_null=True)
    officer_cert_until = serializers.DateField(required=False, allow_null=True)


class PersonIn(PersonFields):
    username = serializers.RegexField(r"^[A-Za-z0-9_.@+-]{1,60}$")
    name = serializers.CharField(max_length=40)
    unit_id = serializers.UUIDField()


class OfficerPatchIn(PersonFields):
    name = serializers.CharField(max_length=40, required=False)


class MoveIn(WhyIn):
    unit_id = serializers.UUIDField()


class PostIn(Fields):
    role = serializers.ChoiceField([role for role in Post.Role.values if role != Post.Role.OFFICE_ADMIN])


class Officers(ReaderView):
    """People of the bureau by account name. Phones and certificates are for administrators."""

    pagination_class = ByName

    @extend_schema(operation_id="officers", parameters=[OfficerQuery], responses=OfficerRow(many=True))
    def get(self, request: Request) -> Response:
        asked = read_query(OfficerQuery, request)
        if "unit_id" in asked:
            asked["unit_id"] = str(asked["unit_id"])
        return self.paged(selectors.officers(**asked), OfficerRow)

    @extend_schema(operation_id="officer_create", request=PersonIn, responses={201: OfficerOut})
    def post(self, request: Request) -> Response:
        rules.require(request.user, Role.BUREAU_ADMIN)
        data = read(PersonIn, request)
        unit = selectors.unit(data.pop("unit_id"))
        person = services.create_person(by=request.user, unit=unit, roles=(Role.OFFICER,), **data)
        return Response(OfficerOut(person).data, status=status.HTTP_201_CREATED)


class OfficerDetail(AdminView):
    @extend_schema(operation_id="officer", responses=OfficerOut)
    def get(self, request: Request, user_id: UUID) -> Response:
        return Response(OfficerOut(selectors.person(user_id)).data)

    @extend_schema(operation_id="officer_edit", request=OfficerPatchIn, responses=OfficerOut)
    def patch(self, request: Request, user_id: UUID) -> Response:
        person = selectors.person(user_id)
        kept = {name: getattr(person, name) for name in (*PersonFields().fields, "name")}
        services.edit_person(user=person, by=request.user, **{**kept, **read(OfficerPatchIn, request)})
        return Response(OfficerOut(selectors.person(user_id)).data)


class OfficerSuspend(AdminView):
    """Out within a second: sessions, tokens and streams end."""

    @extend_schema(operation_id="officer_suspend", request=SuspendIn, responses=OfficerOut)
    def post(self, request: Request, user_id: UUID) -> Response:
        person = selectors.person(user_id)
        why = read(SuspendIn, request)["reason"]
        return Response(OfficerOut(services.suspend(user=person, by=request.user, why=why)).data)


class OfficerRestore(AdminView):
    @extend_schema(operation_id="officer_restore", request=WhyIn, responses=OfficerOut)
    def post(self, request: Request, user_id: UUID) -> Response:
        person = selectors.person(user_id)
        why = read(WhyIn, request)["reason"]
        return Response(OfficerOut(services.restore(user=person, by=request.user, why=why)).data)


class OfficerMove(AdminView):
    """To another unit, posts with the person; open work stays with the old unit."""

    @extend_schema(operation_id="officer_move", request=MoveIn, responses=OfficerOut)
    def post(self, request: Request, user_id: UUID) -> Response:
        person = selectors.person(user_id)
        data = read(MoveIn, request)
        unit = selectors.unit(data["unit_id"])
        services.move_person(user=person, unit=unit, by=request.user, why=data["reason"])
        return Response(OfficerOut(selectors.person(user_id)).data)


class OfficerPosts(AdminView):
    """Appoint: everyday roles by the system administrator, administrators' offices by the security administrator."""

    permission_classes = [*AdminView.permission_classes, sudo.Proved]

    @extend_schema(operation_id="officer_appoint", request=PostIn, responses={201: PostOut})
    def post(self, request: Request, user_id: UUID) -> Response:
        person = selectors.person(user_id)
        post = services.appoint(user=person, role=read(PostIn, request)["role"], unit=person.unit, by=request.user)
        return Response(PostOut(post).data, status=status.HTTP_201_CREATED)


class OfficerPost(AdminView):
    permission_classes = [*AdminView.permission_classes, sudo.Proved]

    @extend_schema(operation_id="officer_withdraw", responses={204: None})
    def delete(self, request: Request, user_id: UUID, post_id: UUID) -> Response:
        services.withdraw(post=selectors.post(selectors.person(user_id), post_id), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


# Imports --------------------------------------------------------------------------------------------------------------


class ImportOut(ModelFields[ImportJob]):
    """expected: what the file would do; result: what it did. rows_done of rows: how far it has come."""

    expected = serializers.DictField()
    result = serializers.DictField()
    needs_agreement = serializers.SerializerMethodField()
    bad_rows = serializers.SerializerMethodField()

    class Meta:
        model = ImportJob
        fields = [
            "id", "state", "file_name", "is_complete", "created_at", "finished_at", "rows", "rows_done", "expected",
            "result", "needs_agreement", "bad_rows",
        ]  # fmt: skip

    def get_needs_agreement(self, job: ImportJob) -> bool:
        return jobs.needs_agreement(job)

    def get_bad_rows(self, job: ImportJob) -> int:
        return job.bad_rows.count()


class ImportIn(Fields):
    """CSV or XLSX. is_complete: officers who are not in the list are to be suspended."""

    file = serializers.FileField()
    is_complete = serializers.BooleanField(required=False, default=False)


class ImportStepIn(Fields):
    step = serializers.ChoiceField(["confirm", "agree", "drop", "start"])


class Imports(AdminView):
    """Upload a list and read what it would do; nothing is changed before it is confirmed."""

    pagination_class = ByNewest
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="imports", responses=ImportOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.import_jobs(), ImportOut)

    @extend_schema(operation_id="import_upload", request={"multipart/form-data": ImportIn}, responses={201: ImportOut})
    def post(self, request: Request) -> Response:
        rules.require(request.user, Role.BUREAU_ADMIN)
        data = read(ImportIn, request)
        if data["file"].size > settings.ACCOUNTS_IMPORT_MAX_BYTES:
            raise jobs.too_large()
        job = jobs.upload(
            content=data["file"].read(),
            file_name=data["file"].name,
            is_complete=data["is_complete"],
            by=request.user,
        )
        return Response(ImportOut(job).data, status=status.HTTP_201_CREATED)


class ImportDetail(AdminView):
    @extend_schema(operation_id="import", responses=ImportOut)
    def get(self, request: Request, job_id: UUID) -> Response:
        return Response(ImportOut(selectors.import_job(job_id)).data)

    @extend_schema(operation_id="import_step", request=ImportStepIn, responses=ImportOut)
    def post(self, request: Request, job_id: UUID) -> Response:
        steps = {"confirm": jobs.confirm, "agree": jobs.agree, "drop": jobs.drop, "start": jobs.start_again}
        job = selectors.import_job(job_id)
        steps[read(ImportStepIn, request)["step"]](job=job, by=request.user)
        return Response(ImportOut(selectors.import_job(job_id)).data)


class ImportBadRows(AnswersFile, AdminView):
    """The rows left out, as CSV with the reason and what to do."""

    @extend_schema(operation_id="import_bad_rows", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        text = "".join(jobs.report(selectors.import_job(job_id)))
        return HttpResponse(text, content_type="text/csv; charset=utf-8")


own_urlpatterns = [
    path("me/", Me.as_view()),
    path("me/tokens/", MyTokens.as_view()),
    path("me/tokens/<uuid:token_id>/", MyToken.as_view()),
]
urlpatterns = [
    *own_urlpatterns,
    path("units/", Units.as_view()),
    path("units/<uuid:unit_id>/", UnitDetail.as_view()),
    path("units/<uuid:unit_id>/move/", UnitMove.as_view()),
    path("units/<uuid:unit_id>/close/", UnitClose.as_view()),
    path("officers/", Officers.as_view()),
    path("officers/<uuid:user_id>/", OfficerDetail.as_view()),
    path("officers/<uuid:user_id>/suspend/", OfficerSuspend.as_view()),
    path("officers/<uuid:user_id>/restore/", OfficerRestore.as_view()),
    path("officers/<uuid:user_id>/move/", OfficerMove.as_view()),
    path("officers/<uuid:user_id>/posts/", OfficerPosts.as_view()),
    path("officers/<uuid:user_id>/posts/<uuid:post_id>/", OfficerPost.as_view()),
    path("imports/", Imports.as_view()),
    path("imports/<uuid:job_id>/", ImportDetail.as_view()),
    path("imports/<uuid:job_id>/bad-rows.csv", ImportBadRows.as_view()),
]
