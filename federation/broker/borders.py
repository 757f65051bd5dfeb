"""Each province has these tables in its own schema; those in `public` are the office's alone."""

from provinces.declarations import OFFICE, Grant, InsertOnly

RIGHTS = [
    Grant("broker.Route", to=OFFICE, rights="SELECT, INSERT, UPDATE"),
    Grant("broker.Look", to=OFFICE, rights="SELECT, INSERT, UPDATE"),
    Grant("broker.Dispute", to=OFFICE, rights="SELECT, INSERT, UPDATE"),
]
INSERT_ONLY = [InsertOnly("broker.DisputeWord"), InsertOnly("broker.SupervisionReport")]
