"""The API of a host as a page to read: every address with what it takes and answers, out of its own description."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@require_safe
def described_page(request: HttpRequest, patterns: list[Any]) -> HttpResponse:
    """What this host offers to programs."""
    schema = SchemaGenerator(urlconf=SimpleNamespace(urlpatterns=tuple(patterns))).get_schema(public=True)
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
