"""A province's figures lie in its own schema. In `public` each login has its own; the office reads the brands' too."""

from provinces.declarations import BRANDS, ME, OFFICE, InsertOnly, Policy

POLICIES = [
    policy
    for model in ("Day", "KeyDay", "Statement")
    for policy in (
        Policy(
            f"usage.{model}",
            f"usage_{model.lower()}_own",
            "ALL",
            using=f"seat = {ME}",
            check=f"seat = {ME}",
            to=(BRANDS, OFFICE),
        ),
        Policy(f"usage.{model}", f"usage_{model.lower()}_office", "SELECT", using="seat = 'brands'", to=OFFICE),
    )
]
INSERT_ONLY = [InsertOnly("usage.Statement")]
