"""Grants in the API of every host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import person_of
from federation.contracts.addresses import Address
from federation.grants import guarded, selectors, services
from federation.grants.models import ContentWord, Grant, Item, LevelWord, Use
from gateway.paging import ByNewest
from gateway.problems import MEDIA_TYPE
from gateway.schema import ProblemOut
from gateway.serializers import Fields, ModelFields, read, read_query
from gateway.views import ApiView
from kernel.errors import BadInput, NotFound404
from kernel.ids import uuid7

OVER = {(410, MEDIA_TYPE): ProblemOut}
"""The grant is over."""


class GrantItemOut(ModelFields[Item]):
    """Something that went out. It cannot be called back where `level` is `copy`."""

    class Meta:
        model = Item
        fields = [
            "item_id", "content", "level", "title", "sha256", "size_bytes", "media_type", "letter_id", "sent_at",
            "opened_at", "purged_at",
        ]  # fmt: skip


class GrantOut(ModelFields[Grant]):
    """One grant. over_at: when it ended or ran out; null while it holds. contents: kind of content to level."""

    over_at = serializers.SerializerMethodField()
    contents = serializers.DictField(child=serializers.ChoiceField(LevelWord.choices))

    class Meta:
        model = Grant
        fields = [
            "grant_id", "side", "giver", "holder", "holder_unit", "purpose", "contents", "subject_kind", "subject_id",
            "subject_title", "starts_at", "expires_at", "over_at", "ended_by", "ended_why", "replaces", "given_by",
            "given_at",
        ]  # fmt: skip

    def get_over_at(self, row: Grant) -> str | None:
        found = guarded.ended_at([row]).get(row.grant_id)
        return found.isoformat() if found else None


class GrantWithItemsOut(GrantOut):
    """One grant, with the list of what was delivered under it."""

    items = GrantItemOut(many=True)

    class Meta(GrantOut.Meta):
        fields = [*GrantOut.Meta.fields, "items"]


class GrantContentOut(serializers.Serializer[Any]):
    """What is held under a grant. file_url: good for a minute, for this person; empty for words."""

    item_id = serializers.UUIDField()
    content = serializers.ChoiceField(ContentWord.choices)
    level = serializers.ChoiceField(LevelWord.choices)
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    file_url = serializers.CharField(allow_blank=True)


class GrantUseOut(ModelFields[Use]):
    """One look. way: page, api, stream, link, cache, task, file; refused for one after the end."""

    class Meta:
        model = Use
        fields = ["use_id", "at", "who", "content", "what", "way"]


class GrantTextIn(Fields):
    content = serializers.ChoiceField(ContentWord.choices)
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=20_000)


class GrantIn(Fields):
    """to: as letters write parties, `province:gd`, `office` or `organisation:<id>`."""

    to = serializers.CharField(max_length=60)
    holder_unit = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    subject_title = serializers.CharField(max_length=200)
    purpose = serializers.CharField(max_length=300)
    contents = serializers.DictField(child=serializers.ChoiceField(LevelWord.choices), allow_empty=False)
    expires_at = serializers.DateTimeField()
    items = GrantTextIn(many=True, required=False, default=list)


class GrantEndIn(Fields):
    why = serializers.CharField(max_length=500)


class GrantRenewIn(Fields):
    expires_at = serializers.DateTimeField()


class GrantQuery(serializers.Serializer[Any]):
    side = serializers.ChoiceField(Grant.Side.choices, required=False)
    state = serializers.ChoiceField(["holding", "soon", "over"], required=False)


class GrantView(ApiView):
    """The doors ask the plain request, whose person REST framework alone knows where a token was shown."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        request._request.user = request.user
        super().initial(request, *args, **kwargs)


class Grants(GrantView):
    """What this party gave and holds."""

    pagination_class = ByNewest

    @extend_schema(operation_id="grants", parameters=[GrantQuery], responses=GrantOut(many=True))
    def get(self, request: Request) -> Response:
        asked = read_query(GrantQuery, request)
        return self.paged(selectors.grants_for(request._request, **asked), GrantOut)

    @extend_schema(operation_id="grant_give", request=GrantIn, responses={201: GrantOut})
    def post(self, request: Request) -> Response:
        selectors.require_giver(request._request)
        data = read(GrantIn, request)
        wrong = set(data["contents"]) - set(ContentWord.values)
        if wrong:
            raise BadInput(fields={"contents": sorted(wrong)})
        party = Address.parse(selectors.party_of(request._request))
        made = services.give(
            to=_address(data.pop("to")),
            items=[services.Shared(**each) for each in data.pop("items")],
            subject_kind="note",
            subject_id=uuid7(),
            sender=party if party.kind == "organisation" else None,
            by=person_of(request._request),
            **data,
        )
        return Response(GrantOut(made).data, status=status.HTTP_201_CREATED)


class GrantDetail(GrantView):
    @extend_schema(operation_id="grant", responses=GrantWithItemsOut)
    def get(self, request: Request, grant_id: UUID) -> Response:
        return Response(GrantWithItemsOut(selectors.access_grant(request._request, grant_id)).data)


class GrantEnd(GrantView):
    """End a grant now. Answers with what cannot be called back."""

    @extend_schema(operation_id="grant_end", request=GrantEndIn, responses=GrantWithItemsOut)
    def post(self, request: Request, given_id: UUID) -> Response:
        found = _own(request, given_id)
        services.end(found, person_of(request._request), read(GrantEndIn, request)["why"])
        return Response(GrantWithItemsOut(found).data)


class GrantRenew(GrantView):
    """Go on under a new grant."""

    @extend_schema(operation_id="grant_renew", request=GrantRenewIn, responses={201: GrantOut, **OVER})
    def post(self, request: Request, given_id: UUID) -> Response:
        found = _own(request, given_id)
        made = services.renew(found, by=person_of(request._request), **read(GrantRenewIn, request))
        return Response(GrantOut(made).data, status=status.HTTP_201_CREATED)


class GrantUses(GrantView):
    """Who looked, newest first."""

    pagination_class = ByNewest

    @extend_schema(operation_id="grant_uses", responses=GrantUseOut(many=True))
    def get(self, request: Request, grant_id: UUID) -> Response:
        return self.paged(selectors.uses_of(selectors.access_grant(request._request, grant_id)), GrantUseOut)


class GrantItem(GrantView):
    """What is held, as long as the grant holds. 410 `grant_over` afterwards."""

    @extend_schema(operation_id="grant_item", responses={200: GrantContentOut, **OVER})
    def get(self, request: Request, grant_id: UUID, shared_id: UUID) -> Response:
        found = selectors.access_item(request._request, grant_id, shared_id)
        person = person_of(request._request)
        guarded.require(
            grant_id, found.content, party=found.grant.party, who=selectors.who_is(person), at_least=found.level,
            what=found.title, way="api",
        )  # fmt: skip
        services.opened(found)
        token = guarded.link(found.grant, found.item_id, person_id=person.pk) if found.object_key else ""
        said = {
            "item_id": found.item_id,
            "content": found.content,
            "level": found.level,
            "title": found.title,
            "text": found.text,
            "file_url": f"/grants/links/{token}/" if token else "",
        }
        response = Response(GrantContentOut(said).data)
        guarded.unkept(response)
        return response


def _own(request: Request, grant_id: UUID) -> Grant:
    found = selectors.access_grant(request._request, grant_id, side=Grant.Side.GIVEN)
    if not selectors.may_end(request._request, found):
        raise NotFound404()
    return found


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise BadInput(code="addressee_unknown", fields={"to": [text]}) from error


urlpatterns = [
    path("grants/", Grants.as_view()),
    path("grants/<uuid:grant_id>/", GrantDetail.as_view()),
    path("grants/<uuid:given_id>/end/", GrantEnd.as_view()),
    path("grants/<uuid:given_id>/renew/", GrantRenew.as_view()),
    path("grants/<uuid:grant_id>/uses/", GrantUses.as_view()),
    path("grants/<uuid:grant_id>/items/<uuid:shared_id>/", GrantItem.as_view()),
]
