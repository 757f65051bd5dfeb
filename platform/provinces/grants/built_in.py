"""What PostgreSQL leaves to PUBLIC."""

from collections.abc import Iterable

from provinces.grants.common import Difference, Installation, rows, whom

REVOKED_FUNCTIONS = ("lo\\_%", "loread", "lowrite", "pg\\_logical\\_emit\\_message")
"""Built-in functions that PUBLIC may not call: large objects belong to no schema, so no border parts them."""


def built_in_differences(here: Installation) -> Iterable[Difference]:
    for signature, grantee in rows(
        "SELECT p.oid::regprocedure::text,"
        " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END"
        " FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        " WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname LIKE ANY(%s) AND a.grantee <> p.proowner",
        list(REVOKED_FUNCTIONS),
    ):
        remedy = f"REVOKE ALL ON FUNCTION pg_catalog.{signature} FROM {whom(grantee)}"
        yield Difference(f"function {signature}", "", f"EXECUTE to {grantee}", (remedy,), superuser=True)
    for role, kind in rows("SELECT pg_get_userbyid(defaclrole)::text, defaclobjtype::text FROM pg_default_acl"):
        yield Difference(f"default privileges of {role}", "", f"some for objects of kind {kind}", (), superuser=True)
    for name, owner in rows(
        "SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner)::text FROM pg_proc p WHERE p.prosecdef"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        " AND p.pronamespace <> 'pg_catalog'::regnamespace"
    ):
        yield Difference(f"function {name}", "no SECURITY DEFINER", f"runs as {owner}", (), superuser=True)
