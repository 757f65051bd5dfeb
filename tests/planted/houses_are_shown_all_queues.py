"""Any appraiser sees the tasks of any house, with what the provinces wrote into them."""

GUARD = "G1"


def plant():
    from planted import desks_of_all_organisations_are_one as whole

    whole.plant()
