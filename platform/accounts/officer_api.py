"""Who may call the API of the people of a bureau."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Post
from gateway.serializers import Fields, NothingIn, read
from gateway.views import ApiView
from kernel.errors import NotAllowed


class Reader(BasePermission):
    """Officers, dispatchers and leaders."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


class View(ApiView):
    """Of people who ask or read; what they may see is decided by the doors."""

    permission_classes = [*ApiView.permission_classes, Reader]


class OfficerView(View):
    """Where something is asked for the first time: officers only."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and not request.user.has_role(Post.Role.OFFICER):
            raise NotAllowed()


def step(
    operation_id: str,
    do: Callable[..., Any],
    *,
    row: str,
    answers: type[serializers.BaseSerializer[Any]],
    argument: str = "",
    reads: type[Fields] = NothingIn,
    whole: Callable[[Request, UUID], Any] | None = None,
    says: str = "",
) -> type[View]:
    """A view whose POST is one step of one row's life: `do(by=…, <argument>=id, **what was read)`.

    row: name of the id in the address; argument: its name for `do`, the same unless given. Answered by what `do`
    returns, written by `answers`; where `whole` is given, by what it makes of the row.
    """

    class Step(View):
        @extend_schema(operation_id=operation_id, request=reads, responses=answers, description=says)
        def post(self, request: Request, **ids: UUID) -> Response:
            done = do(by=request.user, **{argument or row: ids[row]}, **read(reads, request))
            return Response(whole(request, ids[row]) if whole else answers(done).data)

    return Step
