"""The API of a host, described for programs and as a page to read.

To look through a thousand addresses takes seconds, so a description is made once in each process for each language,
and kept as the bytes that programs are given.
"""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request

METHODS = ("get", "post", "put", "patch", "delete")


class Description:
    """What the addresses of one kind of host offer (OpenAPI), in the language of the thread."""

    def __init__(self, patterns: list[Any]) -> None:
        self._maps = SimpleNamespace(urlpatterns=tuple(patterns))
        self._made: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def as_json(self) -> bytes:
        """Its JSON, in UTF-8."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        with self._lock:  # whoever asks meanwhile waits for it instead of making it too
            if language not in self._made:
                schema = SchemaGenerator(urlconf=self._maps).get_schema(public=True)
                self._made[language] = SpectacularJSONAPIView.renderer_classes[0]().render(schema)
            return self._made[language]

    def schema(self) -> dict[str, Any]:
        """The same as objects of one's own."""
        found: dict[str, Any] = json.loads(self.as_json())
        return found


class DescriptionView(SpectacularJSONAPIView):
    """The description for programs; `?lang=en` in another of our languages."""

    description: Description | None = None

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.description is not None
        wanted = request.query_params.get("lang", "")
        with translation.override(wanted if wanted in dict(settings.LANGUAGES) else translation.get_language()):
            content = self.description.as_json()
        said = {"Content-Disposition": f'inline; filename="{settings.SPECTACULAR_SETTINGS["TITLE"]}.json"'}
        return HttpResponse(content, content_type=request.accepted_renderer.media_type, headers=said)


@require_safe
def described_page(request: HttpRequest, description: Description) -> HttpResponse:
    """What this host offers to programs."""
    schema = description.schema()
    parts = schema.get("components", {}).get("schemas", {})
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in schema["paths"].items():
        name = address.removeprefix("/api/v1/").partition("/")[0]
        for method in METHODS:
            if method in methods:
                groups.setdefault(name, []).append(_operation(address, method, methods[method], parts))
    return render(
        request, "gateway/described.html", {"groups": sorted(groups.items()), "title": schema["info"]["title"]}
    )


def _operation(address: str, method: str, said: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    bodies = [
        (kind, _fields(each["schema"], parts)) for kind, each in said.get("requestBody", {}).get("content", {}).items()
    ]
    answers = []
    for status, answer in said["responses"].items():
        if status.startswith("2"):
            content = next(iter(answer.get("content", {}).values()), {})
            answers.append((status, _fields(content.get("schema", {}), parts)))
    return {
        "id": said["operationId"],
        "method": method.upper(),
        "address": address,
        "words": said.get("description", ""),
        "scope": said.get("x-scope", ""),
        "parameters": [
            (each["name"], each["in"], _kind(each["schema"], parts), each.get("required", False))
            for each in said.get("parameters", [])
        ],
        "bodies": bodies,
        "answers": answers,
        "refusals": [status for status in said["responses"] if not status.startswith("2")],
    }


def _whole(schema: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    if "allOf" in schema and len(schema["allOf"]) == 1:
        schema = schema["allOf"][0]
    if "$ref" in schema:
        found: dict[str, Any] = parts[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _fields(schema: dict[str, Any], parts: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """(name, kind, required) of an object, or of what a page or list holds."""
    found = _whole(schema, parts)
    if found.get("type") == "array":
        return _fields(found["items"], parts)
    needed = found.get("required", [])
    return [(name, _kind(each, parts), name in needed) for name, each in found.get("properties", {}).items()]


def _kind(schema: dict[str, Any], parts: dict[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'], parts)}]"
    found = _whole(schema, parts)
    if found is not schema:
        return next((name for name, each in parts.items() if each is found), "object")
    if "enum" in found:
        return " | ".join(str(value) for value in found["enum"])
    return str(found.get("format") or found.get("type") or "any")
