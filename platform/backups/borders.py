"""A province reads what there is of its own backups, and of those of the whole installation; the office reads all."""

from provinces.declarations import ME, OFFICE, PARTY, Grant, Policy

_TABLES = ("backups.Backup", "backups.Rehearsal", "backups.Restoration")
_OWN = f"scope = {ME} OR scope = 'all'"

RIGHTS = [Grant(table, to=PARTY, rights="SELECT") for table in _TABLES]
POLICIES = [
    *(Policy(table, f"{table.rpartition('.')[2].lower()}_own", "SELECT", using=_OWN) for table in _TABLES),
    *(
        Policy(table, f"{table.rpartition('.')[2].lower()}_office", "SELECT", using="true", to=OFFICE)
        for table in _TABLES
    ),
]
