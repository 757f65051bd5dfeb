"""Who may do what: the wanted state of roles, rights and policies, compared with PostgreSQL's catalog and put right.

The wanted state follows from `provinces.declarations` and a few rules written here:

* A province's login has its own schema and nothing of anybody else's. In it: SELECT, INSERT, UPDATE, DELETE on all
  tables, except models declared insert-only (SELECT, INSERT) and what only migrations write (SELECT).
* `public` holds, beside the shared tables, a copy of people's tables (accounts, sessions, audit, evidence, …) for
  those who sign in at the brands host and at the office. Both logins share that copy: **doors part them there, not
  PostgreSQL**. No province has any right on it, so a table missing in a province's schema fails closed.
* The logins of the public pages and of the courier have what is declared for them by name, nothing else.
* Groups: `czj_party` (all that write letters) and `czj_provinces`. A login has their rights and cannot become them.

`differences()` tells what the catalog says otherwise and the statement that puts it right; `apply()` runs these
statements. Some need a superuser (rights of PUBLIC on built-in functions): `setup_database` makes them once.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.db import connection

from provinces.declarations import declared_grants, declared_insert_only, declared_policies
from provinces.grants.built_in import REVOKED_FUNCTIONS, built_in_differences
from provinces.grants.common import Difference, Installation, literal, quoted, rows
from provinces.grants.policies import policy_differences
from provinces.grants.rights import (
    database_differences,
    people_tables,
    right_differences,
    schema_differences,
    wanted_rights,
)
from provinces.grants.roles import (
    current_generation,
    locked_out,
    membership_differences,
    reset_passwords,
    role_differences,
    setting_differences,
)

_CATALOG_DIGEST = r"""
SELECT md5(concat_ws('|',
    (SELECT string_agg(concat_ws(' ', oid, relname, relkind, relowner, relrowsecurity, relacl), ',' ORDER BY oid)
        FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relnamespace NOT IN
        (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')),
    (SELECT string_agg(concat_ws(' ', attrelid, attnum, attname, attacl), ',' ORDER BY attrelid, attnum)
        FROM pg_attribute WHERE attacl IS NOT NULL),
    (SELECT string_agg(concat_ws(' ', oid, nspname, nspowner, nspacl), ',' ORDER BY oid) FROM pg_namespace
        WHERE nspname !~ '^pg_'),
    (SELECT string_agg(concat_ws(' ', p.oid, p.polname, p.polrelid, p.polcmd, p.polpermissive, p.polroles,
        p.polqual, p.polwithcheck), ',' ORDER BY p.oid) FROM pg_policy p),
    (SELECT concat_ws(' ', datdba, datacl) FROM pg_database WHERE datname = current_database()),
    (SELECT string_agg(concat_ws(' ', oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
        rolbypassrls), ',' ORDER BY oid) FROM pg_roles),
    (SELECT string_agg(concat_ws(' ', roleid, member, admin_option, inherit_option, set_option), ','
        ORDER BY roleid, member, grantor) FROM pg_auth_members),
    (SELECT string_agg(concat_ws(' ', setrole, setdatabase, setconfig), ',' ORDER BY setrole, setdatabase)
        FROM pg_db_role_setting WHERE setdatabase = 0
        OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())),
    (SELECT string_agg(concat_ws(' ', defaclrole, defaclobjtype, defaclacl), ',' ORDER BY oid) FROM pg_default_acl),
    (SELECT string_agg(concat_ws(' ', oid, proowner, prosecdef, proacl), ',' ORDER BY oid) FROM pg_proc
        WHERE prosecdef OR proname LIKE ANY(%s))))
"""


_STEPS: tuple[Callable[[Installation], Iterable[Difference]], ...] = (
    role_differences,
    membership_differences,
    setting_differences,
    database_differences,
    schema_differences,
    right_differences,
    policy_differences,
    built_in_differences,
)


def differences(only: str | None = None) -> list[Difference]:
    """Everything in which the catalog is not as declared. Call it in the owner's seat. only: one province's part."""
    here = Installation.here(only)
    return [each for step in _STEPS for each in step(here)]


def fingerprint() -> str:
    """Digest of what is declared and of what the catalog says, in one quick query.

    After `apply` has left nothing to do, the same fingerprint means that there is still nothing to do.
    """
    declared = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))))
    people = sorted(people_tables())
    declared.update(repr([declared_grants(), declared_policies(), declared_insert_only(), people]).encode())
    [(catalog,)] = rows(_CATALOG_DIGEST, list(REVOKED_FUNCTIONS))
    return hashlib.sha256(declared.digest() + str(catalog).encode()).hexdigest()[:32]


def apply(only: str | None = None) -> list[Difference]:
    """Put right what the owner can put right; return what is left. Call it in the owner's seat; safe to repeat.

    only: look after one province and the shared parts; the others are left alone.
    """
    here = Installation.here(only)
    changed = False
    left: list[Difference] = []
    with connection.cursor() as cursor:
        for step in _STEPS:
            found = list(step(here))
            left += [each for each in found if each.superuser]
            for batch in _batches([statement for each in found if not each.superuser for statement in each.remedy]):
                changed = True
                cursor.execute(batch)
    return [each for step in _STEPS for each in step(here)] if changed else left


def _batches(statements: Sequence[str], size: int = 200) -> Iterable[str]:
    """Statements joined: a new province needs hundreds of grants, each a round trip otherwise."""
    for start in range(0, len(statements), size):
        yield ";\n".join(statements[start : start + size])


__all__ = [
    "REVOKED_FUNCTIONS", "Difference", "Installation", "apply", "current_generation", "differences", "fingerprint",
    "literal", "locked_out", "quoted", "reset_passwords", "wanted_rights",
]  # fmt: skip
