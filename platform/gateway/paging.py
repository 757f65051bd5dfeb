"""Cursor paging, stable while rows are added: `?cursor=…&limit=…` (at most 200)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from kernel.errors import BadInput


class ByNewest(CursorPagination):
    """Newest first, by UUIDv7."""

    ordering: Any = "-id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    cursor_query_param = "cursor"

    def decode_cursor(self, request: Request):  # type: ignore[no-untyped-def] # REST framework's own tuple
        try:
            return super().decode_cursor(request)
        except (NotFound, UnicodeError, ValueError, OverflowError) as error:
            raise _unknown_cursor() from error

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        wanted = self.decode_cursor(request)
        if wanted is not None and wanted.position is not None and not self._is_position(queryset, wanted.position):
            raise _unknown_cursor()
        return super().paginate_queryset(queryset, request, view)

    def _is_position(self, queryset: Any, position: str) -> bool:
        """Whether a cursor's place is a value of the column that rows are ordered by: anybody may write one."""
        ordering = self.ordering if isinstance(self.ordering, str) else self.ordering[0]
        field = queryset.model._meta.get_field(ordering.lstrip("-"))
        try:
            field.to_python(position)
        except (ValidationError, ValueError):
            return False
        return "\x00" not in position

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) <= self.max_page_size):
            raise BadInput(_("limit 要写 1 至 {longest} 的整数。"), code="limit_wrong", longest=self.max_page_size)
        return int(asked)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for each in parameters:
            if each["name"] == self.page_size_query_param:
                each["schema"] = {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
        return parameters


class ByName(ByNewest):
    """By account name, for lists of people."""

    ordering = "username"


class ByCode(ByNewest):
    """By code, for lists of units."""

    ordering = "code"


def _unknown_cursor() -> BadInput:
    return BadInput(_("cursor 只能用上一页给出的 next 或 previous。请从第一页重新取。"), code="cursor_unknown")
