"""SCIM filters (RFC 7644 section 3.4.2.2) as conditions of the database, so that 15,000 people are not read for one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from scim.errors import FilterUnknown
from scim.schemas import OFFICER, UNIT

PEOPLE: Mapping[str, str] = {
    "id": "pk",
    "externalid": "external_id",
    "username": "username",
    "displayname": "name",
    "name.formatted": "name",
    "title": "title",
    "active": "is_active",
    "emails": "email",
    "emails.value": "email",
    "phonenumbers": "phone",
    "phonenumbers.value": "phone",
    "groups": "unit_id",
    "groups.value": "unit_id",
    "meta.created": "created_at",
    "meta.lastmodified": "changed_at",
    f"{OFFICER.lower()}:certno": "officer_cert_no",
    f"{OFFICER.lower()}:certuntil": "officer_cert_until",
    f"{OFFICER.lower()}:unitcode": "unit__code",
    f"{OFFICER.lower()}:divisioncode": "unit__division_code",
    f"{OFFICER.lower()}:roles": "posts__role",
}
UNITS: Mapping[str, str] = {
    "id": "pk",
    "externalid": "external_id",
    "displayname": "name",
    "members": "people__pk",
    "members.value": "people__pk",
    "meta.lastmodified": "changed_at",
    f"{UNIT.lower()}:code": "code",
    f"{UNIT.lower()}:kind": "kind",
    f"{UNIT.lower()}:parentcode": "parent__code",
    f"{UNIT.lower()}:divisioncode": "division_code",
}
_EXACT = frozenset({"pk", "unit_id", "people__pk", "is_active"})
_IN_CASE = frozenset({"external_id", "unit__code", "code", "parent__code"})
_TIMES = frozenset({"created_at", "changed_at", "officer_cert_until"})
_LOOKUPS = {
    CompareOperator.co: "contains",
    CompareOperator.sw: "startswith",
    CompareOperator.ew: "endswith",
    CompareOperator.gt: "gt",
    CompareOperator.ge: "gte",
    CompareOperator.lt: "lt",
    CompareOperator.le: "lte",
}


class Conditions(FilterVisitor[Q]):
    """Walks a parsed filter. columns: lower-case attribute path to field."""

    def __init__(self, columns: Mapping[str, str], prefix: str = "") -> None:
        self.columns, self.prefix = columns, prefix

    def visit_comparison(self, node: Comparison) -> Q:
        column = self._column(node.attr_path, node.value)
        if column == "":
            return Q()
        op, value = node.op, node.value
        if op == CompareOperator.ne:
            return ~self._equal(column, value)
        if op == CompareOperator.eq:
            return self._equal(column, value)
        if column in _EXACT or not isinstance(value, str):
            raise FilterUnknown(attribute=str(node.attr_path))
        if column in _TIMES:
            return Q(**{f"{column}__{_LOOKUPS[op]}": self._time(node)})
        case = "" if column in _IN_CASE or _LOOKUPS[op] in ("gt", "gte", "lt", "lte") else "i"
        return Q(**{f"{column}__{case}{_LOOKUPS[op]}": value})

    def visit_present(self, node: Present) -> Q:
        column = self._column(node.attr_path, None)
        if column in _EXACT or column in _TIMES:
            return Q(**{f"{column}__isnull": False})
        return Q(**{f"{column}__isnull": False}) & ~Q(**{column: ""})

    def visit_not(self, node: Not) -> Q:
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        found = self.visit(node.terms[0])
        for term in node.terms[1:]:
            found = found & self.visit(term) if node.op == LogicalOperator.and_ else found | self.visit(term)
        return found

    def visit_value_path(self, node: ValuePath) -> Q:
        return Conditions(self.columns, f"{node.attr_path}.").visit(node.val_filter)

    def _column(self, path: AttrPath, value: Any) -> str:
        name = f"{self.prefix}{path}".lower()
        name = name.removeprefix("urn:ietf:params:scim:schemas:core:2.0:user:").removeprefix(
            "urn:ietf:params:scim:schemas:core:2.0:group:"
        )
        if self.prefix and name.endswith((".type", ".primary")):
            return ""  # one number and one address are kept, whatever they were called
        column = self.columns.get(name)
        if column is None:
            raise FilterUnknown(attribute=str(path))
        return column

    def _equal(self, column: str, value: Any) -> Q:
        if value is None:
            return Q(**{f"{column}__isnull": True})
        if column == "is_active":
            return Q(is_active=value if isinstance(value, bool) else str(value).lower() == "true")
        if column in ("pk", "unit_id", "people__pk"):
            return Q(**{column: _uuid(value)}) if _uuid(value) else Q(pk__in=[])
        if column in _TIMES:
            return Q(**{column: value})
        if column == "officer_cert_no":
            return Q(officer_cert_no=str(value).upper())
        return Q(**{column if column in _IN_CASE else f"{column}__iexact": value})

    def _time(self, node: Comparison) -> Any:
        text = str(node.value)
        try:
            return datetime.fromisoformat(text.replace("Z", "+00:00")) if "T" in text else text
        except ValueError:
            raise FilterUnknown(attribute=str(node.attr_path)) from None


def conditions(parsed: Any, columns: Mapping[str, str]) -> Q:
    """A ScimFilter as a condition. Raises FilterUnknown."""
    return Conditions(columns).visit(parsed.ast) if parsed else Q()


def order(sort_by: Any, descending: bool, columns: Mapping[str, str]) -> list[OrderBy | str]:
    """The order that a call asks for; by id where it asks for none, so that pages fit together."""
    if not sort_by:
        return ["pk"]
    column = columns.get(str(sort_by).lower())
    if column is None:
        raise FilterUnknown(attribute=str(sort_by))
    field = F(column)
    return [field.desc(nulls_first=True) if descending else field.asc(nulls_last=True), "pk"]


def _uuid(value: Any) -> Any:
    try:
        return UUID(str(value))
    except ValueError:
        return None
