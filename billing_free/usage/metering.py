"""Meters of the floors below: letters, storage, messages, calls of programs. They know nothing of being counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from billing_free.usage import keys, selectors
from billing_free.usage.meters import Meter, Reading, register
from connections.models import Connection, Hour
from evidence.models import Exhibit
from federation.letters.models import Letter
from kernel import clock
from notify.models import ChannelName, Outbound
from provinces.context import required

GB, MINUTE_MS = 1_000_000_000, 60_000
_ORGANISATION, _OWNER = "organisation:", "org-"


def letters(since: datetime, until: datetime) -> list[Reading]:
    """Letters that were sent."""
    rows = (
        Letter.objects.filter(sender_seat=required().name, written_at__gte=since, written_at__lt=until)
        .order_by()
        .annotate(on=TruncDate("written_at", tzinfo=clock.SHANGHAI))
        .values_list("on", "sender")
        .annotate(count=Count("pk"))
    )
    return [Reading(on, count, _organisation(sender, _ORGANISATION)) for on, sender, count in rows]


def storage(since: datetime, until: datetime) -> list[Reading]:
    """Bytes held at the end of each day: originals and the copies made of them."""
    seat = required()
    rows = Exhibit.objects.exclude(state=Exhibit.State.WITHDRAWN).order_by()
    rows = rows.filter(owner=seat.name) if seat.kind == "province" else rows.filter(owner__startswith=_OWNER)
    size = Sum(F("size_bytes") + F("view_size"))
    held: dict[str, int] = defaultdict(int)
    before = rows.filter(received_at__lt=since).values_list("owner").annotate(total=size)
    held |= {owner: int(total) for owner, total in before}
    came: dict[date, dict[str, int]] = defaultdict(dict)
    within = rows.filter(received_at__gte=since, received_at__lt=until)
    within = within.annotate(on=TruncDate("received_at", tzinfo=clock.SHANGHAI))
    for on, owner, total in within.values_list("on", "owner").annotate(total=size):
        came[on][owner] = int(total)
    found, day, last = [], clock.local_date(since), clock.local_date(until - timedelta(microseconds=1))
    while day <= last:
        for owner, total in came[day].items():
            held[owner] += total
        found += [Reading(day, total, _organisation(owner, _OWNER)) for owner, total in held.items() if total]
        day += timedelta(days=1)
    return found


def messages(*channels: str) -> Callable[[datetime, datetime], list[Reading]]:
    """Messages that went out by one of these channels."""

    def read(since: datetime, until: datetime) -> list[Reading]:
        rows = (
            Outbound.objects.filter(channel__in=channels, sent_at__gte=since, sent_at__lt=until)
            .order_by()
            .annotate(on=TruncDate("sent_at", tzinfo=clock.SHANGHAI))
            .values_list("on", "notice__user_id")
            .annotate(count=Count("pk"))
        )
        houses = selectors.houses() if required().kind != "province" else None
        summed: dict[tuple[date, UUID | None], int] = defaultdict(int)
        for on, user_id, count in rows:
            if houses is None:
                summed[on, None] += count
            elif user_id in houses:
                summed[on, houses[user_id]] += count
        return [Reading(on, count, house) for (on, house), count in summed.items()]

    return read


def api_calls(since: datetime, until: datetime) -> list[Reading]:
    """Calls of joined programs, refused ones too."""
    houses = dict(Connection.objects.filter(seat=required().name).values_list("pk", "organisation_id"))
    rows = (
        Hour.objects.filter(connection_id__in=list(houses), direction="in", hour__gte=since, hour__lt=until)
        .order_by()
        .annotate(on=TruncDate("hour", tzinfo=clock.SHANGHAI))
        .values_list("on", "connection_id")
        .annotate(count=Sum("calls"))
    )
    summed: dict[tuple[date, UUID | None], int] = defaultdict(int)
    for on, connection_id, count in rows:
        summed[on, houses[connection_id]] += count
    return [Reading(on, count, house) for (on, house), count in summed.items()]


def _organisation(text: str, prefix: str) -> UUID | None:
    return UUID(text.removeprefix(prefix)) if text.startswith(prefix) else None


_BY_CHANNEL = (
    ("messages_sms", _("短信"), (ChannelName.SMS,), 1, 5),
    ("messages_phone_call", _("语音电话"), (ChannelName.PHONE_CALL,), 1, 12),
    ("messages_email", _("邮件"), (ChannelName.EMAIL,), 100, 8),
    ("messages_robot", _("企业微信和钉钉消息"), (ChannelName.WECOM, ChannelName.DINGTALK), 100, 2),
)
register(
    Meter(
        code="letters", title=_("函件和往来"), unit=_("件"), read=letters, order=30,
        priced_per=100, priced=_("每 100 件"), fen=60,
    )
)  # fmt: skip
register(
    Meter(
        code="storage_bytes", title=_("存储（月末）"), unit="GB", read=storage, order=40, level=True, shown_in=GB,
        priced_per=GB, priced=_("每 GB 每月"), fen=18,
    )
)  # fmt: skip
for place, (code, title, channels, per, fen) in enumerate(_BY_CHANNEL):
    register(
        Meter(
            code=code, title=title, unit=_("条"), read=messages(*channels), order=60 + place,
            priced_per=per, priced=_("每 100 条") if per == 100 else _("每条"), fen=fen,
        )
    )  # fmt: skip
register(
    Meter(
        code="personal_calls", title=_("个人密钥调用"), unit=_("次"), read=keys.calls, order=71,
        priced_per=10_000, priced=_("每 10000 次"), fen=30,
    )
)  # fmt: skip
register(
    Meter(
        code="api_calls", title=_("接口调用"), unit=_("次"), read=api_calls, order=70,
        priced_per=10_000, priced=_("每 10000 次"), fen=30,
    )
)  # fmt: skip
