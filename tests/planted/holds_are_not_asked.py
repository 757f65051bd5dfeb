"""The clock takes what is over its period without asking whether somebody holds it."""

GUARD = "G24"


def plant():
    from retention import clearing

    clearing.is_held = lambda seat, found: False
