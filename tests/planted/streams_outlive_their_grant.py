"""Who listens when a grant ends goes on listening."""

GUARD = "G15"


def plant():
    from federation.grants import guarded

    guarded.close_stream = lambda grant_id: None
