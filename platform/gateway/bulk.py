"""Many rows in one call: each is taken or refused by itself, and each answer says which row it speaks of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from gateway import pacing
from gateway.idempotency import LONGEST_KEY, KeyReused
from gateway.limits import is_on_site
from gateway.models import IdempotencyKey
from gateway.parsers import Cells, Csv, Json, JsonLines, RawRow
from gateway.problems import as_problem
from gateway.serializers import Fields, holds_nul
from gateway.views import ApiView
from kernel import clock
from kernel.errors import BadInput, Problem, TooLarge

MOST_ROWS = 200


class BulkShapes(NamedTuple):
    """What a bulk operation is described by: its body and its answer."""

    reads: Any
    answers: Any


class RowProblem(serializers.Serializer[Any]):
    """Why a row was refused. line: of the body where it has lines; field: the first wrong one."""

    code = serializers.CharField()
    detail = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    field = serializers.CharField(allow_blank=True)
    data = serializers.DictField()


def shapes(name: str, reads: type[Fields], answers: type[serializers.BaseSerializer[Any]]) -> BulkShapes:
    """The described body and answer of a bulk operation. name: begins the names of the schemas."""
    keyed = type(f"{name}Row", (reads,), {"key": _key_field(), "__doc__": reads.__doc__})
    row = inline_serializer(
        f"{name}Result",
        {
            "index": serializers.IntegerField(help_text="of the row as it was sent, from 0"),
            "line": serializers.IntegerField(allow_null=True),
            "key": serializers.CharField(allow_blank=True),
            "status": serializers.IntegerField(help_text="as the row would have been answered alone"),
            "replayed": serializers.BooleanField(help_text="was done by an earlier call with this key"),
            "result": answers(allow_null=True),
            "problem": RowProblem(allow_null=True),
        },
        many=True,
    )
    body = inline_serializer(f"{name}Body", {"rows": keyed(many=True, min_length=1, max_length=MOST_ROWS)})
    return BulkShapes(
        {"application/json": body},  # lines and CSV are told in words: a schema says nothing of them
        inline_serializer(
            f"{name}Answer",
            {"done": serializers.IntegerField(), "refused": serializers.IntegerField(), "results": row},
        ),
    )


def _key_field() -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_KEY, help_text="of the row, yours: sent twice it is one"
    )


class Bulk(ApiView):
    """Mixin for a bulk address: reads JSON `{"rows": […]}`, JSON lines and CSV."""

    parser_classes = [Json, JsonLines, Csv]


def each_row(
    request: Request,
    reads: type[Fields],
    one: Callable[[dict[str, Any]], Any],
    answers: type[serializers.BaseSerializer[Any]],
    *,
    operation: str,
    status: int = 201,
) -> Response:
    """Do `one(row)` for every row, each in a transaction of its own, and answer 200 with what became of each.

    A row that is refused leaves nothing and keeps its key free; a row with a key that was done before is answered as
    it was then. operation: its id, keys of different operations do not meet. Raises BadInput, TooLarge, FairUse for the
    whole; of what is asked on the premises never FairUse.
    """
    work, rows = _Work(request, reads, one, answers, operation, status), _rows(request)
    if not is_on_site(request.path):
        pacing.require("bulk_rows", user=request.user, amount=len(rows))
    results = [{"index": index, "line": row.line, **work.on(row)} for index, row in enumerate(rows)]
    done = sum(each["problem"] is None for each in results)
    return Response({"done": done, "refused": len(results) - done, "results": results})


def _rows(request: Request) -> list[RawRow]:
    sent = request.data
    if isinstance(sent, Mapping):
        rows = sent.get("rows")
        if not isinstance(rows, list):
            raise BadInput(_("请把各行放在 rows 里，例如 {example}。"), code="rows_missing", example='{"rows": [{…}]}')
        found = [RawRow(each) for each in rows]
    elif isinstance(sent, list) and all(isinstance(each, RawRow) for each in sent):
        found = sent
    else:
        raise BadInput(_("请把各行放在 rows 里，例如 {example}。"), code="rows_missing", example='{"rows": [{…}]}')
    if not found:
        raise BadInput(_("一行也没有。请至少发一行。"), code="rows_empty")
    if len(found) > MOST_ROWS:
        raise TooLarge(
            _("一次最多 {limit} 行，这次有 {found} 行。请分几次发。"),
            code="too_many_rows",
            limit=MOST_ROWS,
            found=len(found),
        )
    return found


@dataclass(frozen=True)
class _Work:
    """What is done with every row of one call."""

    request: Request
    reads: type[Fields]
    one: Callable[[dict[str, Any]], Any]
    answers: type[serializers.BaseSerializer[Any]]
    operation: str
    status: int

    def on(self, row: RawRow) -> dict[str, Any]:
        """Do one row, or say why not; what is no refusal goes on up."""
        key = ""
        try:
            key, content = _content(row)
            with transaction.atomic():
                return self._done(key, content)
        except Exception as error:
            problem = as_problem(error)
            if problem is None or problem.status >= 500:
                raise
            said = _said(problem, row)
            return {"key": key, "status": problem.status, "replayed": False, "result": None, "problem": said}

    def _done(self, key: str, content: Any) -> dict[str, Any]:
        kept, earlier = _claim(self.request, self.operation, key, content) if key else (None, None)
        if kept is not None and earlier is not None:
            return {"key": key, "status": kept.status, "replayed": True, "result": earlier, "problem": None}
        filled = self.reads(data=content)
        filled.is_valid(raise_exception=True)
        written = self.answers(self.one(dict(filled.validated_data)), context={"request": self.request}).data
        result = json.loads(json.dumps(written, cls=JSONEncoder))
        if kept is not None:
            kept.status, kept.body = self.status, json.dumps(result).encode()
            kept.save(update_fields=["status", "body"])
        return {"key": key, "status": self.status, "replayed": False, "result": result, "problem": None}


def _content(row: RawRow) -> tuple[str, Any]:
    if row.problem is not None:
        raise row.problem
    if not isinstance(row.content, Mapping):
        raise BadInput(_("这一行不是 JSON 对象。请写成花括号里的字段。"), code="row_unreadable")
    content: Any = row.content.copy() if isinstance(row.content, Cells) else dict(row.content)
    key = content.get("key") or ""
    content.pop("key", None)
    if not isinstance(key, str) or len(key) > LONGEST_KEY or holds_nul(key):
        raise BadInput(_("key 要写 1 至 {longest} 个字符。"), code="row_key_wrong", longest=LONGEST_KEY)
    return key, content


def _claim(request: Request, operation: str, key: str, content: Any) -> tuple[IdempotencyKey, Any]:
    """The row that holds this key until the transaction ends, and what an earlier call was answered with it.

    Unlike a whole call's key it is written together with what the row does: either both stand or neither.
    """
    spoken = dict(content.lists()) if isinstance(content, Cells) else content
    digest = hashlib.sha256(json.dumps(spoken, sort_keys=True, default=str).encode()).hexdigest()
    name = "row:" + hashlib.sha256(f"{operation}\n{key}".encode()).hexdigest()
    kept, made = IdempotencyKey.objects.select_for_update().get_or_create(
        user_id=request.user.pk,
        seat=request.host.seat.name,
        key=name,
        defaults={"request_sha256": digest, "created_at": clock.now()},
    )
    if made:
        return kept, None
    if kept.request_sha256 != digest:
        raise KeyReused()
    return kept, json.loads(bytes(kept.body))


def _said(problem: Problem, row: RawRow) -> dict[str, Any]:
    told = problem.as_problem()
    fields = told["data"].get("fields")
    return {
        "code": told["code"],
        "detail": told["detail"],
        "line": row.line,
        "field": next(iter(fields), "") if isinstance(fields, dict) else "",
        "data": told["data"],
    }
