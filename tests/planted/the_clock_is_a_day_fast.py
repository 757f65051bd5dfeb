"""A record goes on the day before its day."""

GUARD = "G24"


def plant():
    from datetime import timedelta

    from retention import clearing

    real = clearing._due
    clearing._due = lambda kind, days, now: real(kind, days, now + timedelta(days=1))
