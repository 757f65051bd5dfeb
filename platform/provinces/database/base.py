"""`ENGINE = "provinces.database"`: one login per seat, borrowed from the process-wide pool.

The search path comes with the login (`ALTER ROLE … SET search_path`), so there is nothing to send with a query and
nothing that can leak from one request to the next. Only the owner, who stands in any schema, sends one when opening.
"""

import os
import threading
from collections.abc import Callable
from typing import Any, cast

import psycopg2
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django.db.utils import OperationalError
from django.utils.asyncio import async_unsafe
from django_tenants.postgresql_backend import base as tenants_base

from provinces.database import replicas
from provinces.database.pool import Pool
from provinces.database.session import Session, SessionCursor
from provinces.errors import BorderCrossing, NoSeat, PoolExhausted
from provinces.passwords import let_in, login_password
from provinces.seats import Seat, owner_seat, province_seat

POOL = Pool(settings.DATABASE_POOL_SIZE, timeout_s=settings.DATABASE_WAIT_S)


class _Thread(threading.local):
    seat: Seat | None = None


_THREAD = _Thread()


class DatabaseWrapper(tenants_base.DatabaseWrapper):  # type: ignore[misc] # untyped package
    """django-tenants' wrapper with its search-path handling replaced by logins."""

    seat: Seat | None
    aside = False
    """True for a wrapper that is not the thread's own: its seat is not the thread's."""
    tenant: Any
    schema_name: str | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.seat = None
        super().__init__(*args, **kwargs)

    def forget(self) -> None:
        """Drop the connection without closing it, and leave the seat: after a fork it belongs to the parent."""
        self.connection = None
        self.in_atomic_block = False
        self.savepoint_ids.clear()
        self.run_on_commit.clear()
        self.needs_rollback = self.closed_in_transaction = False
        self.seat = self.tenant = self.schema_name = None
        _THREAD.seat = None

    # Seats ------------------------------------------------------------------------------------------------------------

    def set_seat(self, seat: Seat | None) -> None:
        """Work for `seat` from now on. Raises BorderCrossing inside a transaction."""
        if seat == self.seat:
            return
        if self.in_atomic_block or (self.connection is not None and not self.autocommit):
            raise BorderCrossing(f"cannot go from {self.seat} to {seat} inside a transaction")
        self.close()
        self.seat = seat
        if not self.aside:
            _THREAD.seat = seat
        self.tenant = seat and tenants_base.FakeTenant(seat.schema_name)
        self.schema_name = seat.schema_name if seat else None

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """django-tenants' way in: the owner may go anywhere, a Province leads to its own seat, all else is refused."""
        if self.seat is not None and self.seat.kind == "owner":
            self.set_seat(owner_seat(tenant.schema_name))
        elif isinstance(tenant, tenants_base.FakeTenant):
            raise NoSeat(f"a schema name ({tenant.schema_name}) is no seat: use provinces.context")
        else:
            self.set_seat(province_seat(tenant.schema_name))

    def set_schema_to_public(self) -> None:
        """A new thread works for nobody. The owner goes back to `public`."""
        if self.seat is not None and self.seat.kind == "owner":
            self.set_seat(owner_seat())

    def _handle_search_path(self, cursor: Any = None) -> None:
        """Nothing to do: the path came with the login."""

    # Connections ------------------------------------------------------------------------------------------------------

    def get_connection_params(self) -> dict[str, Any]:
        if self.seat is None:
            raise NoSeat("this thread works for no province: enter one first")
        params: dict[str, Any] = super().get_connection_params()
        params["application_name"] = f"czj {self.seat}"
        params["connection_factory"], params["cursor_factory"] = Session, SessionCursor
        if self.seat.kind == "owner":
            # A start-up option, so that RESET and DISCARD ALL keep it; the owner does not go through a pooler.
            params["options"] = f"-c search_path={_path(self.seat)} -c TimeZone={self.timezone_name}"
        else:
            params["user"] = self.seat.login
            params["password"] = login_password(self.seat.login)
            if settings.DATABASE_POOLER:
                params["host"], _, params["port"] = settings.DATABASE_POOLER.rpartition(":")
        return params

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        seat = self.seat
        if seat is None:
            raise NoSeat("this thread works for no province: enter one first")
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if replicas.THREAD.reading and not self.aside and (found := self._of_replica(conn_params, seat)) is not None:
            return found
        key = (conn_params["host"], conn_params["port"], conn_params["dbname"], seat.login, seat.schema_name)
        try:
            return POOL.borrow(key, self._opening(conn_params, seat))
        except PoolExhausted as error:
            raise OperationalError(str(error)) from error

    def _opening(self, conn_params: dict[str, Any], seat: Seat) -> Callable[[], Any]:
        """How a connection with these parameters is opened; a login is tried with the password of before, too."""
        open_one: Callable[[Any], Any] = lambda params: super(DatabaseWrapper, self).get_new_connection(params)  # noqa: E731

        def connect() -> Any:
            if seat.kind == "owner":
                return open_one(conn_params)
            return let_in(seat.login, lambda password: open_one({**conn_params, "password": password}))

        return connect

    def _of_replica(self, conn_params: dict[str, Any], seat: Seat) -> Any:
        """A connection to a replica that answers and is not behind; None when there is none."""
        known = replicas.known()
        if known is None:
            return None
        for place in known.candidates():
            params = {**conn_params, "host": place.host, "port": place.port, "dbname": place.name}
            key = (place.host, place.port, place.name, seat.login, seat.schema_name)
            try:
                found = POOL.borrow(key, self._opening(params, seat))
            except (PoolExhausted, psycopg2.Error) as error:
                known.leave_alone(place, error)
                continue
            if known.is_fresh(place, found):
                return found
            POOL.give_back(found)
        return None

    def _close(self) -> None:
        if self.connection is not None:
            with self.wrap_database_errors:
                POOL.give_back(self.connection)


def _path(seat: Seat) -> str:
    return "public" if seat.schema_name == "public" else f"{seat.schema_name},public"


def wrapper() -> DatabaseWrapper:
    """This thread's wrapper, with its seat."""
    return cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS])


def current_seat() -> Seat | None:
    """The seat of this thread's wrapper, without the cost of asking Django for the wrapper."""
    return _THREAD.seat


def _after_fork() -> None:
    POOL.reset()
    for each in connections.all(initialized_only=True):
        if isinstance(each, DatabaseWrapper):
            each.forget()


os.register_at_fork(after_in_child=_after_fork)
