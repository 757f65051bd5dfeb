"""Whoever sees a seizure decides on it, as if they led its unit."""

GUARD = "seizure"


def plant():
    from tenants.inspections import seizure_selectors

    seizure_selectors.heads = lambda person, unit_id: True
