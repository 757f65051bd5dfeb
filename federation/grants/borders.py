"""The office's grants and the organisations' lie in one table in `public`: the logins part them, doors the rest."""

from provinces.declarations import BRANDS, OFFICE, InsertOnly, Policy

_GRANT = "{table[grants.Grant]}"


def _own(model: str) -> str:
    """The policy of the grant decides for what hangs on it. The column is named whole: a grant has one of that name."""
    return f"EXISTS (SELECT 1 FROM {_GRANT} g WHERE g.id = {{table[grants.{model}]}}.grant_id)"


POLICIES = [
    Policy("grants.Grant", "grants_office", "ALL", using="party = 'office'", check="party = 'office'", to=OFFICE),
    Policy(
        "grants.Grant",
        "grants_brands",
        "ALL",
        using="party LIKE 'organisation:%'",
        check="party LIKE 'organisation:%'",
        to=BRANDS,
    ),
    *(
        Policy(
            f"grants.{model}",
            f"grants_{model.lower()}",
            "ALL",
            using=_own(model),
            check=_own(model),
            to=(BRANDS, OFFICE),
        )
        for model in ("Item", "Use")
    ),
]
INSERT_ONLY = [
    InsertOnly("grants.Item", columns=("text", "object_key", "opened_at", "purged_at")),
    InsertOnly("grants.Use", columns=("told_at",)),
]
