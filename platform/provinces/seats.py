"""A seat: on whose behalf this thread works, and so which database login it holds.

There are six kinds: a province, the brands host, the office host, the public pages, the courier (who carries letters
to and from other installations), and the owner (who migrates and provisions and never serves a request).
"""

import re
from dataclasses import dataclass
from typing import Literal

from django.conf import settings

Kind = Literal["province", "brands", "office", "public", "courier", "owner"]
PROVINCE_CODE = re.compile(r"^[a-z][a-z0-9]{1,30}$")
FORMER = re.compile(r"closed[0-9]+$")
"""How the name ends under which the letters of a removed province are kept: nobody is ever opened under such a one."""
RESERVED = frozenset({"public", "brands", "office", "owner", "party", "federation", "courier", "www", "template"})


@dataclass(frozen=True, slots=True)
class Seat:
    """Who this thread works for.

    name: the province code ("gx"), or "brands", "office", "public", "courier", "owner".
    schema_name: "gx" for a province; "public" for the others; the owner may stand in any schema.
    """

    kind: Kind
    name: str
    schema_name: str

    @property
    def login(self) -> str:
        """The PostgreSQL role that this seat's connections are logged in as."""
        return login_name(self.name)

    def __str__(self) -> str:
        return self.name if self.kind != "owner" else f"owner@{self.schema_name}"


def login_name(name: str) -> str:
    """Role name of a seat, with the installation's prefix: roles belong to the whole cluster."""
    return f"{settings.DATABASE_PREFIX}czj_{name}"


def province_seat(code: str) -> Seat:
    """The seat of one province. Raises ValueError for a code that cannot be a schema name."""
    if not PROVINCE_CODE.match(code) or code in RESERVED or code.startswith("pg_"):
        raise ValueError(f"not a province code: {code!r}")
    return Seat("province", code, code)


BRANDS = Seat("brands", "brands", "public")
OFFICE = Seat("office", "office", "public")
PUBLIC = Seat("public", "public", "public")
COURIER = Seat("courier", "courier", "public")


def owner_seat(schema_name: str = "public") -> Seat:
    """The owner standing in one schema: for migrations and provisioning only."""
    return Seat("owner", "owner", schema_name)


def named_seat(name: str) -> Seat:
    """The seat of a name as tasks carry it: a province code, "brands", "office", "public", "courier"."""
    shared = {"brands": BRANDS, "office": OFFICE, "public": PUBLIC, "courier": COURIER}
    return shared.get(name) or province_seat(name)
