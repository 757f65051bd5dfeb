"""Short links to objects, in the table of all credentials."""

from __future__ import annotations

from accounts.credentials import Credential, register
from accounts.models import User
from evidence.store import make_key, read_link, store
from provinces.context import required


def _issue(user: User) -> str:
    return store().link(make_key(required().name, "view"), person_id=user.pk).rpartition("/")[2]


register(Credential("photo_link", _issue, lambda user, token: read_link(token, person_id=user.pk) is not None))
