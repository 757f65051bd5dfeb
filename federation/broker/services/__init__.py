"""Writes of the broker, one module a matter. What other apps call stands here."""

from federation.broker.services.disputes import open_dispute
from federation.broker.services.routes import ask as ask_route

__all__ = ["ask_route", "open_dispute"]
