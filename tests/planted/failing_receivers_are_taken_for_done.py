"""What a receiver raises is swallowed, and the receipt is written all the same."""

GUARD = "G8"


def plant():
    import contextlib

    from federation.letters import delivery

    hand_over = delivery.hand_over

    def forgiving(message, envelope):
        with contextlib.suppress(ValueError):
            hand_over(message, envelope)

    delivery.hand_over = forgiving
