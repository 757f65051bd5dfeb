"""Sessions, CSRF pairs, reset links and tickets no longer say which host they are for."""

GUARD = "G13"


def plant():
    from types import SimpleNamespace

    from accounts import csrf, sessions, tickets, tokens

    for module in (csrf, sessions, tickets, tokens):
        module.required = lambda: SimpleNamespace(name="anywhere")
