"""The giver writes that its own grant is over; giver and holder read it. The office keeps the open agreements."""

from provinces.declarations import ME, OFFICE, PARTY, PROVINCES, Grant, InsertOnly, Policy

RIGHTS = [
    Grant("published.EndedGrant", to=PARTY),
    Grant("published.OpenAgreement", to=PROVINCES, rights="SELECT"),
    Grant("published.OpenAgreement", to=OFFICE, rights="SELECT, INSERT, UPDATE"),
]
POLICIES = [
    Policy(
        "published.EndedGrant",
        "ended_write",
        "INSERT",
        # Nobody ends another's grant: the name of the giver follows from the login.
        check=f"giver_seat = {ME} AND {ME} = ANY (seats) AND giver LIKE CASE {ME} WHEN 'office' THEN 'office'"
        f" WHEN 'brands' THEN 'organisation:%' ELSE 'province:' || {ME} END",
    ),
    Policy("published.EndedGrant", "ended_read", "SELECT", using=f"{ME} = ANY (seats)"),
]
INSERT_ONLY = [InsertOnly("published.EndedGrant")]
