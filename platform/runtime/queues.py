"""Which queues a worker of recognition takes from: `python -m runtime.queues`, read by infra/images/part."""

from __future__ import annotations

import os
import sys


def of_recognition(shard: str) -> list[str]:
    """By RECOGNITION_SHARD: `0/4` takes from its own, `/4` from those of all four, empty or `/1` from the only ones."""
    own, _, count = shard.partition("/")
    names = ("recognition-first", "recognition")
    if int(count or 1) < 2:
        return list(names)
    return [f"{name}.{number}" for name in names for number in ([int(own)] if own else range(int(count)))]


if __name__ == "__main__":
    sys.stdout.write(",".join(of_recognition(os.environ.get("RECOGNITION_SHARD", ""))) + "\n")
