"""Rights on the database, on schemas, on tables and columns."""

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.conf import settings

from provinces.declarations import (
    audience,
    declared_grants,
    declared_insert_only,
    table_of,
)
from provinces.grants.common import Difference, Installation, quoted, rows, whom
from provinces.seats import BRANDS, COURIER, OFFICE, PUBLIC

ALL_ROWS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
ADD_ROWS = frozenset({"SELECT", "INSERT"})
READ_ROWS = frozenset({"SELECT"})
WRITTEN_BY_MIGRATIONS = frozenset({"django_migrations", "django_content_type", "auth_permission"})


Rights = dict[tuple[str, str, str, str], frozenset[str]]
"""(schema, table, column or "", role) -> privileges."""


def database_differences(here: Installation) -> Iterable[Difference]:
    name = quoted(here.database)
    want = {(seat.login, "CONNECT") for seat in here.seats}
    have = {
        (grantee, privilege)
        for grantee, privilege in rows(
            "SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END, a.privilege_type"
            " FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
            " WHERE d.datname = current_database() AND a.grantee <> d.datdba"
        )
    }
    for grantee, privilege in sorted(have - want) if here.whole else ():
        remedy = f"REVOKE {privilege} ON DATABASE {name} FROM {whom(grantee)}"
        yield Difference(f"database {here.database}", "", f"{privilege} to {grantee}", (remedy,))
    for grantee, privilege in sorted(want - have):
        remedy = f"GRANT {privilege} ON DATABASE {name} TO {whom(grantee)}"
        yield Difference(f"database {here.database}", f"{privilege} to {grantee}", "", (remedy,))


def schema_differences(here: Installation) -> Iterable[Difference]:
    want: dict[str, set[tuple[str, str]]] = {
        "public": {(here.party, "USAGE"), (PUBLIC.login, "USAGE"), (COURIER.login, "USAGE")}
    }
    want |= {seat.schema_name: {(seat.login, "USAGE")} for seat in here.provinces}
    have: dict[str, set[tuple[str, str]]] = defaultdict(set)
    owners: dict[str, str] = {}
    for schema, owner, grantee, privilege in rows(
        "SELECT n.nspname::text, pg_get_userbyid(n.nspowner)::text,"
        " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END, a.privilege_type"
        " FROM pg_namespace n LEFT JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a ON true"
        r" WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'"
    ):
        owners[schema] = owner
        if grantee not in (None, owner):
            have[schema].add((grantee, privilege))
    for schema, owner in owners.items():
        if schema not in want and not here.whole:
            continue
        if owner != here.owner:
            remedy = f"ALTER SCHEMA {quoted(schema)} OWNER TO {quoted(here.owner)}"
            yield Difference(f"schema {schema}", f"owner {here.owner}", f"owner {owner}", (remedy,), superuser=True)
        wanted = want.get(schema, set())
        for grantee, privilege in sorted(have[schema] - wanted):
            remedy = f"REVOKE {privilege} ON SCHEMA {quoted(schema)} FROM {whom(grantee)}"
            yield Difference(f"schema {schema}", "", f"{privilege} to {grantee}", (remedy,))
        for grantee, privilege in sorted(wanted - have[schema]):
            remedy = f"GRANT {privilege} ON SCHEMA {quoted(schema)} TO {whom(grantee)}"
            yield Difference(f"schema {schema}", f"{privilege} to {grantee}", "", (remedy,))


def tables_of(here: Installation) -> dict[str, set[str]]:
    """Tables of each schema that this module looks after."""
    schemas = ["public", *(seat.schema_name for seat in here.provinces)]
    tables: dict[str, set[str]] = {schema: set() for schema in schemas}
    for schema, table in rows(
        "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
        schemas,
    ):
        tables[schema].add(table)
    return tables


def people_tables() -> set[str]:
    """Tables that exist in `public` and in each province's schema."""
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)
    return {
        model._meta.db_table
        for app in apps.get_app_configs()
        if app.name in both
        for model in app.get_models(include_auto_created=True)
    } | {"django_migrations"}


def wanted_rights(here: Installation) -> Rights:
    """All table and column rights as declared, for the tables that exist."""
    tables = tables_of(here)
    insert_only = {table_of(each.model): each.columns for each in declared_insert_only()}
    wanted: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)

    def of_people(schema: str, table: str, role: str) -> None:
        if table in WRITTEN_BY_MIGRATIONS:
            wanted[schema, table, "", role] |= READ_ROWS
        elif table in insert_only:
            wanted[schema, table, "", role] |= ADD_ROWS
            for column in insert_only[table]:
                wanted[schema, table, column, role].add("UPDATE")
        else:
            wanted[schema, table, "", role] |= ALL_ROWS

    for seat in here.provinces:
        for table in tables[seat.schema_name]:
            of_people(seat.schema_name, table, seat.login)
    for table in tables["public"] & people_tables():
        for seat in (BRANDS, OFFICE):
            of_people("public", table, seat.login)
    for grant in declared_grants():
        table = table_of(grant.model)
        if table not in tables["public"]:
            continue
        rights = {right.strip().upper() for right in grant.rights.split(",")}
        for to in audience(grant.to):
            for column in grant.columns or ("",):
                wanted["public", table, column, here.role_of(to)] |= rights
    return {key: frozenset(rights) for key, rights in wanted.items()}


def _found_rights(here: Installation) -> tuple[Rights, dict[tuple[str, str], str]]:
    """Rights in the catalog of everybody but the owner, and each table's owner."""
    schemas = ["public", *(seat.schema_name for seat in here.provinces)]
    found: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    owners: dict[tuple[str, str], str] = {}
    grantee = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END"
    not_of_an_extension = "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
    for schema, table, owner, role, privilege in rows(
        f"SELECT n.nspname::text, c.relname::text, pg_get_userbyid(c.relowner)::text, {grantee}, a.privilege_type"  # noqa: S608
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN LATERAL aclexplode(coalesce(c.relacl,"
        " acldefault(CASE c.relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END, c.relowner))) a"
        " ON a.grantee <> c.relowner"
        f" WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname = ANY(%s) AND {not_of_an_extension}",
        schemas,
    ):
        owners[schema, table] = owner
        if role is not None:
            found[schema, table, "", role].add(privilege)
    for schema, table, column, role, privilege in rows(
        f"SELECT n.nspname::text, c.relname::text, t.attname::text, {grantee}, a.privilege_type"  # noqa: S608
        " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,"
        " aclexplode(t.attacl) a WHERE t.attacl IS NOT NULL AND NOT t.attisdropped AND a.grantee <> c.relowner"
        f" AND n.nspname = ANY(%s) AND {not_of_an_extension}",
        schemas,
    ):
        found[schema, table, column, role].add(privilege)
    return {key: frozenset(rights) for key, rights in found.items()}, owners


def right_differences(here: Installation) -> Iterable[Difference]:
    wanted = wanted_rights(here)
    found, owners = _found_rights(here)
    for (schema, table), owner in owners.items():
        if owner != here.owner:
            remedy = f"ALTER TABLE {quoted(schema, table)} OWNER TO {quoted(here.owner)}"
            yield Difference(f"{schema}.{table}", f"owner {here.owner}", f"owner {owner}", (remedy,), superuser=True)
    for key in sorted(wanted.keys() | found.keys()):
        want, have = wanted.get(key, frozenset()), found.get(key, frozenset())
        if want == have:
            continue
        schema, table, column, role = key
        of_column = f" ({quoted(column)})" if column else ""
        statements = []
        if surplus := sorted(have - want):
            rights = ", ".join(right + of_column for right in surplus)
            statements.append(f"REVOKE {rights} ON {quoted(schema, table)} FROM {whom(role)} CASCADE")
        if missing := sorted(want - have):
            rights = ", ".join(right + of_column for right in missing)
            statements.append(f"GRANT {rights} ON {quoted(schema, table)} TO {whom(role)}")
        place = f"{schema}.{table}{'.' + column if column else ''} for {role}"
        yield Difference(place, ", ".join(sorted(want)), ", ".join(sorted(have)), tuple(statements))
