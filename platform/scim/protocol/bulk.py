"""Many operations in one call (RFC 7644 section 3.7): each by itself, with its own answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict
from scim.errors import TooManyOperations
from scim.protocol.answers import Answer, refusal
from scim.protocol.handlers import Call, dispatch
from scim.schemas import MOST_OPERATIONS

SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
_MARK = "bulkId:"


def run(call: Call) -> Answer:
    """Do what can be done, in the order given; an operation that names a later one's bulkId waits for it."""
    payload = call.data if isinstance(call.data, dict) else {}
    operations = next((value for key, value in payload.items() if key.lower() == "operations"), None)
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        raise BadInput(_("缺少 Operations 列表。请按 RFC 7644 第 3.7 节发送。"), code="unreadable")
    if len(operations) > MOST_OPERATIONS:
        raise TooManyOperations(most=MOST_OPERATIONS)
    most_errors = payload.get("failOnErrors") or 0
    made: dict[str, str] = {}
    results: dict[int, dict[str, Any]] = {}
    waiting = list(enumerate(operations))
    errors = 0
    while waiting:
        late: list[tuple[int, dict[str, Any]]] = []
        for place, operation in waiting:
            if most_errors and errors >= most_errors:
                break
            data, unknown = _resolved(operation.get("data"), made)
            path, unknown_path = _resolved(str(operation.get("path") or ""), made)
            coming = {str(each.get("bulkId")) for _place, each in waiting if each is not operation} - set(made)
            if (unknown | unknown_path) & coming:
                late.append((place, operation))
                continue
            result = _one(call, operation, data, path, unknown | unknown_path)
            results[place] = result
            errors += result.get("response") is not None and int(result["status"]) >= 400
            if operation.get("bulkId") and "location" in result:
                made[str(operation["bulkId"])] = result["location"].rsplit("/", 1)[-1]
        else:
            if len(late) == len(waiting):  # they wait for one another
                for place, operation in late:
                    results[place] = _result(operation, _ring())
                late = []
            waiting = late
            continue
        break
    return Answer(200, {"schemas": [SCHEMA], "Operations": [results[place] for place in sorted(results)]})


def _one(call: Call, operation: dict[str, Any], data: Any, path: str, unknown: set[str]) -> dict[str, Any]:
    method = str(operation.get("method") or "").upper()
    endpoint, _slash, resource_id = path.strip("/").partition("/")
    single = replace(
        call, method=method, data=data, query={}, if_match=str(operation.get("version") or ""), if_none_match=""
    )
    try:
        if unknown:
            raise BadInput(_("没有这个 bulkId：{bulk_id}。"), code="value_wrong", bulk_id=sorted(unknown)[0])
        if method not in ("POST", "PUT", "PATCH", "DELETE"):
            raise BadInput(_("批量里只能用 POST、PUT、PATCH、DELETE。"), code="value_wrong")
        answer = dispatch(single, endpoint, resource_id)
    except Exception as error:  # each operation is answered by itself; what is no refusal goes on up
        refused = refusal(error)
        if refused is None:
            raise
        answer = refused
    result = _result(operation, answer)
    if "location" not in result and resource_id:
        result["location"] = f"{call.base}/{endpoint}/{resource_id}"
    return result


def _result(operation: dict[str, Any], answer: Answer) -> dict[str, Any]:
    result: dict[str, Any] = {"method": operation.get("method"), "status": str(answer.status)}
    if operation.get("bulkId"):
        result["bulkId"] = operation["bulkId"]
    if answer.location:
        result["location"] = answer.location
    if answer.version:
        result["version"] = answer.version
    if answer.status >= 400:
        result["response"] = answer.body
    return result


def _ring() -> Answer:
    answer = refusal(Conflict(_("这些操作互相等待对方的 bulkId，没有执行。请拆开发送。"), code="bulk_ring"))
    if answer is None:
        raise AssertionError("a problem has an answer")
    return answer


def _resolved(value: Any, made: dict[str, str]) -> tuple[Any, set[str]]:
    """`value` with each "bulkId:x" replaced by the id it stands for, and the names that stand for nothing yet."""
    if isinstance(value, str):
        if _MARK not in value:
            return value, set()
        before, name = value.split(_MARK, 1)
        name, slash, rest = name.partition("/")
        return (f"{before}{made[name]}{slash}{rest}", set()) if name in made else (value, {name})
    if isinstance(value, list | dict):
        missing: set[str] = set()
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        done = []
        for key, each in pairs:
            new, unknown = _resolved(each, made)
            missing |= unknown
            done.append((key, new))
        return (dict(done) if isinstance(value, dict) else [new for _key, new in done]), missing
    return value, set()
