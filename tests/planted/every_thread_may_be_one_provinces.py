"""A worker runs as many tasks of one province at once as there are."""

GUARD = "G25"


def plant():
    from provinces.turns import Turns

    Turns.take = lambda self, name: True
    Turns.give_back = lambda self, name: False
