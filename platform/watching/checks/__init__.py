"""The checks of what lies below this floor. Apps above have theirs in their own module `health.py`."""


def everywhere() -> None:
    """Register them."""
    from watching.checks import certificates, clocks, partners, people, servers, storage, trail  # noqa: F401 - by importing
