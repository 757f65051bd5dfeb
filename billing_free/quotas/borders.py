"""The office writes limits; a province reads its own and those of all provinces, the brands host its organisations'."""

from provinces.declarations import BRANDS, ME, OFFICE, PARTY, PROVINCES, Grant, InsertOnly, Policy

RIGHTS = [
    Grant("quotas.Limit", to=PARTY, rights="SELECT"),
    Grant("quotas.Limit", to=OFFICE, rights="SELECT, INSERT"),
]
POLICIES = [
    Policy(
        "quotas.Limit", "limit_province", "SELECT", using=f"tenant IN ('province:*', 'province:' || {ME})", to=PROVINCES
    ),
    Policy("quotas.Limit", "limit_brands", "SELECT", using="tenant LIKE 'organisation:%'", to=BRANDS),
    Policy("quotas.Limit", "limit_office", "ALL", using="true", check="true", to=OFFICE),
]
INSERT_ONLY = [InsertOnly("quotas.Limit")]
