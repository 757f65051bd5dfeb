"""A line is written with all that somebody put into it."""

GUARD = "logs"


def plant():
    from watching import scrub

    scrub.text = lambda value: value
