"""Which tables an export holds, in which order their rows stand, and what their columns are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _

from provinces.declarations import audience, declared_policies, table_of
from provinces.grants import quoted

CREDENTIALS = {
    "accounts_session": "",
    "account_emailconfirmation": "",
    "usersessions_usersession": "",
    "mfa_authenticator": "",
    "allauth_idp_oidc_token": "",
    "accounts_user": "password",
    "connections_secret": "",
    "gateway_apitoken": "",
    "signon_clientsession": "",
    "signon_signingkey": "",
    "signon_ssosession": "",
    "socialaccount_socialtoken": "",
}
"""What opens doors here and is of no use elsewhere: whole tables (""), or one column."""


@dataclass(frozen=True)
class Table:
    """One table of the export. columns: (name, type, whether it may be empty)."""

    schema: str
    name: str
    path: str
    columns: tuple[tuple[str, str, bool], ...]
    key: tuple[str, ...]

    @property
    def sql(self) -> str:
        return quoted(self.schema, self.name)

    @property
    def columns_sql(self) -> str:
        return ", ".join(quoted(name) for name, _type, _null in self.columns)

    @property
    def order_sql(self) -> str:
        return " ORDER BY " + ", ".join(quoted(name) for name in self.key) if self.key else ""


_TABLES = """
SELECT c.relname::text,
       (SELECT array_agg(ARRAY[a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull::text]
               ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       coalesce((SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey::int2[])
        WHERE i.indrelid = c.oid AND i.indisprimary), '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND (%s::text[] IS NULL OR c.relname = ANY(%s)) ORDER BY 1
"""


def own_tables(code: str) -> list[Table]:
    """Those of the province's schema."""
    return list(_tables(code, "own", None))


def shared_tables() -> list[Table]:
    """Those in `public` of which PostgreSQL shows a province its own rows: letters, ledger, ended grants."""
    names = {
        table_of(policy.model)
        for policy in declared_policies()
        if {"party", "provinces"} & set(audience(policy.to)) and policy.command in ("SELECT", "ALL")
    }
    return list(_tables("public", "shared", sorted(names)))


def _tables(schema: str, folder: str, names: list[str] | None) -> Iterator[Table]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [schema, names, names])
        found = cursor.fetchall()
    for name, columns, key in found:
        hidden = CREDENTIALS.get(name)
        if hidden == "":
            continue
        shown = tuple((column, kind, fixed != "true") for column, kind, fixed in columns if column != hidden)
        yield Table(schema, name, f"data/{folder}/{name}.jsonl", shown, tuple(key))


def schema(tables: Sequence[Table]) -> dict[str, Any]:
    """The description that goes with the rows."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return {
        table.path: {
            "table": table.name,
            "title": str(models[table.name]._meta.verbose_name) if table.name in models else table.name,
            "about": " ".join((models[table.name].__doc__ or "").split()) if table.name in models else "",
            "key": list(table.key),
            "columns": [
                {"name": name, "type": kind, "nullable": null, "title": _titled(models.get(table.name), name)}
                for name, kind, null in table.columns
            ],
        }
        for table in tables
    }


def _titled(model: Any, column: str) -> str:
    if model is None:
        return column
    for field in model._meta.local_fields:
        if field.column == column:
            return str(field.verbose_name)
    return column


def left_out() -> list[str]:
    """What an export does not hold, with the reason."""
    why = _("登录凭证，只在这里有用，到新处另发")
    return [f"{table}{'.' + column if column else ''}: {why}" for table, column in sorted(CREDENTIALS.items())]
