"""Telling people, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.dispatch import Signal
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.trail import Person
from kernel import clock
from kernel.errors import BadInput, Words
from kernel.soon import soon
from notify.channels import Result, channel, transport
from notify.models import ChannelName, ChannelSetting, Notice, Outbound
from notify.sealing import seal, unseal

REPEAT_EVERY = timedelta(minutes=10)
REPEAT_TIMES = 6
BACK_OFF = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
]
ROBOT_SCHEMES = {
    ChannelName.WECOM: ("wecombot://",),
    ChannelName.DINGTALK: ("dingtalk://",),
}
"""Addresses a party may give: these reach fixed hosts of the two services, nothing else."""

read = Signal()
"""A notice was read, in the transaction that says so. Arguments: notice."""


def tell(
    *,
    to: Iterable[UUID],
    code: str,
    title: Words,
    url: str,
    body: Words = "",
    urgent: bool = False,
    channels: Sequence[str] = (ChannelName.IN_APP,),
) -> list[Notice]:
    """Tell people something; by message too where `channels` says so. Called inside the change it tells of.

    to: user ids of this seat; unknown and suspended ones are left out. title, body: shown on the page only; what leaves
    the house is the fixed sentence of `notify.words` for `code`. url: path of a page. urgent: ignores quiet hours and
    is sent again every ten minutes, six times, until read.
    """
    unknown = set(channels) - set(ChannelName.values)
    if unknown:
        raise ValueError(f"no such channels: {sorted(unknown)}")
    now, made = clock.now(), []
    outside = [name for name in channels if name != ChannelName.IN_APP]
    for person in User.people.filter(pk__in=list(to), is_active=True):
        with translation.override(person.language or None):
            words, more = str(title), str(body)
        notice = Notice.objects.create(
            user_id=person.pk,
            code=code,
            title=words[:200],
            body=more[:500],
            url=url,
            urgent=urgent,
            channels=outside,
            repeat_at=now + REPEAT_EVERY if urgent else None,
        )
        channel(ChannelName.IN_APP).send(person, notice)
        _send_outside(person, notice, now)
        made.append(notice)
    return made


def _send_outside(person: User, notice: Notice, now: datetime) -> None:
    when = now if notice.urgent else after_quiet(person, now)
    for name in notice.channels:
        outbound = Outbound.objects.create(notice=notice, channel=name, next_try_at=when)
        if when == now:
            transaction.on_commit(lambda outbound_id=outbound.pk: _enqueue(outbound_id))


def _enqueue(outbound_id: UUID) -> None:
    from notify.tasks import send_out

    soon(send_out, str(outbound_id))


def after_quiet(person: User, moment: datetime) -> datetime:
    """`moment`, or the end of the person's quiet hours if it falls into them. Hours are China's."""
    begin, end = person.quiet_from, person.quiet_until
    if begin is None or end is None or begin == end:
        return moment
    local = moment.astimezone(clock.SHANGHAI)
    inside = begin <= local.time() < end if begin < end else local.time() >= begin or local.time() < end
    if not inside:
        return moment
    finish = datetime.combine(local.date(), end, clock.SHANGHAI)
    return (finish if finish > local else finish + timedelta(days=1)).astimezone(moment.tzinfo)


def send_one(outbound_id: UUID) -> Result | None:
    """Try one message once. None: it is not due, or somebody else has it. Nothing is held while the gateway answers."""
    now = clock.now()
    # Claimed by putting the next try off: a worker that dies while it sends leaves a message that is tried again.
    claimed = Outbound.objects.filter(pk=outbound_id, sent_at=None, given_up_at=None, next_try_at__lte=now).update(
        tries=F("tries") + 1, next_try_at=now + timedelta(minutes=2)
    )
    if not claimed:
        return None
    outbound = Outbound.objects.select_related("notice").get(pk=outbound_id)
    person = User.objects.filter(pk=outbound.notice.user_id, is_active=True).first()
    if person is None or outbound.notice.read_at is not None:
        result = Result(ok=False, detail="not_needed", final=True)
    else:
        result = channel(outbound.channel).send(person, outbound.notice)
    now = clock.now()
    if result.ok:
        outbound.sent_at = now
    elif result.final or outbound.tries > len(BACK_OFF):
        outbound.given_up_at = now
    else:
        outbound.next_try_at = now + BACK_OFF[outbound.tries - 1]
    outbound.detail = result.detail[:200]
    outbound.save(update_fields=["sent_at", "given_up_at", "next_try_at", "detail"])
    return result


def due_messages(*, limit: int = 200) -> list[UUID]:
    """Messages whose time has come and that nobody has sent."""
    waiting = Outbound.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=clock.now())
    return list(waiting.order_by("next_try_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def repeat_urgent() -> int:
    """Send urgent notices again that nobody has read. Returns how many."""
    now = clock.now()
    due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        read_at=None, repeat_at__lte=now, urgent=True
    )
    people = User.people.filter(is_active=True).in_bulk([notice.user_id for notice in due])
    for notice in due:
        notice.repeat += 1
        again = notice.user_id in people and notice.repeat < REPEAT_TIMES
        notice.repeat_at = now + REPEAT_EVERY if again else None
        notice.save(update_fields=["repeat", "repeat_at"])
        if person := people.get(notice.user_id):
            channel(ChannelName.IN_APP).send(person, notice)
            _send_outside(person, notice, now)
    return len(due)


@transaction.atomic
def mark_read(*, user_id: UUID, notice_ids: Sequence[UUID] | None = None) -> int:
    """Mark a person's own notices as read; all of them when no ids are given. Returns how many were not before."""
    wanted = Q(user_id=user_id, read_at=None)
    if notice_ids is not None:
        wanted &= Q(pk__in=notice_ids)
    notices = list(Notice.objects.select_for_update(of=("self",)).filter(wanted))
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(read_at=clock.now(), repeat_at=None)
    for notice in notices:
        notice.refresh_from_db(fields=["read_at"])
        read.send(Notice, notice=notice)
    return len(notices)


def remove_robot(*, owner: str, name: str, by: Person) -> None:
    """Forget the address of a party's group robot."""
    for setting in ChannelSetting.objects.filter(owner=owner, channel=name):
        trail.record(setting, "remove", by=by, data={"channel": name})
        setting.delete()


def try_robot(*, owner: str, name: str) -> bool:
    """Send one sentence into the group. Whether the robot took it."""
    setting = ChannelSetting.objects.filter(owner=owner, channel=name).first()
    if setting is None:
        return False
    words = _("这是一条测试消息：通知渠道已接通。")
    return transport().deliver(unseal(setting.sealed_url), title=str(_("查真假")), body=str(words))


def set_robot(*, owner: str, name: str, url: str, by: Person) -> ChannelSetting:
    """Keep the address of a party's group robot, sealed. Raises BadInput unless it is one of the robot's own kind."""
    schemes = ROBOT_SCHEMES.get(ChannelName(name))
    if schemes is None or not url.startswith(schemes):
        raise BadInput(
            _("机器人地址不对：企业微信以 wecombot:// 开头，钉钉以 dingtalk:// 开头。"), code="robot_address"
        )
    setting, _made = ChannelSetting.objects.update_or_create(
        owner=owner, channel=name, defaults={"sealed_url": seal(url), "is_active": True}
    )
    trail.record(setting, "set", by=by, data={"channel": name})
    return setting
