"""Host name to seat: a directory cached in the process, dropped when its version in the database changes."""

import threading
import time
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from provinces.database.base import DatabaseWrapper
from provinces.seats import BRANDS, COURIER, OFFICE, PUBLIC, Seat, province_seat


@dataclass(frozen=True, slots=True)
class Host:
    """Where a host name leads. title: the bureau's full title for a province's host. is_superior: 总局's."""

    seat: Seat
    title: str = ""
    division_code: str = ""
    state: str = "active"
    is_superior: bool = False

    @property
    def pages(self) -> str:
        """Which URL map of the settings: that of its kind of seat, or the common superior's own."""
        return "superior" if self.is_superior else self.seat.kind


@dataclass(frozen=True, slots=True)
class Remote:
    """A party of another installation. party: as letters write it."""

    party: str
    installation: str
    title: str
    division_code: str
    state: str


class Directory:
    """All provinces by host name, and parties of other installations.

    Read on a connection of its own: a look-up never changes a thread's seat.
    """

    check_every_s = 1.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version = -1
        self._checked = float("-inf")
        self._hosts: dict[str, Host] = {}
        self._remote: dict[str, Remote] = {}

    def find(self, host_name: str) -> Host | None:
        """The host of that name without port, lower case; None when nobody has it."""
        fixed = {
            settings.DOMAIN_NAME: PUBLIC,
            f"brands.{settings.DOMAIN_NAME}": BRANDS,
            f"federation.{settings.DOMAIN_NAME}": OFFICE,
            f"courier.{settings.DOMAIN_NAME}": COURIER,
        }.get(host_name)
        if fixed is not None:
            return Host(fixed)
        self._refresh()
        return self._hosts.get(host_name)

    def remote(self, party: str) -> Remote | None:
        """The party of another installation of that name; None for whoever lives here, or nowhere."""
        self._refresh()
        return self._remote.get(party)

    def remotes(self) -> list[Remote]:
        """All parties of other installations."""
        self._refresh()
        return list(self._remote.values())

    def provinces(self) -> list[Host]:
        """One entry for each province that lives here, the common superior with them: whoever has a schema here."""
        self._refresh()
        return list({host.seat: host for host in self._hosts.values()}.values())

    def ordinary(self) -> list[Host]:
        """One entry for each province in the usual sense: whoever may be chosen where a province is."""
        return [host for host in self.provinces() if not host.is_superior]

    def superior(self) -> Host | None:
        """The common superior of all provinces (总局), where it has a seat here."""
        return next((host for host in self.provinces() if host.is_superior), None)

    def clear(self) -> None:
        """Read again at the next look-up."""
        self._checked, self._version = float("-inf"), -1

    def _refresh(self) -> None:
        if time.monotonic() - self._checked < self.check_every_s:
            return
        with self._lock:
            if time.monotonic() - self._checked < self.check_every_s:
                return
            try:
                self._read()
            except DatabaseError:
                if self._version < 0:
                    raise
            self._checked = time.monotonic()

    def _read(self) -> None:
        wrapper = cast(DatabaseWrapper, connections.create_connection(DEFAULT_DB_ALIAS))
        wrapper.aside = True
        wrapper.set_seat(PUBLIC)
        try:
            with wrapper.cursor() as cursor:
                cursor.execute("SELECT version FROM provinces_directoryversion")
                row = cursor.fetchone()
                if row is None or row[0] == self._version:
                    return
                version = row[0]
                cursor.execute(
                    "SELECT d.domain, p.schema_name, p.bureau_title, p.division_code, p.state, p.kind"
                    " FROM provinces_domain d JOIN provinces_province p ON p.id = d.tenant_id"
                )
                self._hosts = {
                    domain: Host(province_seat(schema), title, division_code, state, kind == "superior")
                    for domain, schema, title, division_code, state, kind in cursor.fetchall()
                }
                cursor.execute(
                    "SELECT party, installation, title, division_code, state FROM provinces_remoteparty"
                    " ORDER BY division_code, party"
                )
                here = {f"province:{host.seat.name}" for host in self._hosts.values()}
                self._remote = {row[0]: Remote(*row) for row in cursor.fetchall() if row[0] not in here}
                self._version = version
        finally:
            wrapper.close()


DIRECTORY = Directory()
