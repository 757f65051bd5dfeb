"""What is compared: one difference, the installation's roles and schemas, and how names are written."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from provinces.seats import BRANDS, COURIER, OFFICE, PUBLIC, Seat, login_name, province_seat

SETTINGS = {
    "TimeZone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",  # compiling takes longer than any page may
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the catalog is not as declared.

    remedy: statements that put it right. superuser: the owner may not run them.
    """

    where: str
    wanted: str
    found: str
    remedy: tuple[str, ...] = ()
    superuser: bool = False

    def __str__(self) -> str:
        return f"{self.where}: wanted {self.wanted or 'nothing'}, found {self.found or 'nothing'}"


def quoted(*names: str) -> str:
    """Dotted SQL name with each part quoted."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(value: str) -> str:
    """SQL string constant."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(slots=True)
class Installation:
    """Names of this database's roles and schemas. whole: all provinces are listed, so what else is found is surplus."""

    database: str
    owner: str
    provinces: list[Seat]
    whole: bool = True
    party: str = field(default_factory=lambda: login_name("party"))
    every_province: str = field(default_factory=lambda: login_name("provinces"))

    @classmethod
    def here(cls, only: str | None = None) -> "Installation":
        """Of the database that the owner is connected to. only: look after one province and the shared parts."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user::text")
            database, owner = cursor.fetchone()
            cursor.execute("SELECT to_regclass('public.provinces_province') IS NOT NULL")
            codes: list[str] = []
            if cursor.fetchone()[0]:
                cursor.execute(
                    "SELECT p.schema_name FROM public.provinces_province p"
                    " JOIN pg_namespace n ON n.nspname = p.schema_name ORDER BY 1"
                )
                codes = [code for (code,) in cursor.fetchall()]
        wanted = [province_seat(code) for code in codes if only in (None, code)]
        return cls(database, owner, wanted, whole=only is None)

    @property
    def seats(self) -> list[Seat]:
        """All that log in and serve."""
        return [*self.provinces, BRANDS, OFFICE, PUBLIC, COURIER]

    @property
    def groups(self) -> list[str]:
        return [self.party, self.every_province]

    def groups_of(self, seat: Seat) -> set[str]:
        """Groups whose rights a login has."""
        if seat.kind == "province":
            return {self.party, self.every_province}
        return {self.party} if seat.kind in ("brands", "office") else set()

    def role_of(self, to: str) -> str:
        """Role behind the `to` of a declaration."""
        return login_name(to)

    def settings_of(self, seat: Seat) -> dict[str, str]:
        """What every session of a login starts with."""
        path = "public" if seat.schema_name == "public" else f"{seat.schema_name}, public"
        return {"search_path": path, **SETTINGS}


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def whom(name: str) -> str:
    return "PUBLIC" if name == "PUBLIC" else quoted(name)
