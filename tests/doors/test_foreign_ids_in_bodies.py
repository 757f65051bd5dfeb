"""Guard G2, inside the bodies: every field of every API operation that takes an id, out of the API's own description.

Each such field is filled with a foreign id and with an absent one, alone and, in a list, beside one's own; then each
optional field is left out in turn. Where the absent id is refused, the foreign one must be refused in the same words;
where nothing is refused, nothing of the foreign owner may have changed. New operations are found by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from harness.guards import one_in, size
from harness.world import World

from kernel.ids import uuid7

from .test_authorisation_matrix import BODY, PUBLISHED, Attempt, rows_of_everybody, said, signed_in

WHO = [
    *(Attempt("gx", "province", "gx", who, "gz") for who in ("chen", "wei", "huang")),
    *(Attempt("brands", "brands", "lan", who, "he") for who in ("lin", "rights", "admin")),
]
NAMES = {
    "officer_id": "user_id", "person_id": "user_id", "member_id": "user_id", "parent_id": "unit_id",
    "right_unit_id": "unit_id", "desk_unit_id": "unit_id", "photo_sha256": "photo_id", "product": "product_id",
}  # fmt: skip
"""Names of fields whose rows stand under another name in the world."""
ANYBODYS = {"organisation_id"}
"""Who has enrolled is published."""


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A schema without references at its top."""
    while "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return resolved(schema["allOf"][0], whole)
    return schema


def sample(name: str, schema: dict[str, Any], whole: dict[str, Any], ids: dict[str, Any]) -> Any:
    """A value that fits, with one's own ids where ids are asked for."""
    schema = resolved(schema, whole)
    if "enum" in schema:
        return schema["enum"][0]
    for each in schema.get("oneOf", []) + schema.get("anyOf", []):
        return sample(name, each, whole, ids)
    match schema.get("type"):
        case "object":
            return {key: sample(key, each, whole, ids) for key, each in schema.get("properties", {}).items()}
        case "array":
            return [sample(name, schema["items"], whole, ids)]
        case "boolean":
            return True
        case "integer" | "number":
            return 1
        case _ if schema.get("format") == "uuid":
            return str(ids.get(world_name(name, ids), uuid7()))
        case _ if schema.get("format") == "date":
            return "2026-01-01"
        case _ if schema.get("format") == "date-time":
            return "2026-01-01T00:00:00+08:00"
        case _:
            return BODY.get(name, "某") if isinstance(BODY.get(name, "某"), str) else "某"


def world_name(name: str, ids: dict[str, Any]) -> str:
    """What the world calls the rows that a field names: `exhibit_ids` are of `exhibit_id`."""
    single = name[:-1] if name.endswith("_ids") else name
    if single in ids:
        return single
    last = "_".join(single.split("_")[-2:])
    return NAMES.get(single, last if last in ids else "user_id")


def id_fields(schema: dict[str, Any], whole: dict[str, Any], path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Places of ids in a body: ("items", 0, "item_id")."""
    schema = resolved(schema, whole)
    for each in schema.get("oneOf", []) + schema.get("anyOf", []):
        yield from id_fields(each, whole, path)
    if schema.get("format") == "uuid" and path:
        yield path
    elif schema.get("type") == "array":
        yield from id_fields(schema["items"], whole, (*path, 0))
    elif schema.get("type") == "object":
        for key, each in schema.get("properties", {}).items():
            yield from id_fields(each, whole, (*path, key))


def put(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with another value at that place; in a list of ids the value stands beside one's own."""
    body = json.loads(json.dumps(body))
    at = body
    for step in path[:-1]:
        at = at[step]
    if path[-1] == 0:
        at.append(value)
    else:
        at[path[-1]] = value
    return body


def operations(whole: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, schema of the body) of what takes a JSON body."""
    for path, methods in whole["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {}) if isinstance(described, dict) else {}
            if "application/json" in content:
                yield method.upper(), path, content["application/json"]["schema"]


def filled_path(path: str, own: dict[str, Any]) -> str | None:
    """With one's own ids; None where the world has none."""
    for name in [part.partition("}")[0] for part in path.split("{")[1:]]:
        if name not in own:
            return None
        path = path.replace(f"{{{name}}}", str(own[name]))
    return path


def bodies(schema: dict[str, Any], whole: dict[str, Any], own: dict[str, Any]) -> Iterator[tuple[str, Any, Any, Any]]:
    """(name of the field, its place, a body with one's own ids there, the same without one optional field)."""
    body = sample("", schema, whole, own)
    top = resolved(schema, whole)
    optional = [name for name in top.get("properties", {}) if name not in top.get("required", [])]
    for path in id_fields(schema, whole):
        name = next(step for step in reversed(path) if isinstance(step, str))
        yield name, path, body, None
        for left_out in size([], optional):
            # An id that one chooses is one's own when something was made under it, and is answered with that then.
            if left_out != path[0] and path != ("id",) and isinstance(body, dict):
                yield name, path, {key: value for key, value in body.items() if key != left_out}, left_out


@pytest.mark.guard("G2")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", ["province", "brands"])
def test_a_foreign_id_in_any_field_of_any_body_is_told_from_an_absent_one_by_nothing(
    everybody: World, cluster, client_for, kind, trials
):
    before, wrong, count = rows_of_everybody(cluster), [], 0
    for attempt in (each for each in WHO if each.kind == kind):
        client = signed_in(client_for, everybody, attempt)
        whole = json.loads(client.get("/api/v1/schema/?format=json").content)
        own, foreign = everybody.ids[attempt.owner], everybody.ids[attempt.foreign]
        for method, template, schema in operations(whole):
            path = filled_path(template, own)
            if path is None or not one_in(12, 1, template, method, attempt.person):
                continue
            for name, place, body, left_out in bodies(schema, whole, own):
                if (kind, world_name(name, foreign)) in PUBLISHED or world_name(name, foreign) in ANYBODYS:
                    continue
                absent, theirs = str(uuid7()), str(foreign.get(world_name(name, foreign), uuid7()))
                answers = []
                for value in (absent, theirs):
                    data = json.dumps(put(body, place, value))
                    answer = client.generic(method, path, data, content_type="application/json")
                    answers.append(said(answer, {"it": value}))
                count += 2
                refused, found = answers
                what = f"{attempt.person} of {attempt.owner}: {method} {template} {place} without {left_out}"
                if found[0] >= 500 or refused[0] >= 500:
                    wrong.append(f"{what}: absent {refused[0]}, foreign {found[0]}")
                elif refused[0] >= 400 and found != refused:
                    wrong.append(f"{what}: absent {refused}, foreign {found}")
    trials(count)
    after = rows_of_everybody(cluster)
    others = ("gz.", "gd.", "fj.") if kind == "province" else ("gz.", "gd.", "fj.", "gx.")
    wrong += [f"rows of {name} changed" for name in before if name.startswith(others) and before[name] != after[name]]
    assert count and not wrong, "\n".join(wrong[:40])


def test_ids_are_found_wherever_a_description_hides_them():
    whole = {"components": {"schemas": {"Row": {"type": "object", "properties": {
        "unit_id": {"type": "string", "format": "uuid"},
        "exhibit_ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
    }}}}}  # fmt: skip
    schema = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}},
    }
    assert list(id_fields(schema, whole)) == [("rows", 0, "unit_id"), ("rows", 0, "exhibit_ids", 0)]
    own = {"unit_id": UUID(int=1), "exhibit_id": UUID(int=2)}
    body = sample("", schema, whole, own)
    assert put(body, ("rows", 0, "exhibit_ids", 0), "x")["rows"][0]["exhibit_ids"] == [str(UUID(int=2)), "x"]
