"""Nobody asks how an addressee stands."""

GUARD = "G14"


def plant():
    from federation.letters import addressees

    addressees.refusal = lambda address: None
