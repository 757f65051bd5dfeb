"""What every view of the API is made of."""

from __future__ import annotations

from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from gateway.idempotency import Once
from gateway.tokens import TokenScope


class ApiView(Once, GenericAPIView):
    """Signed in by session or token, idempotent writes, problems as RFC 9457."""

    permission_classes: Any = [IsAuthenticated, TokenScope]
    filter_backends: Any = []
    pagination_class: Any = None

    def paged(self, rows: Any, serializer: Any) -> Response:
        """One page of `rows` written by `serializer`. Needs a `pagination_class`."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(page, many=True).data)
