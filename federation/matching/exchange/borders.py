"""Who may do what with digests: a province lays down and takes away its own and reads nobody else's.

The office reads all of them and notes what it looked at; it has no right on the salt, without which a digest cannot be
tried. A salt is read by every province and changed by nobody.
"""

from provinces.declarations import ME, OFFICE, PROVINCES, Grant, InsertOnly, Policy

_DIGEST = "matching_exchange.Digest"
_OWN = f"province = {ME}"

RIGHTS = [
    Grant("matching_exchange.Round", to=PROVINCES),
    Grant(_DIGEST, to=PROVINCES, rights="SELECT, INSERT, DELETE"),
    Grant(_DIGEST, to=OFFICE, rights="SELECT, DELETE"),
    Grant(_DIGEST, to=OFFICE, rights="UPDATE", columns=("state", "looked_at", "held_on")),
]
POLICIES = [
    Policy(
        _DIGEST,
        "digest_lay",
        "INSERT",
        check=f"{_OWN} AND state = 'new' AND looked_at IS NULL AND held_on IS NULL",
        to=PROVINCES,
    ),
    Policy(_DIGEST, "digest_own", "SELECT", using=_OWN, to=PROVINCES),
    Policy(_DIGEST, "digest_take_away", "DELETE", using=_OWN, to=PROVINCES),
    Policy(_DIGEST, "digest_office", "SELECT", using="true", to=OFFICE),
    Policy(_DIGEST, "digest_looked", "UPDATE", using="true", check="true", to=OFFICE),
    Policy(_DIGEST, "digest_old", "DELETE", using="true", to=OFFICE),
]
INSERT_ONLY = [InsertOnly("matching_exchange.Round")]
