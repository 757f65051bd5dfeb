"""What each method does to each kind of resource. `dispatch` serves single calls and the operations of a bulk call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from scim2_models import Context, ListResponse, PatchOp, ResponseParameters, ScimFilter, SearchRequest

from accounts.models import Post, Unit, User
from gateway.problems import MethodWrong
from kernel.errors import NotFound404
from scim import selectors
from scim.errors import FilterUnknown, GroupFixed, VersionOld
from scim.filters import PEOPLE, UNITS, conditions, order
from scim.presenting import person_resource, role_resource, unit_resource
from scim.protocol.answers import Answer
from scim.schemas import MOST_RESULTS, POLICY, UnitFacts, group_model, person_model
from scim.services import people, units
from scim.services.people import Source

DEFAULT_COUNT = 100


@dataclass(frozen=True)
class Call:
    """One operation. base: address of the service. if_match: version that the caller read, "" for whatever is there."""

    source: Source
    base: str
    method: str
    query: Mapping[str, Any]
    data: Any = None
    if_match: str = ""
    if_none_match: str = ""


def dispatch(call: Call, endpoint: str, resource_id: str) -> Answer:
    """Do one operation on /Users or /Groups, with or without an id. Raises what `answers.refusal` knows."""
    if endpoint == "Users":
        return _one_person(call, resource_id) if resource_id else _all_people(call)
    if endpoint == "Groups":
        return _one_group(call, resource_id) if resource_id else _all_groups(call)
    raise NotFound404()


# People ---------------------------------------------------------------------------------------------------------------


def _all_people(call: Call) -> Answer:
    model = person_model()
    if call.method == "POST":
        resource = model.model_validate(call.data, scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY)
        made, _new = people.create(resource, source=call.source)
        return _person_answer(call, str(made.pk), 201, Context.RESOURCE_CREATION_RESPONSE)
    if call.method != "GET":
        raise MethodWrong(method=call.method)
    return search_people(call, SearchRequest[model].model_validate(_asked(call.query), scim_policy=POLICY))  # type: ignore[valid-type]


def search_people(call: Call, request: Any) -> Answer:
    """A page of people."""
    source = call.source
    found = selectors.people(source.connection_id).filter(conditions(request.filter, PEOPLE))
    descending = str(request.sort_order or "") == "descending"
    found = found.order_by(*order(request.sort_by, descending, PEOPLE)).distinct()
    total = found.order_by().count()
    start, count = _window(request)
    rows = list(found[start : start + count])
    known = selectors.known(source.connection_id, [user.pk for user in rows])
    shown = [person_resource(user, known.get(user.pk), base=call.base) for user in rows]
    return _list(shown, total, start, request, person_model())


def _one_person(call: Call, user_id: str) -> Answer:
    user = selectors.person(call.source.connection_id, user_id)
    if call.method == "GET":
        return _person_answer(call, user_id, 200, Context.RESOURCE_QUERY_RESPONSE)
    _same_version(call, lambda: _person_answer(call, user_id, 200, Context.RESOURCE_QUERY_RESPONSE).version)
    model = person_model()
    if call.method == "DELETE":
        people.delete(user, source=call.source)
        return Answer(204, location=f"{call.base}/Users/{user.pk}")
    if call.method == "PUT":
        resource = model.model_validate(call.data, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY)
        people.replace(user, resource, source=call.source)
        return _person_answer(call, user_id, 200, Context.RESOURCE_REPLACEMENT_RESPONSE)
    if call.method == "PATCH":
        people.patch(user, _patch_of(model, call.data), source=call.source)
        return _person_answer(call, user_id, 200, Context.RESOURCE_PATCH_RESPONSE)
    raise MethodWrong(method=call.method)


def _person_answer(call: Call, user_id: str, status: int, context: Context) -> Answer:
    user = selectors.person(call.source.connection_id, user_id)
    known = selectors.known(call.source.connection_id, [user.pk]).get(user.pk)
    return _answer(call, person_resource(user, known, base=call.base), status, context)


# Units and roles ------------------------------------------------------------------------------------------------------


def _all_groups(call: Call) -> Answer:
    model = group_model()
    if call.method == "POST":
        resource = model.model_validate(call.data, scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY)
        made, _new = units.create(resource, source=call.source)
        return _group_answer(call, str(made.pk), 201, Context.RESOURCE_CREATION_RESPONSE)
    if call.method != "GET":
        raise MethodWrong(method=call.method)
    return search_groups(call, SearchRequest[model].model_validate(_asked(call.query), scim_policy=POLICY))  # type: ignore[valid-type]


def search_groups(call: Call, request: Any) -> Answer:
    """A page of groups: the three roles, then units."""
    wants_members = _wants_members(request)
    roles = [
        role_resource(group_id, _holders(role) if wants_members else None, base=call.base)
        for group_id, role in selectors.ROLE_GROUPS.items()
    ]
    if request.filter:
        bound = ScimFilter[group_model()](str(request.filter))  # type: ignore[misc] # a model made while running
        roles = [each for each in roles if bound.match(each)]
    found = selectors.units(call.source.connection_id).filter(conditions(request.filter, UNITS)).distinct()
    descending = str(request.sort_order or "") == "descending"
    found = found.order_by(*order(request.sort_by, descending, UNITS))
    start, count = _window(request)
    total = len(roles) + found.order_by().count()
    shown = roles[start : start + count]
    rest = count - len(shown)
    after = max(0, start - len(roles))
    if rest > 0:
        rows = found[after : after + rest]
        if wants_members:
            rows = rows.prefetch_related(Prefetch("people", _members(call.source.connection_id), to_attr="members_now"))
        shown += [unit_resource(unit, getattr(unit, "members_now", None), base=call.base) for unit in rows]
    return _list(shown, total, start, request, group_model())


def _one_group(call: Call, group_id: str) -> Answer:
    if (role := selectors.role_of_group(group_id)) is not None:
        return _one_role(call, UUID(group_id), role)
    unit = selectors.unit(call.source.connection_id, group_id)
    if call.method == "GET":
        return _group_answer(call, group_id, 200, Context.RESOURCE_QUERY_RESPONSE)
    _same_version(call, lambda: _group_answer(call, group_id, 200, Context.RESOURCE_QUERY_RESPONSE).version)
    model = group_model()
    if call.method == "DELETE":
        units.delete(unit, source=call.source)
        return Answer(204, location=f"{call.base}/Groups/{unit.pk}")
    if call.method == "PUT":
        resource = model.model_validate(call.data, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY)
        units.replace(unit, resource, source=call.source)
        return _group_answer(call, group_id, 200, Context.RESOURCE_REPLACEMENT_RESPONSE)
    if call.method == "PATCH":
        units.patch(unit, _patch_of(model, call.data), source=call.source)
        return _group_answer(call, group_id, 200, Context.RESOURCE_PATCH_RESPONSE)
    raise MethodWrong(method=call.method)


def _one_role(call: Call, group_id: UUID, role: str) -> Answer:
    model = group_model()
    if call.method == "PATCH":
        units.patch_role(group_id, role, _patch_of(model, call.data), source=call.source)
    elif call.method == "PUT":
        resource = model.model_validate(call.data, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY)
        if resource.display_name != str(Post.Role(role).label) or (resource[UnitFacts] or UnitFacts()).kind:
            raise GroupFixed()
        if resource.members is not None:
            units.set_holders(role, {UUID(str(each.value)) for each in resource.members}, source=call.source)
    elif call.method != "GET":
        raise GroupFixed()
    wants = _wants_members(_parameters(call))
    return _answer(
        call,
        role_resource(group_id, _holders(role) if wants else None, base=call.base),
        200,
        Context.RESOURCE_QUERY_RESPONSE,
    )


def _group_answer(call: Call, group_id: str, status: int, context: Context) -> Answer:
    unit: Unit = selectors.unit(call.source.connection_id, group_id)
    members = _members(call.source.connection_id).filter(unit=unit) if _wants_members(_parameters(call)) else None
    return _answer(call, unit_resource(unit, members, base=call.base), status, context)


def _members(connection_id: UUID) -> Any:
    return selectors.people(connection_id).prefetch_related(None).select_related(None).order_by("username")


def _holders(role: str) -> Any:
    return User.people.filter(posts__role=role).distinct().order_by("username")


# Both -----------------------------------------------------------------------------------------------------------------


def search_all(call: Call, payload: Any) -> Answer:
    """POST /.search at the root: people and groups in one answer, the first page of each."""
    person, group = person_model(), group_model()
    request = SearchRequest[person | group].model_validate(payload, scim_policy=POLICY)  # type: ignore[valid-type]
    wanted = _asked({key: value for key, value in (payload or {}).items() if key != "schemas"})
    found: list[Any] = []
    total = 0
    for model, search in ((person, search_people), (group, search_groups)):
        answer = _searched(call, model, search, wanted)
        if answer is not None and answer.body:
            total += answer.body["totalResults"]
            found += answer.body.get("Resources", [])
    _start, count = _window(request)
    body = {
        "schemas": [str(ListResponse.__schema__)],
        "totalResults": total,
        "startIndex": 1,
        "itemsPerPage": len(found[:count]),
        "Resources": found[:count],
    }
    return Answer(200, body)


def _searched(call: Call, model: Any, search: Any, wanted: dict[str, Any]) -> Answer | None:
    """None where the filter names what this kind of resource does not have: it matches none of them."""
    request = SearchRequest.model_validate(wanted, scim_policy=POLICY)
    typed = SearchRequest[model].model_construct(**dict(request))
    try:
        return search(call, typed)  # type: ignore[no-any-return]
    except FilterUnknown:
        return None


def _asked(query: Mapping[str, Any]) -> dict[str, Any]:
    known = ("filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes")
    return {key: query[key] for key in known if query.get(key) not in (None, "")}


def _parameters(call: Call) -> Any:
    wanted = {key: call.query[key] for key in ("attributes", "excludedAttributes") if call.query.get(key)}
    return ResponseParameters.model_validate(wanted)


def _wants_members(request: Any) -> bool:
    asked = {str(each).lower() for each in request.attributes or []}
    left = {str(each).lower() for each in request.excluded_attributes or []}
    return not any(each.endswith("members") for each in left) and (
        not asked or any("members" in each for each in asked)
    )


def _window(request: Any) -> tuple[int, int]:
    count = DEFAULT_COUNT if request.count is None else request.count
    return (request.start_index or 1) - 1, min(count, MOST_RESULTS)


def _list(shown: list[Any], total: int, start: int, request: Any, model: Any) -> Answer:
    body = ListResponse[model](  # type: ignore[valid-type]
        total_results=total, start_index=start + 1, items_per_page=len(shown), resources=shown
    )
    dumped = body.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=request)
    dumped.setdefault("Resources", [])
    return Answer(200, dumped)


def _answer(call: Call, resource: Any, status: int, context: Context) -> Answer:
    version = str(resource.meta.version)
    if call.method == "GET" and call.if_none_match and version in call.if_none_match:
        return Answer(304, version=version)
    body = resource.model_dump(scim_ctx=context, response_parameters=_parameters(call))
    return Answer(status, body, str(resource.meta.location), version)


def _same_version(call: Call, version: Any) -> None:
    if call.if_match and call.if_match != "*" and version() not in call.if_match:
        raise VersionOld()


def _patch_of(model: Any, data: Any) -> Any:
    return PatchOp[model].model_validate(data, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY)
