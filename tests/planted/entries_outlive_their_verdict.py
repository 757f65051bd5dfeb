"""An entry is suspended, but nobody who was shown a hint of it is told."""

GUARD = "fallen"


def plant():
    from appraisal.recognition.services import hinting

    hinting.flag = lambda entry, why, *, by: 0
