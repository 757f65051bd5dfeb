"""What lies in a folder, told completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file below a folder with its length, folder by folder in the order of names.

    What goes while we look is left out, and a folder that is not there holds nothing. Raises OSError for what cannot be
    read: a list that leaves it out in silence would pass for a whole one.
    """

    def failed(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    for within, folders, names in os.walk(folder, onerror=failed):
        folders.sort()
        for path in (Path(within, name) for name in sorted(names)):
            try:
                size = path.stat().st_size
            except FileNotFoundError:
                continue
            yield path, size
