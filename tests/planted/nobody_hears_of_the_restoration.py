"""An installation comes back and says nothing to the others."""

GUARD = "G23"


def plant():
    from backups import hooks

    hooks.ON_REJOIN.clear()
