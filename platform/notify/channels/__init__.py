"""One folder per channel. Each has `send(person, notice) -> Result` and says by itself whether it can reach the person.

What leaves the house is made in `outgoing` alone: a fixed sentence and a link, never a word of the notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast
from urllib.parse import quote

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from notify.models import ChannelName, ChannelSetting, Notice
from notify.sealing import unseal
from notify.words import outward, path_only


@dataclass(frozen=True)
class Result:
    """What became of one try. ok: it left. final: trying again would not help (no number, no robot)."""

    ok: bool
    detail: str = ""
    final: bool = False


SENT = Result(ok=True)
NO_ADDRESS = Result(ok=False, detail="no_address", final=True)
NO_GATEWAY = Result(ok=False, detail="no_gateway", final=True)


class Channel(Protocol):
    """What a channel's package offers."""

    def send(self, person: User, notice: Notice) -> Result: ...


class Transport(Protocol):
    """What brings a message to a gateway. Returns whether the gateway took it; raises nothing."""

    def deliver(self, url: str, *, title: str, body: str) -> bool: ...


def channel(name: str) -> Channel:
    """The channel of that name. Raises ValueError for an unknown one."""
    if name not in ChannelName.values:
        raise ValueError(f"no channel {name!r}")
    return cast(Channel, import_module(f"notify.channels.{name}"))


def transport() -> Transport:
    """The one that settings.NOTIFY_TRANSPORT names."""
    made: Transport = import_string(settings.NOTIFY_TRANSPORT)()
    return made


def outgoing(person: User, notice: Notice) -> tuple[str, str]:
    """Title and body as they leave the house, in the person's language."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        title = _("查真假") + ("·" + _("紧急") if notice.urgent else "")
        return title, f"{outward(notice.code)}。{_('请登录查看')}：{page_address(notice)}"


def page_address(notice: Notice) -> str:
    """Full address of the page a notice leads to, on the host of this seat."""
    from notify.live import host_of_seat

    return f"{settings.SCHEME}://{host_of_seat()}{path_only(notice.url) or '/notices/'}"


def through_gateway(url: str, address: str, person: User, notice: Notice) -> Result:
    """Send by a gateway whose apprise address has `{to}` where the number or mailbox goes."""
    if not address:
        return NO_ADDRESS
    title, body = outgoing(person, notice)
    where = url.replace("{to}", quote(address, safe="")) if url else ""
    return SENT if transport().deliver(where, title=title, body=body) else Result(ok=False, detail="gateway_refused")


def through_robot(name: str, person: User, notice: Notice) -> Result:
    """Send by the group robot of the person's party."""
    from notify.live import parties_of

    found = ChannelSetting.objects.filter(owner__in=parties_of(person), channel=name, is_active=True).first()
    if found is None:
        return NO_GATEWAY
    title, body = outgoing(person, notice)
    taken = transport().deliver(unseal(found.sealed_url), title=title, body=f"{person.display_name}：{body}")
    return SENT if taken else Result(ok=False, detail="gateway_refused")
