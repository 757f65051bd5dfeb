"""A holder knows that a grant is over only when the letter has come."""

GUARD = "G15"


def plant():
    from federation.grants import guarded

    guarded.ended_at = lambda grants: {row.grant_id: row.ended_at for row in grants if row.ended_at}
