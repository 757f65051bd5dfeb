"""Whatever owner and province chose, every province sees the whole of an earlier matter."""

GUARD = "chosen"


def plant():
    from appraisal.recognition.services import steps

    steps.share_of = lambda find, entry=None: "shown"
