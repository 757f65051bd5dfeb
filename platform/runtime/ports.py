"""Ports on the loopback address, the usual one if it is free, else another that is kept for this checkout."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """True if `port` can be listened on now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_listening(port: int, host: str = LOOPBACK) -> bool:
    """True if somebody accepts connections on `port`."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def free_port(host: str = LOOPBACK) -> int:
    """A port that is free now. The kernel chooses."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


class Ports:
    """The ports of one checkout, remembered in a small file.

    A remembered port is kept as long as it is free, so that bookmarks and other programs go on working; the usual one
    is tried next.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def _read(self) -> dict[str, int]:
        try:
            kept = json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return {str(name): int(port) for name, port in kept.items()} if isinstance(kept, dict) else {}

    def pick(self, name: str, usual: int) -> int:
        """The port for `name`, free at this moment; written down before it is returned."""
        kept = self._read()
        taken = {port for other, port in kept.items() if other != name}
        candidates = [port for port in (kept.get(name), usual) if port and port not in taken]
        port = next((port for port in candidates if is_free(port)), None) or free_port()
        if kept.get(name) != port:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            fresh = self.file.with_suffix(f".{os.getpid()}.new")
            fresh.write_text(json.dumps({**kept, name: port}, indent=1, sort_keys=True) + "\n")
            fresh.replace(self.file)
        return port
