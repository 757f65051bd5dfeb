"""Where bytes lie: one interface (`base`), a folder (`local`) or any S3-compatible store (`s3`) behind it."""

from __future__ import annotations

import threading
from pathlib import Path

from django.conf import settings

from evidence.store.base import (
    ARRIVED,
    DERIVED,
    HANDED_IN,
    KEY,
    LOCKED,
    LONGEST_LINK_S,
    Promise,
    Store,
    StoredObject,
    content_id,
    differs,
    is_own,
    make_key,
    name_and_version,
    on_differs,
    own,
    photo_url,
    prefix_of,
    read_link,
    readable,
    sweep_work_dir,
    work_dir,
)
from evidence.store.local import FolderStore
from evidence.store.names import name_in, name_index
from evidence.store.s3 import S3Store

__all__ = [
    "ARRIVED",
    "DERIVED",
    "HANDED_IN",
    "KEY",
    "LOCKED",
    "LONGEST_LINK_S",
    "FolderStore",
    "Promise",
    "S3Store",
    "Store",
    "StoredObject",
    "content_id",
    "differs",
    "is_own",
    "make_key",
    "name_and_version",
    "name_in",
    "name_index",
    "on_differs",
    "own",
    "photo_url",
    "prefix_of",
    "read_link",
    "readable",
    "store",
    "sweep_work_dir",
    "work_dir",
]

_stores: dict[tuple[object, ...], Store] = {}
_lock = threading.Lock()


def store() -> Store:
    """The store of this installation: S3 when settings.S3 names an endpoint, else the folder settings.OBJECTS_DIR."""
    wanted = (tuple(settings.S3.items()), str(settings.OBJECTS_DIR))
    with _lock:
        if wanted not in _stores:
            _stores[wanted] = (
                S3Store(**settings.S3) if settings.S3["endpoint_url"] else FolderStore(Path(settings.OBJECTS_DIR))
            )
        return _stores[wanted]
