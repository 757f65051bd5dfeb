"""Who may look at letters by API: those whose business stuck letters are."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from federation.office.letter_views import may_mend
from gateway.views import ApiView


class Mender(BasePermission):
    """Whose business stuck letters are."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return may_mend(request._request)


class MenderView(ApiView):
    """Of people who mend letters."""

    permission_classes = [*ApiView.permission_classes, Mender]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # The token's person is known to REST framework only; the doors ask the plain request.
        request._request.user = request.user
        super().initial(request, *args, **kwargs)
