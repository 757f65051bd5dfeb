"""After a restoration on a new host the next number is the one after the last that the backup knew."""

GUARD = "G23"


def plant():
    from backups import carrying

    carrying.skip_numbers = lambda *args: []
    carrying.pass_over = lambda *args: ""
