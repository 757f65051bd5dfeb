"""An extension is approved though the term had ended, and brings it back to life."""

GUARD = "seizure"


def plant():
    from tenants.inspections import seizure_services

    seizure_services._term_runs = lambda seizure: None
