"""An extension is approved though the term had ended, and brings it back to life."""

GUARD = "seizure"


def plant():
    from tenants.inspections.seizure_services import lasting

    lasting._term_runs = lambda seizure: None
