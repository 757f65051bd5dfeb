"""The login that writes the looks is granted to strike them out."""

GUARD = "G21"


def plant_database(cluster):
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute("GRANT UPDATE, DELETE ON gx.audit_readline TO czj_gx")
