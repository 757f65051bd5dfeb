"""Brands and the office each have periods, runs and proofs of their own in the shared layer."""

from provinces.declarations import BRANDS, ME, OFFICE, Grant, InsertOnly, Policy

_BOTH = (BRANDS, OFFICE)
_OWN = f"seat = {ME}"
_OF_PORTION = "EXISTS (SELECT 1 FROM {table[retention.Portion]} p WHERE p.id = portion_id AND p.seat = " + ME + ")"
_OF_HOLD = "EXISTS (SELECT 1 FROM {table[retention.Hold]} h WHERE h.id = hold_id AND h.seat = " + ME + ")"

RIGHTS = [
    Grant("retention.Rule", to=_BOTH, rights="SELECT, INSERT, UPDATE"),
    Grant("retention.Hold", to=_BOTH, rights="SELECT, INSERT, UPDATE"),
    Grant("retention.HeldThing", to=_BOTH, rights="SELECT, INSERT, DELETE"),
    Grant("retention.Run", to=_BOTH, rights="SELECT, INSERT, UPDATE"),
    Grant("retention.Portion", to=_BOTH, rights="SELECT, INSERT, UPDATE"),
    Grant("retention.GoneRecord", to=_BOTH, rights="SELECT, INSERT"),
    Grant("retention.WaitingObject", to=_BOTH, rights="SELECT, INSERT, UPDATE"),
]
POLICIES = [
    *(
        Policy(f"retention.{model}", f"keeping_{model.lower()}_own", "ALL", using=_OWN, check=_OWN, to=_BOTH)
        for model in ("Rule", "Hold", "Run", "Portion")
    ),
    Policy("retention.HeldThing", "keeping_held_own", "ALL", using=_OF_HOLD, check=_OF_HOLD, to=_BOTH),
    Policy("retention.GoneRecord", "keeping_gone_own", "ALL", using=_OF_PORTION, check=_OF_PORTION, to=_BOTH),
    Policy("retention.WaitingObject", "keeping_waiting_own", "ALL", using=_OF_PORTION, check=_OF_PORTION, to=_BOTH),
]
INSERT_ONLY = [InsertOnly("retention.GoneRecord")]
