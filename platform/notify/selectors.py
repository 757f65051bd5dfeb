"""A person's own notices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest

from kernel.errors import NotFound404
from notify.models import Notice


def notices_of(person: Any) -> QuerySet[Notice]:
    """All notices of this person, unread first, newest first."""
    was_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    return Notice.objects.filter(user_id=person.pk).order_by(was_read, "-created_at", "-id")


def access_notice(person: Any, notice_id: UUID) -> Notice:
    """One of this person's own. Raises NotFound404."""
    notice = Notice.objects.filter(pk=notice_id, user_id=person.pk).first() if person.is_authenticated else None
    if notice is None:
        raise NotFound404()
    return notice


def unread(person: Any) -> int:
    """How many notices this person has not read."""
    return Notice.objects.filter(user_id=person.pk, read_at=None).count() if person.is_authenticated else 0


def unread_of_request(request: HttpRequest) -> int:
    """The same, counted once a request: two bars may show it."""
    user = getattr(request, "user", None)
    if user is None:
        return 0
    if not hasattr(request, "_unread_notices"):
        request._unread_notices = unread(user)  # type: ignore[attr-defined]
    return request._unread_notices  # type: ignore[attr-defined,no-any-return]
