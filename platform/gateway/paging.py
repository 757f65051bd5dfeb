"""Cursor paging, stable while rows are added: `?cursor=…&limit=…` (at most 200)."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from kernel.errors import BadInput


class ByNewest(CursorPagination):
    """Newest first, by UUIDv7."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    cursor_query_param = "cursor"

    def decode_cursor(self, request: Request):  # type: ignore[no-untyped-def] # REST framework's own tuple
        try:
            return super().decode_cursor(request)
        except NotFound as error:
            raise BadInput(code="cursor_unknown") from error
