"""A person's own notices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest

from accounts.models import Post
from kernel.errors import NotFound404
from notify.models import ChannelName, ChannelSetting, Notice
from provinces.context import required

ROBOTS = (ChannelName.WECOM, ChannelName.DINGTALK)
KEEPERS = {"province": (Post.Role.BUREAU_ADMIN,), "office": (Post.Role.OFFICE_ADMIN,)}


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


def may_set_robots(request: HttpRequest) -> bool:
    """Whether this person keeps the group robots of the bureau or of the office: its system administrator."""
    return request.user.is_authenticated and request.user.has_role(*KEEPERS.get(required().kind, ()))


def robots() -> list[dict[str, Any]]:
    """The robots a party can have, and since when each is set. Their addresses are not told."""
    kept = {row.channel: row for row in ChannelSetting.objects.filter(owner=required().name)}
    return [{"name": name, "label": ChannelName(name).label, "setting": kept.get(name)} for name in ROBOTS]


def unread(person: Any) -> int:
    """How many notices this person has not read."""
    return Notice.objects.filter(user_id=person.pk, read_at=None).count() if person.is_authenticated else 0


def unread_about(user_id: UUID, *, code: str, url: str) -> list[UUID]:
    """Unread notices of one code that lead a person to one page."""
    return list(Notice.objects.filter(user_id=user_id, code=code, url=url, read_at=None).values_list("pk", flat=True))


def unread_of_request(request: HttpRequest) -> int:
    """The same, counted once a request: two bars may show it."""
    user = getattr(request, "user", None)
    if user is None:
        return 0
    if not hasattr(request, "_unread_notices"):
        request._unread_notices = unread(user)  # type: ignore[attr-defined]
    return request._unread_notices  # type: ignore[attr-defined,no-any-return]
