"""Whatever an address stands for is called: a partner's webhook reads the metadata of our own machine."""

GUARD = "G19"


def plant():
    from gateway import outbound

    outbound.is_allowed = lambda address, networks=None: True
    outbound._judge = lambda address, rules, *, secure: None
