"""Who may call the API of the people of a bureau."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Post
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
