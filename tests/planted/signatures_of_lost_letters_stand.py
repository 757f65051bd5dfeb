"""A province comes back, and what it no longer knows stays signed for."""

GUARD = "G23"


def plant():
    from backups import hooks
    from federation.letters import restored

    hooks.AT_SWAP.remove(restored.forget_signatures)
