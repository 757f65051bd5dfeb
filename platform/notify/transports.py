"""Ways out of the house: apprise for gateways, the console where none is set, and a list for tests."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import ClassVar

log = logging.getLogger(__name__)


class AppriseTransport:
    """Every gateway that apprise knows. Without an address the message goes to the console."""

    def deliver(self, url: str, *, title: str, body: str) -> bool:
        """Whether the gateway took it. A gateway that is down, or an address that is none, is a no."""
        if not url:
            return ConsoleTransport().deliver(url, title=title, body=body)
        import apprise

        gateway = apprise.Apprise()
        if not gateway.add(url):
            return False
        for each in gateway:
            each.redirects = False  # a robot's own host answers by itself
        return bool(gateway.notify(title=title, body=body))


class ConsoleTransport:
    """Writes the message to the log: for development and demonstration."""

    def deliver(self, url: str, *, title: str, body: str) -> bool:
        """Always taken."""
        log.warning("message: %s | %s", title, body)
        return True


@dataclass
class Sent:
    """One message as a gateway would have got it."""

    url: str
    title: str
    body: str


@dataclass
class MemoryTransport:
    """Keeps messages in a list, or refuses them while `down`: for tests."""

    sent: ClassVar[list[Sent]] = []
    down: ClassVar[bool] = False

    def deliver(self, url: str, *, title: str, body: str) -> bool:
        """Taken unless `down`."""
        if not self.down:
            self.sent.append(Sent(url, title, body))
        return not self.down
