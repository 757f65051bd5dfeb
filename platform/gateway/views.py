"""What every view of the API is made of."""

from __future__ import annotations

from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated

from gateway.idempotency import Once
from gateway.tokens import TokenScope


class ApiView(Once, GenericAPIView):
    """Signed in by session or token, idempotent writes, problems as RFC 9457."""

    permission_classes = [IsAuthenticated, TokenScope]
