"""A commission takes the officer's own name along where his title belongs."""

GUARD = "G1"


def plant():
    from appraisal.requests.services import sending

    whole = sending.CommissionV1
    sending.CommissionV1 = lambda **said: whole(**{**said, "officer_title": said["officer_name"]})
