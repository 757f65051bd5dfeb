"""What every view of the API is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gateway import limits
from gateway.idempotency import Once
from gateway.retiring import Warned
from gateway.tokens import TokenScope

Gate = Callable[[Request], None]
_gates: list[Gate] = []


def register_gate(gate: Gate) -> None:
    """Ask `gate(request)` before every operation, once it is known who asks. It raises what refuses."""
    if gate not in _gates:
        _gates.append(gate)


class _AnyAccept(DefaultContentNegotiation):
    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class AnswersFile:
    """Mixin of a view that answers a file: whatever `Accept` says is let in, refusals are problem details."""

    content_negotiation_class = _AnyAccept


class ApiView(Warned, Once, GenericAPIView):
    """Signed in by session or token, idempotent writes, problems as RFC 9457; `retiring` where it is on its way out."""

    permission_classes: Any = [IsAuthenticated, TokenScope]
    filter_backends: Any = []
    pagination_class: Any = None

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        for gate in _gates:
            gate(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        limits.say(request._request, response)
        return response

    def paged(self, rows: Any, serializer: Any) -> Response:
        """One page of `rows` written by `serializer`. Needs a `pagination_class`."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(page, many=True).data)
