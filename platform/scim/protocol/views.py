"""The addresses under /scim/v2/. Whoever calls is a client of a connection to a directory of people."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView
from scim2_models import ListResponse

from audit.trail import Actor
from connections.auth import ClientAuthentication
from connections.models import Connection
from gateway.problems import MethodWrong, NotSignedIn
from gateway.serializers import holds_nul
from kernel.errors import BadInput, NotAllowed, NotFound404, TooLarge
from scim.protocol import bulk, handlers
from scim.protocol.answers import Answer, refusal
from scim.protocol.handlers import Call
from scim.schemas import MOST_BYTES, provider
from scim.services import visits
from scim.services.people import Source

MEDIA_TYPE = "application/scim+json"
READ, WRITE = "people:read", "people:write"


class ScimParser(JSONParser):
    """SCIM's own media type, JSON inside."""

    media_type = MEDIA_TYPE


class ScimRenderer(JSONRenderer):
    """Lets in whoever asks for SCIM's media type; answers are written by `_response`."""

    media_type = MEDIA_TYPE


class ForDirectories(BasePermission):
    """A client of a connection to a directory, with the scope of people."""

    def has_permission(self, request: Request, view: Any) -> bool:
        connection = getattr(request, "connection", None)
        if request.auth is None:
            raise NotSignedIn()
        if connection is None or connection.kind != Connection.Kind.DIRECTORY:
            raise NotAllowed(
                _("这里只供统一身份目录使用。请用类别为“统一身份目录”的对接的接入账号。"), code="not_a_directory"
            )
        held = set(request.auth.get_scopes())
        if WRITE not in held and (request.method not in ("GET",) or READ not in held):
            raise NotAllowed(
                _("接入账号没有权限范围 {scope}。请系统管理员在对接页面上勾选。"),
                code="scope_missing",
                scope=READ if request.method == "GET" else WRITE,
            )
        return True


class ScimView(APIView):
    """One answer as SCIM writes it, whatever happens."""

    authentication_classes = [ClientAuthentication]
    permission_classes = [ForDirectories]
    parser_classes = [ScimParser, JSONParser]
    renderer_classes = [ScimRenderer, JSONRenderer]
    schema = None
    http_method_names = ["get", "post", "put", "patch", "delete"]

    def handle_exception(self, exc: Exception) -> HttpResponse:
        answer = refusal(exc)
        if answer is None:
            raise exc
        if answer.status == 401:
            answer.headers["WWW-Authenticate"] = "Bearer"
        self._fail(answer)
        return _response(answer)

    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        raise MethodWrong(method=request.method)

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        raise MethodWrong(method="OPTIONS")

    def call(self, request: Request) -> Call:
        """The call, with the directory's visit counted."""
        connection: Connection = request.connection
        visits.seen(connection.pk, changes=request.method != "GET")
        data = None
        if request.method in ("POST", "PUT", "PATCH"):
            if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
                raise TooLarge(limit_bytes=MOST_BYTES)
            data = request.data
            if holds_nul(data):
                raise BadInput(_("文字里不能有空字符。"), code="unreadable")
            if not isinstance(data, dict):
                raise BadInput(_("请求内容读不出来：应为一个 JSON 对象。"), code="unreadable")
        return Call(
            source=Source(connection.pk, Actor(connection.pk, f"{connection.name}")),
            base=request.build_absolute_uri("/scim/v2"),
            method=request.method or "GET",
            query=request.query_params,
            data=data,
            if_match=request.headers.get("If-Match", ""),
            if_none_match=request.headers.get("If-None-Match", ""),
        )

    def _fail(self, answer: Answer) -> None:
        connection = getattr(self.request, "connection", None)
        if connection is None:
            return
        visits.failed(
            connection.pk,
            code=answer.code,
            detail=str((answer.body or {}).get("detail", "")),
            what=f"{self.request.method} {self.request.path}",
        )


class ResourcesView(ScimView):
    """/Users, /Groups, and one of each."""

    def handle(self, request: Request, endpoint: str, user_id: str = "", unit_id: str = "") -> HttpResponse:
        return _response(handlers.dispatch(self.call(request), endpoint, user_id or unit_id))

    get = post = put = patch = delete = handle


class SearchView(ScimView):
    """POST /Users/.search: a query whose words stand in no log of addresses."""

    def post(self, request: Request, endpoint: str) -> HttpResponse:
        call = self.call(request)
        return _response(handlers.dispatch(replace(call, method="GET", query=call.data), endpoint, ""))


class RootSearchView(ScimView):
    """POST /.search over all kinds of resource."""

    def post(self, request: Request) -> HttpResponse:
        call = self.call(request)
        return _response(handlers.search_all(call, call.data))


class BulkView(ScimView):
    """POST /Bulk."""

    def post(self, request: Request) -> HttpResponse:
        return _response(bulk.run(self.call(request)))


class ConfigView(ScimView):
    """GET /ServiceProviderConfig."""

    def get(self, request: Request) -> HttpResponse:
        config = provider().config
        if config is None:
            raise NotFound404()
        body = config.model_dump()
        body["meta"] = _meta(request, "ServiceProviderConfig", "/ServiceProviderConfig")
        return _response(Answer(200, body))


class ResourceTypesView(ScimView):
    """GET /ResourceTypes, and one of them."""

    def get(self, request: Request, name: str = "") -> HttpResponse:
        kinds = provider().resource_types
        shown = [_described(request, each, "ResourceType", f"/ResourceTypes/{each.name}") for each in kinds]
        return _one_or_all(request, shown, name)


class SchemasView(ScimView):
    """GET /Schemas, and one of them."""

    def get(self, request: Request, name: str = "") -> HttpResponse:
        shown = [_described(request, each, "Schema", f"/Schemas/{each.id}") for each in provider().schemas]
        return _one_or_all(request, shown, name)


class NowhereView(ScimView):
    """Any other address under /scim/v2/."""

    def handle(self, request: Request, rest: str = "") -> HttpResponse:
        raise NotFound404()

    get = post = put = patch = delete = handle


def _described(request: Request, row: Any, kind: str, path: str) -> dict[str, Any]:
    return {**row.model_dump(), "meta": _meta(request, kind, path)}


def _meta(request: Request, kind: str, path: str) -> dict[str, str]:
    return {"resourceType": kind, "location": request.build_absolute_uri(f"/scim/v2{path}")}


def _one_or_all(request: Request, shown: list[dict[str, Any]], name: str) -> HttpResponse:
    if request.query_params.get("filter"):
        # RFC 7644 section 4: discovery takes no filter, and says so rather than answering something else.
        raise NotAllowed(_("这里不支持过滤。请去掉 filter。"), code="filter_not_here")
    if name:
        found = next((each for each in shown if each["id"].lower() == name.lower()), None)
        if found is None:
            raise NotFound404()
        return _response(Answer(200, found))
    body = {
        "schemas": [str(ListResponse.__schema__)],
        "totalResults": len(shown),
        "startIndex": 1,
        "itemsPerPage": len(shown),
        "Resources": shown,
    }
    return _response(Answer(200, body))


def _response(answer: Answer) -> HttpResponse:
    content = json.dumps(answer.body, ensure_ascii=False) if answer.body is not None else ""
    response = HttpResponse(content, status=answer.status, content_type=MEDIA_TYPE)
    if answer.body is None:
        del response["Content-Type"]
    if answer.location and answer.status in (200, 201):
        response["Location"] = answer.location
    if answer.version:
        response["ETag"] = answer.version
    for name, value in answer.headers.items():
        response[name] = value
    return response
