"""Brands and the office have a stream each in the shared layer; neither touches the other's."""

from provinces.declarations import BRANDS, ME, OFFICE, Grant, Policy

_BOTH = (BRANDS, OFFICE)
RIGHTS = [
    Grant(model, to=_BOTH, rights="SELECT, INSERT, UPDATE, DELETE") for model in ("oversight.Copy", "oversight.Copied")
]
POLICIES = [
    Policy("oversight.Copy", "copy_own", "ALL", using=f"seat = {ME}", check=f"seat = {ME}", to=_BOTH),
    Policy("oversight.Copied", "copied_own", "ALL", using=f"seat = {ME}", check=f"seat = {ME}", to=_BOTH),
]
