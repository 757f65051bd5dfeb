"""Cache keys carry the seat: two provinces can never read each other's entries."""

from provinces.context import required


def seat_key(key: str, key_prefix: str, version: int) -> str:
    """Full key of one entry: prefix, version, seat, key. Raises NoSeat when the thread works for nobody."""
    return f"{key_prefix}:{version}:{required()}:{key}"
