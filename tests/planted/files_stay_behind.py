"""Rows go and the proof says so, but originals, views and thumbnails stay in the store."""

GUARD = "G24"


def plant():
    from retention import clearing

    clearing._take = lambda key: ("gone", None)
