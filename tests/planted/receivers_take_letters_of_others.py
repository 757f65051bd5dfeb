"""A receiver runs whoever the letter names."""

GUARD = "G14"


def plant():
    from federation.letters import delivery

    delivery.hand_over = lambda message, envelope: delivery.RECEIVERS[type(message), envelope.addressee.kind](
        message, envelope
    )
