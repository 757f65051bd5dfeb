"""Host name to seat: a directory cached in the process, dropped when its version in the database changes."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from provinces import versions
from provinces.database.base import DatabaseWrapper
from provinces.seats import BRANDS, COURIER, OFFICE, PUBLIC, Seat, province_seat


@dataclass(frozen=True, slots=True)
class Host:
    """Where a host name leads. title: the bureau's full title for a province's host. is_superior: 总局's.

    is_sandbox: of integrators, made anew at reset_at; nothing of it is real. state: as the province's row says, or
    "upgrading" where its schema lacks what this process's code needs. Only "active" is served.
    """

    seat: Seat
    title: str = ""
    division_code: str = ""
    state: str = "active"
    is_superior: bool = False
    is_sandbox: bool = False
    reset_at: datetime | None = None

    @property
    def pages(self) -> str:
        """Which URL map of the settings: that of its kind of seat, or the common superior's own."""
        return "superior" if self.is_superior else self.seat.kind


@dataclass(frozen=True, slots=True)
class Closed:
    """A province that was here: its host answers that it is gone."""

    code: str
    title: str
    closed_at: datetime


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
        self._closed: dict[str, Closed] = {}
        self._also: list[Callable[[Any], None]] = []

    def also(self, read: Callable[[Any], None]) -> None:
        """Have `read` called with a cursor of the public pages' login whenever the directory is read anew: for what
        else every process is to know within a second. Whoever changes it counts the version up.
        """
        self._also.append(read)

    def find(self, host_name: str) -> Host | None:
        """The host of that name without port, lower case; None when nobody has it."""
        fixed = _fixed(host_name)
        if fixed is not None:
            return fixed
        self._refresh()
        return self._hosts.get(host_name)

    def remembered(self, host_header: str) -> Host | None:
        """Whose a Host header is as far as this process remembers: asks no database, so it may be a second behind."""
        host_name = host_header.partition(":")[0].lower()
        return _fixed(host_name) or self._hosts.get(host_name)

    def closed(self, host_name: str) -> Closed | None:
        """The province that had this host and was removed; None where there was none, or somebody has it now."""
        self._refresh()
        return None if host_name in self._hosts else self._closed.get(host_name)

    def closed_before(self, code: str) -> datetime | None:
        """When the province that had this code last was removed; None where there was none."""
        self._refresh()
        return max((each.closed_at for each in self._closed.values() if each.code == code), default=None)

    def province(self, code: str) -> Host | None:
        """The province of that code, whatever its state; None where none lives here."""
        return next((host for host in self.provinces() if host.seat.name == code), None)

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

    def real(self) -> list[Host]:
        """One entry for each province that is one, the common superior with them: without the sandbox."""
        return [host for host in self.provinces() if not host.is_sandbox]

    def ordinary(self) -> list[Host]:
        """One entry for each province in the usual sense: whoever may be chosen where a province is."""
        return [host for host in self.real() if not host.is_superior]

    def sandbox(self) -> Host | None:
        """The sandbox of integrators, where there is one."""
        return next((host for host in self.provinces() if host.is_sandbox), None)

    def is_sandbox(self, seat_name: str) -> bool:
        """Whether that seat is the sandbox's."""
        host = self.sandbox()
        return host is not None and host.seat.name == seat_name

    def superior(self) -> Host | None:
        """The common superior of all provinces (总局), where it has a seat here."""
        return next((host for host in self.provinces() if host.is_superior), None)

    def version(self) -> int:
        """Counted up with every change: what is remembered of provinces beside this holds as long as it does."""
        self._refresh()
        return self._version

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
                directory_version = row[0]
                cursor.execute(
                    "SELECT d.domain, p.schema_name, p.bureau_title, p.division_code, p.state, p.kind, p.reset_at,"
                    " p.schema_version FROM provinces_domain d JOIN provinces_province p ON p.id = d.tenant_id"
                )
                found = cursor.fetchall()
                served = self._served(cursor, {row[-1] for row in found})
                self._hosts = {
                    domain: Host(
                        province_seat(schema),
                        title,
                        division_code,
                        state if state != "active" or version in served else "upgrading",
                        kind == "superior",
                        kind == "sandbox",
                        reset_at if kind == "sandbox" else None,
                    )
                    for domain, schema, title, division_code, state, kind, reset_at, version in found
                }
                cursor.execute(
                    "SELECT party, installation, title, division_code, state FROM provinces_remoteparty"
                    " ORDER BY division_code, party"
                )
                here = {f"province:{host.seat.name}" for host in self._hosts.values()}
                self._remote = {row[0]: Remote(*row) for row in cursor.fetchall() if row[0] not in here}
                self._closed = self._gone(cursor)
                for read in self._also:
                    read(cursor)
                self._version = directory_version
        finally:
            wrapper.close()

    @staticmethod
    def _served(cursor: Any, found: set[str]) -> set[str]:
        """Of these versions of schemas, those this process gets along with."""
        others = found - {versions.running()[0]}
        known: dict[str, list[str]] = {}
        if others and _is_there(cursor, "provinces_schemaversion"):
            cursor.execute("SELECT version, names FROM provinces_schemaversion WHERE version = ANY(%s)", [list(others)])
            known = {version: _names(names) for version, names in cursor.fetchall()}
        return {version for version in found if versions.can_be_served(version, known)}

    @staticmethod
    def _gone(cursor: Any) -> dict[str, Closed]:
        if not _is_there(cursor, "provinces_closedprovince"):
            return {}
        cursor.execute("SELECT hosts, code, bureau_title, closed_at FROM provinces_closedprovince ORDER BY closed_at")
        return {host: Closed(code, title, at) for hosts, code, title, at in cursor.fetchall() for host in _names(hosts)}


def _fixed(host_name: str) -> Host | None:
    """The hosts that every installation has."""
    seat = {
        settings.DOMAIN_NAME: PUBLIC,
        f"brands.{settings.DOMAIN_NAME}": BRANDS,
        f"federation.{settings.DOMAIN_NAME}": OFFICE,
        f"courier.{settings.DOMAIN_NAME}": COURIER,
    }.get(host_name)
    return None if seat is None else Host(seat)


def _is_there(cursor: Any, table: str) -> bool:
    """Code of this release may start before `public` has been upgraded."""
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table}"])
    return bool(cursor.fetchone()[0])


def _names(found: Any) -> list[str]:
    """A JSON list of strings; Django leaves the reading of JSON to its fields."""
    return list(json.loads(found) if isinstance(found, str) else found)


DIRECTORY = Directory()
