"""Recognition over several workers: each holds the libraries of some right holders, and looks at their goods' photos.

A right holder's brands and products have one library, so that is what is dealt out: by the organisation's id, the same
everywhere, without a table to keep. A photo goes to the worker that holds the library of its goods. What concerns the
libraries of several (the third ring) goes from worker to worker, each adds what its own libraries know, and the last
writes it down. One worker: one queue, as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID
from zlib import crc32

from django.conf import settings


class NotThisShard(LookupError):
    """A library that another worker holds was asked for here."""


def shard_of(organisation_id: UUID) -> int:
    """Which of RECOGNITION_SHARDS holds the library of this right holder."""
    return crc32(UUID(str(organisation_id)).bytes) % settings.RECOGNITION_SHARDS


def is_mine(organisation_id: UUID) -> bool:
    """Whether this process may open that library: it is of its shard, or it was told no shard."""
    return settings.RECOGNITION_SHARD is None or shard_of(organisation_id) == settings.RECOGNITION_SHARD


def held_here(organisation_id: UUID) -> UUID:
    """The id itself. Raises NotThisShard: an index opened by two processes would be written by both."""
    if not is_mine(organisation_id):
        raise NotThisShard(
            f"{organisation_id} is of shard {shard_of(organisation_id)}, this is {settings.RECOGNITION_SHARD}"
        )
    return organisation_id


def queue(shard: int, *, first: bool = False) -> str:
    """The queue of one shard; with one shard the queues have no number."""
    name = "recognition-first" if first else "recognition"
    return f"{name}.{shard}" if settings.RECOGNITION_SHARDS > 1 else name


def others(owners: Iterable[UUID], done: Iterable[int]) -> list[int]:
    """Shards that hold any of these libraries and have not been asked, in order."""
    return sorted({shard_of(owner) for owner in owners} - set(done))
