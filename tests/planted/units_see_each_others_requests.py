"""An officer sees the requests of every unit of the bureau."""

GUARD = "G2"


def plant():
    from accounts.models import Unit
    from appraisal.requests import selectors

    selectors.visible_unit_ids = lambda person: set(Unit.objects.values_list("pk", flat=True))
