"""Benches of an inspection. Found by name, see `runtime.bench`."""

from tenants.inspections.benches import fanout

__all__ = ["fanout"]
