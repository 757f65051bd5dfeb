"""All parties read the price table; the office writes it, and never over what it wrote."""

from provinces.declarations import OFFICE, PARTY, Grant, InsertOnly

RIGHTS = [
    Grant("prices.Price", to=PARTY, rights="SELECT"),
    Grant("prices.Price", to=OFFICE, rights="SELECT, INSERT"),
]
INSERT_ONLY = [InsertOnly("prices.Price")]
