"""Each try of an event is posted under a new id: a receiver cannot know that it has done it already."""

GUARD = "G22"


def plant():
    from uuid import uuid4

    from webhooks import signing

    real = signing.headers_of
    signing.headers_of = lambda event_id, body, keys, **named: real(uuid4(), body, keys, **named)
