"""A seat writes its own row and reads it; the office reads all, and alone says how the whole stands."""

from provinces.declarations import ME, OFFICE, PARTY, PUBLIC, Grant, Policy

_READING = "watching_board.Reading"
_STANDING = "watching_board.Standing"
_OWN = f"seat = {ME}"

RIGHTS = [
    Grant(_READING, to=PARTY, rights="SELECT, INSERT, UPDATE"),
    Grant(_READING, to=OFFICE, rights="DELETE"),
    Grant(_STANDING, to=OFFICE, rights="SELECT, INSERT, UPDATE"),
    Grant(_STANDING, to=PUBLIC, rights="SELECT"),
]
POLICIES = [
    Policy(_READING, "reading_lay", "INSERT", check=_OWN),
    Policy(_READING, "reading_change", "UPDATE", using=_OWN, check=_OWN),
    Policy(_READING, "reading_own", "SELECT", using=_OWN),
    Policy(_READING, "reading_office", "SELECT", using="true", to=OFFICE),
    Policy(_READING, "reading_gone", "DELETE", using="true", to=OFFICE),
]
