"""Logins and groups: that they are there, whose rights they have, what their sessions start with."""

import json
from collections import defaultdict
from collections.abc import Iterable

import psycopg2
from django.db import connection

from provinces.grants.common import Difference, Installation, literal, quoted, rows
from provinces.passwords import login_password, scram_verifier


def role_differences(here: Installation) -> Iterable[Difference]:
    found = {
        name: (can_login, special)
        for name, can_login, special in rows(
            "SELECT rolname::text, rolcanlogin,"
            " rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles"
        )
    }
    generation = current_generation()
    for group in here.groups:
        if group not in found:
            yield Difference(f"group {group}", "a group", "", (f"CREATE ROLE {quoted(group)} NOLOGIN NOINHERIT",))
        elif found[group] != (False, False):
            yield Difference(
                f"group {group}", "no login, no special rights", "more", (f"ALTER ROLE {quoted(group)} NOLOGIN",), True
            )
    for seat in here.seats:
        login = seat.login
        if login not in found:
            statement = (
                f"CREATE ROLE {quoted(login)} LOGIN NOINHERIT PASSWORD {literal(scram_verifier(login, generation))}"
            )
            yield Difference(f"login {login}", "a login", "", (statement,))
        elif found[login] != (True, False):
            yield Difference(
                f"login {login}",
                "a login without special rights",
                "other attributes",
                (
                    f"ALTER ROLE {quoted(login)} LOGIN NOCREATEDB NOCREATEROLE",
                    f"ALTER ROLE {quoted(login)} NOSUPERUSER NOREPLICATION NOBYPASSRLS",
                ),
                superuser=True,
            )


def membership_differences(here: Installation) -> Iterable[Difference]:
    found: dict[str, dict[str, tuple[bool, bool, bool]]] = defaultdict(dict)
    for member, group, *options in rows(
        "SELECT m.member::regrole::text, m.roleid::regrole::text, bool_or(m.inherit_option), bool_or(m.set_option),"
        " bool_or(m.admin_option) FROM pg_auth_members m GROUP BY 1, 2"
    ):
        found[member.strip('"')][group.strip('"')] = (options[0], options[1], options[2])
    for seat in here.seats:
        have, want = found.get(seat.login, {}), here.groups_of(seat)
        for group in sorted(want | set(have)):
            grant = f"GRANT {quoted(group)} TO {quoted(seat.login)} WITH INHERIT TRUE, SET FALSE"
            revoke = f"REVOKE {quoted(group)} FROM {quoted(seat.login)} CASCADE"
            if group not in want:
                yield Difference(f"membership {seat.login} in {group}", "", "member", (revoke,))
            elif group not in have:
                yield Difference(f"membership {seat.login} in {group}", "member", "", (grant,))
            elif have[group] != (True, False, False):
                yield Difference(f"membership {seat.login} in {group}", "inherit only", "set or admin", (revoke, grant))


def setting_differences(here: Installation) -> Iterable[Difference]:
    found: dict[tuple[str, bool], dict[str, str]] = {}
    for login, everywhere, entries in rows(
        "SELECT r.rolname::text, s.setdatabase = 0, s.setconfig FROM pg_db_role_setting s"
        " JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = 0"
        " OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
    ):
        found[login, everywhere] = dict(entry.split("=", 1) for entry in entries)
    for seat in here.seats:
        role = f"ALTER ROLE {quoted(seat.login)}"
        place = f"{role} IN DATABASE {quoted(here.database)}"
        have, want = found.get((seat.login, False), {}), here.settings_of(seat)
        if have != want:
            changes = [f"{place} RESET ALL"] if have else []
            changes += [
                f"{place} SET {name} = {value if name == 'search_path' else literal(value)}"
                for name, value in want.items()
            ]
            yield Difference(f"settings of {seat.login}", json.dumps(want), json.dumps(have), tuple(changes))
        if everywhere_set := found.get((seat.login, True)):
            yield Difference(
                f"settings of {seat.login} in every database", "", json.dumps(everywhere_set), (f"{role} RESET ALL",)
            )


def current_generation() -> int:
    """Of the logins' passwords, as `public` says. Call it in the owner's seat."""
    if rows("SELECT to_regclass('public.provinces_logingeneration') IS NULL")[0][0]:
        return 0
    found = rows("SELECT generation FROM public.provinces_logingeneration")
    return int(found[0][0]) if found else 0


def reset_passwords(generation: int | None = None) -> None:
    """Give every login the password derived for it: of this generation, or of the current one. In the owner's seat."""
    here, generation = Installation.here(), current_generation() if generation is None else generation
    with connection.cursor() as cursor:
        for seat in here.seats:
            cursor.execute(
                f"ALTER ROLE {quoted(seat.login)} PASSWORD {literal(scram_verifier(seat.login, generation))}"
            )


def locked_out() -> list[str]:
    """Logins whose password is not the derived one: somebody has changed it. Call it in the owner's seat."""
    here, generation = Installation.here(), current_generation()
    params = connection.settings_dict
    wrong = []
    for seat in here.seats:
        try:
            psycopg2.connect(
                dbname=params["NAME"],
                host=params["HOST"],
                port=params["PORT"],
                user=seat.login,
                password=login_password(seat.login, generation),
                connect_timeout=5,
            ).close()
        except psycopg2.OperationalError as error:
            if "password authentication failed" not in str(error):
                raise
            wrong.append(seat.login)
    return wrong
