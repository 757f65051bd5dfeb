"""Somebody grants a province's schema to the group of all parties."""

GUARD = "G4"


def plant_database(cluster):
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute("GRANT USAGE ON SCHEMA gz TO czj_party; GRANT SELECT ON ALL TABLES IN SCHEMA gz TO czj_party")
