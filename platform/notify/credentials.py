"""Stream tickets, in the table of all credentials."""

from __future__ import annotations

from django.conf import settings

from accounts.credentials import Credential, register
from accounts.models import User
from notify import live
from notify.events_app import read_ticket
from provinces.context import required


def _issue(user: User) -> str:
    parties = live.parties_of(user) or [required().name]
    return live.sign(person_id=str(user.pk), parties=parties, host=live.host_of_seat())


def _accepts(user: User, ticket: str) -> bool:
    host = live.host_of_seat()
    said = read_ticket(ticket, {"host": f"{host.partition(':')[0]}:1", "origin": f"{settings.SCHEME}://{host}"})
    return said is not None and said["person"] == str(user.pk)


register(Credential("event_ticket", _issue, _accepts))
