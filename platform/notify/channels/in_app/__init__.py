"""The page itself: the notice is there already, pages that are open hear of it at once."""

from accounts.models import User
from notify import live
from notify.channels import SENT, Result
from notify.models import Notice


def send(person: User, notice: Notice) -> Result:
    """Tell the person's open pages. The notice stands without it."""
    for party in live.parties_of(person):
        live.publish([f"person:{person.pk}"], "notice", {"id": str(notice.pk)}, party=party)
    return SENT
