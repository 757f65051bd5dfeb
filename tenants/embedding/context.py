"""Which matter of which case system the page in hand was opened for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from audit import trail


@dataclass(frozen=True)
class Opened:
    """The mark of an embedded session.

    origin: of the page around the frame; empty in a window of its own. number: the case number as it was at the launch.
    """

    connection_id: UUID
    connection_name: str
    matter_id: UUID
    origin: str = ""
    number: str = ""

    @property
    def framed(self) -> bool:
        return bool(self.origin)


_current: ContextVar[Opened | None] = ContextVar("embedding_opened", default=None)


def current() -> Opened | None:
    """What this thread's request was opened for; None at the front door and in background tasks."""
    return _current.get()


@contextmanager
def opened(mark: Opened) -> Iterator[None]:
    """Work for that matter inside the block: what is begun is linked with it, and the trail says through whom."""
    token = _current.set(mark)
    try:
        with trail.through(mark.connection_name):
            yield
    finally:
        _current.reset(token)
