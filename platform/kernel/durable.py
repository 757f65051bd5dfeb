"""Files that are still there after the power went: a name is on the disk only when its folder is, too.

`fsync` of a file keeps its bytes (POSIX; fsync(2) says it of Linux), not the entry that names it.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """The folder and those above it; each new one is named on the disk. Raises OSError."""
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    for each in new:
        keep_name(each)


def keep_name(path: Path) -> None:
    """The entry that names `path`, made just now by a rename or a link, stays. Raises OSError.

    A mount that knows no such thing (EINVAL, as CIFS) keeps names by itself, or nobody can make it.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(folder)
