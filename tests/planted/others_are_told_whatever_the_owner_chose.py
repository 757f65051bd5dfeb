"""Whatever an owner chose, the officers of others' requests are told the whole of an earlier matter."""

GUARD = "chosen_elsewhere"


def plant():
    from appraisal.recognition.services import beyond, steps

    steps.share_of = lambda find, entry=None: "shown"
    beyond._seen = lambda entry, province_code, choice: steps.may_be_seen(entry.find, province_code, entry)
