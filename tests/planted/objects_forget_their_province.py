"""Objects no longer tell which schema they came from."""

GUARD = "G5"


def plant():
    from provinces import instances

    instances.home_of = lambda instance: None
