"""A file is looked up and taken without waiting for a row that names it and is being written in that moment."""

GUARD = "G24"


def plant():
    from retention import clearing

    clearing.taking = lambda key: None
