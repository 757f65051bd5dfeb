"""A right that nobody declared is given by hand."""

GUARD = "grants"


def plant_database(cluster):
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute("GRANT DELETE ON public.provinces_domain TO czj_gd")
