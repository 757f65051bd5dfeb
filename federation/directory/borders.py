"""The directory is published: every party reads it, the office alone writes what provinces tell it."""

from provinces.declarations import OFFICE, PARTY, Grant

RIGHTS = [
    Grant("directory.Entry", to=PARTY, rights="SELECT"),
    Grant("directory.Entry", to=OFFICE, rights="SELECT, INSERT, UPDATE"),
]
