"""Any appraiser opens the tasks of any organisation."""

GUARD = "G2"


def plant():
    from appraisal.desk import selectors
    from appraisal.desk.models import DeskTask

    selectors.tasks_of = lambda desk: DeskTask.objects.select_related("claimed_by", "organisation")
