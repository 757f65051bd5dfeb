"""Row-level security: each policy as declared, with digests of the declaration and of what the catalog made of it."""

import hashlib
from collections.abc import Iterable

from provinces.declarations import (
    audience,
    declared_policies,
    table_of,
)
from provinces.grants.common import Difference, Installation, literal, quoted, rows
from provinces.grants.rights import tables_of

_POLICY_NOW = (
    "concat_ws('|', p.polcmd, p.polpermissive,"
    " (SELECT string_agg(pg_get_userbyid(r)::text, ',' ORDER BY 1) FROM unnest(p.polroles) r),"
    " pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))"
)
"""What the catalog says of a policy `p`, on one line."""


def policy_differences(here: Installation) -> Iterable[Difference]:
    public_tables = tables_of(here)["public"]
    wanted: dict[tuple[str, str], tuple[str, str]] = {}
    guarded: set[str] = set()
    for policy in declared_policies():
        table = table_of(policy.model)
        if table not in public_tables:
            continue
        guarded.add(table)
        roles = ", ".join(quoted(here.role_of(to)) for to in audience(policy.to))
        names = _TableNames()
        statement = f"CREATE POLICY {quoted(policy.name)} ON {quoted('public', table)} FOR {policy.command} TO {roles}"
        if policy.using:
            statement += f" USING ({policy.using.format(table=names)})"
        if policy.check:
            statement += f" WITH CHECK ({policy.check.format(table=names)})"
        wanted[table, policy.name] = (statement, _short_hash(statement))
    found = {}
    for table, name, note, now in rows(
        f"SELECT c.relname::text, p.polname::text, coalesce(obj_description(p.oid, 'pg_policy'), ''), {_POLICY_NOW}"  # noqa: S608
        " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public'"
    ):
        found[table, name] = (note, now)
    for key in sorted(wanted.keys() | found.keys()):
        table, name = key
        drop = f"DROP POLICY IF EXISTS {quoted(name)} ON {quoted('public', table)}"
        where = f"policy {name} on {table}"
        if key not in wanted:
            yield Difference(where, "", found[key][1], (drop,))
            continue
        statement, declared = wanted[key]
        note, now = found.get(key, ("", ""))
        # PostgreSQL rewrites a condition when it stores it, so the text cannot be compared with the declaration.
        # The comment keeps two digests: of the declaration, and of what the catalog said right after it was made.
        if note != f"{declared} {_short_hash(now)}":
            yield Difference(where, statement, now, (drop, statement, *_seal_policy(table, name, declared)))
    guarded_now = {
        table
        for (table,) in rows(
            "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relrowsecurity"
        )
    }
    for table in sorted(guarded - guarded_now):
        remedy = f"ALTER TABLE {quoted('public', table)} ENABLE ROW LEVEL SECURITY"
        yield Difference(f"row-level security on {table}", "on", "off", (remedy,))
    for table in sorted(guarded_now - guarded):
        remedy = f"ALTER TABLE {quoted('public', table)} DISABLE ROW LEVEL SECURITY"
        yield Difference(f"row-level security on {table}", "off", "on", (remedy,))


class _TableNames(dict[str, str]):
    """`{table[app.Model]}` in a declared condition."""

    def __missing__(self, label: str) -> str:
        return quoted("public", table_of(label))


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _seal_policy(table: str, name: str, declared: str) -> tuple[str, ...]:
    """Write the two digests into the policy's comment."""
    block = (
        "DO $do$ DECLARE now text; BEGIN",
        f"SELECT {_POLICY_NOW} INTO now FROM pg_policy p",  # noqa: S608
        f"WHERE p.polrelid = {literal(quoted('public', table))}::regclass AND p.polname = {literal(name)};",
        f"EXECUTE format('COMMENT ON POLICY %I ON public.%I IS %L', {literal(name)}, {literal(table)},",
        f"{literal(declared + ' ')} || left(encode(sha256(convert_to(now, 'UTF8')), 'hex'), 16)); END $do$",
    )
    return (" ".join(block),)
