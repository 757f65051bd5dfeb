"""Benches of an inspection. Found by name, see `runtime.bench`."""

from tenants.inspections.benches import counting, fanout

__all__ = ["counting", "fanout"]
