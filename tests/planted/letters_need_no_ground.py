"""The gate looks at everything but the grounds."""

GUARD = "G16"


def plant():
    from appraisal.issuing import gate

    gate._grounds = lambda row: []
