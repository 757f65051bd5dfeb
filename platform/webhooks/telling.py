"""Telling administrators that an endpoint does not answer: once for each outage, however many events wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from connections import rules
from connections.foreign import administrators
from kernel import clock
from notify.services import tell
from notify.words import register
from webhooks.models import Endpoint

TELL_AFTER = timedelta(minutes=30)
register("webhook_silent", _("有一个对接系统收不到回调"))


def silent(endpoint: Endpoint) -> None:
    """Nothing has got through for half an hour."""
    now = clock.now()
    since = endpoint.failing_since
    if since is None or now - since < TELL_AFTER or not _first(endpoint, "told_at"):
        return
    _tell(
        endpoint, _("“{name}”的回调地址连不上"), _("事件在排队，恢复后自动补发，每个对象的先后不变。请通知对方检查。")
    )


def dead(endpoint: Endpoint) -> None:
    """Events were given up after two days."""
    if _first(endpoint, "dead_told_at"):
        _tell(
            endpoint,
            _("“{name}”有回调两天未送达"),
            _("系统不再自动重发。对方恢复后，请在回调页面按时间段重发。"),
        )


def gone(endpoint: Endpoint) -> None:
    """The receiver said that the address is no more."""
    _tell(endpoint, _("“{name}”取消了回调地址"), _("对方答复 410，已停止发送。如需恢复，请核对地址后重新启用。"))


def _first(endpoint: Endpoint, field: str) -> bool:
    """Whether this is the first to tell it in this outage."""
    return bool(Endpoint.objects.filter(pk=endpoint.pk, **{field: None}).update(**{field: clock.now()}))


def _tell(endpoint: Endpoint, title: Any, body: Any) -> None:
    tell(
        to=_people(endpoint),
        code="webhook_silent",
        title=str(title).format(name=endpoint.connection.name),
        body=body,
        url=f"/connections/{endpoint.connection_id}/webhooks/",
    )


def _people(endpoint: Endpoint) -> Iterable[UUID]:
    from accounts.models import User

    people = list(administrators())
    house = endpoint.connection.organisation_id
    if house is None:
        return people
    kept = User.objects.filter(pk__in=people)
    return [each.pk for each in kept if house in (rules.organisations(each) or ())]
