"""A letter no longer waits for the earlier ones of its matter."""

GUARD = "G7"


def plant():
    from federation.letters import delivery

    for name in ("_PEEK", "_CLAIM"):
        setattr(delivery, name, getattr(delivery, name).replace("NOT EXISTS", "true OR NOT EXISTS"))
