"""Prepare the database for Citus with schema-based sharding: each province's schema lies on one node, unchanged.

Nothing of the program changes: a province's login works in its own schema and on shared tables, and there is no
foreign key, no join and no trigger between the two. This module asks the catalog whether that still holds, says which
statements distribute the schemas, and runs them where the extension is there. Shared tables stay on the coordinator:
their rights are row-level security for logins, which stays where it is declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kernel.errors import Problem
from provinces.grants.common import literal, quoted
from provinces.provisioning import TEMPLATE

OLDEST = (12, 0)
"""Citus that knows schema-based sharding."""
# Each finds what Citus refuses, or what would silently ask two nodes: rows of (schema, what).
_CHECKS = {
    "foreign_key": """SELECT n.nspname, t.relname || '.' || f.conname || ' → ' || f.confrelid::regclass
        FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_class o ON o.oid = f.confrelid
        WHERE f.contype = 'f' AND o.relnamespace <> t.relnamespace
        AND (n.nspname = ANY(%(schemas)s) OR o.relnamespace::regnamespace::text = ANY(%(schemas)s))""",
    "trigger": """SELECT n.nspname, t.relname || ': ' || g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_proc p ON p.oid = g.tgfoid
        WHERE NOT g.tgisinternal AND n.nspname = ANY(%(schemas)s) AND p.pronamespace <> t.relnamespace
        AND p.pronamespace <> 'pg_catalog'::regnamespace""",
    "view": """SELECT DISTINCT n.nspname, v.relname || ' → ' || t.oid::regclass FROM pg_depend d
        JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
        JOIN pg_namespace n ON n.oid = v.relnamespace JOIN pg_class t ON t.oid = d.refobjid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
        AND n.nspname = ANY(%(schemas)s) AND t.relnamespace <> v.relnamespace""",
    "default": """SELECT DISTINCT n.nspname, t.relname || '.' || a.attname || ' → ' || s.oid::regclass
        FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid AND d.classid = 'pg_attrdef'::regclass
        JOIN pg_class t ON t.oid = f.adrelid JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = f.adnum
        JOIN pg_class s ON s.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass AND s.relkind = 'S'
        WHERE n.nspname = ANY(%(schemas)s) AND s.relnamespace <> t.relnamespace""",
    "inheritance": """SELECT n.nspname, t.relname || ' → ' || i.inhparent::regclass FROM pg_inherits i
        JOIN pg_class t ON t.oid = i.inhrelid JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_class o ON o.oid = i.inhparent
        WHERE n.nspname = ANY(%(schemas)s) AND o.relnamespace <> t.relnamespace""",
    "foreign_table": """SELECT n.nspname, t.relname FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = ANY(%(schemas)s) AND t.relkind IN ('f', 'm')""",
    "owner": """SELECT n.nspname, t.relname FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = ANY(%(schemas)s) AND t.relkind IN ('r', 'p', 'S')
        AND pg_get_userbyid(t.relowner) <> current_user""",
}


class CannotDistribute(Problem):
    """The rules do not hold, or there is no Citus."""

    code = "cannot_distribute"
    status = 409
    title = _("不能分布")
    sentence = _("数据库现在不能分布：{reasons}。请先改正，再运行一次。")


class NoCitus(Problem):
    """The extension is not in this database."""

    code = "no_citus"
    status = 409
    title = _("没有 Citus")
    sentence = _(
        "这个数据库里没有 Citus 扩展（需要 {oldest} 以上，现有：{found}）。请把 DATABASE_URL 指向 Citus 协调节点。"
    )


@dataclass(frozen=True)
class Plan:
    """schemas: to be distributed now; there: distributed already. local: shared tables, which stay. broken: rule to
    what breaks it. citus: the version found, empty for none."""

    schemas: tuple[str, ...]
    there: tuple[str, ...]
    local: tuple[str, ...]
    citus: str
    broken: dict[str, list[str]] = field(default_factory=dict)

    @property
    def statements(self) -> list[str]:
        """What is to be run, one province at a time: each is a transaction of its own, so it can be run again."""
        return [f"SELECT citus_schema_distribute({literal(quoted(each))}::regnamespace)" for each in self.schemas]

    @property
    def ready(self) -> bool:
        return bool(self.citus) and _version(self.citus) >= OLDEST

    def refuse(self) -> None:
        """Raises CannotDistribute when a rule is broken, NoCitus without the extension."""
        if self.broken:
            reasons = [f"{rule}: {', '.join(found[:3])}" for rule, found in self.broken.items()]
            raise CannotDistribute(reasons=reasons, broken=self.broken)
        if not self.ready:
            raise NoCitus(oldest=".".join(map(str, OLDEST)), found=self.citus or "-")


def plan() -> Plan:
    """Look at the catalog. Call it in the owner's seat."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.schema_name FROM public.provinces_province p JOIN pg_namespace n ON n.nspname = p.schema_name"
            " ORDER BY 1"
        )
        schemas = [name for (name,) in cursor.fetchall()]
        citus = _one(cursor, "SELECT extversion FROM pg_extension WHERE extname = 'citus'") or ""
        there: list[str] = []
        if citus:
            cursor.execute("SELECT schema_name::text FROM citus_schemas")
            there = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
        )
        local = [name for (name,) in cursor.fetchall()]
        broken = {rule: found for rule, sql in _CHECKS.items() if (found := _found(cursor, sql, [*schemas, TEMPLATE]))}
    left = [name for name in schemas if name not in there]
    return Plan(tuple(left), tuple(sorted(set(there) & set(schemas))), tuple(local), citus, broken)


def run(found: Plan) -> Iterable[str]:
    """Distribute, one schema after another; gives each statement after it was run. Raises what `refuse` raises."""
    found.refuse()
    for statement in found.statements:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        yield statement


def _found(cursor: Any, sql: str, schemas: Sequence[str]) -> list[str]:
    cursor.execute(sql, {"schemas": list(schemas)})
    return sorted(f"{schema}.{what}" for schema, what in cursor.fetchall())


def _one(cursor: Any, sql: str) -> Any:
    cursor.execute(sql)
    row = cursor.fetchone()
    return row[0] if row else None


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("-")[0].split(".")[:2] if part.isdigit())
