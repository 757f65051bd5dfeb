"""Everybody reckons with the national table; the office writes it, and never over what it wrote."""

from provinces.declarations import COURIER, OFFICE, PARTY, PUBLIC, Grant, InsertOnly

RIGHTS = [
    Grant("workdays.Arrangement", to=(PARTY, PUBLIC, COURIER), rights="SELECT"),
    Grant("workdays.Arrangement", to=OFFICE, rights="SELECT, INSERT"),
]
INSERT_ONLY = [InsertOnly("workdays.Arrangement")]
