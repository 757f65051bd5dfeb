"""`world`: two provinces whose records are a dictionary, and the office."""

from harness.matching_world import world

__all__ = ["world"]
