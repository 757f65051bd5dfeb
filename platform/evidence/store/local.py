"""A folder as a store: the embedded default."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from evidence.errors import AlreadyStored, NoSuchObject
from evidence.store.base import KEY, Hashing, Promise, Store, StoredObject, name_and_version, own, work_dir
from kernel import durable, folders
from kernel.ids import uuid7


class FolderStore(Store):
    """Objects as read-only files of one folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def promises(self) -> list[Promise]:
        """Asks nothing: a file system can do no more than this."""
        own_disk = str(_("文件夹存储做不到：能登录这台服务器的管理员可以改、可以删。需要锁定时请接对象存储。"))
        return [
            Promise("whole", True, str(_("整份写入，写到一半断电不留残件。"))),
            Promise("once", True, str(_("原件写入后只读，本系统不覆盖、不删除。"))),
            Promise("versions", False, own_disk),
            Promise("lock", False, own_disk),
            Promise("key_per_province", False, str(_("文件夹存储不加密。请加密整块磁盘。"))),
            Promise("prefix_per_province", True, str(_("各省各有目录，程序只打开本省的。"))),
            Promise("links", True, str(_("链接限本人、限时。"))),
        ]

    def _lock(self, key: str) -> None:
        return  # a file system has none: see `promises`

    def _forget(self, prefix: str) -> None:
        shutil.rmtree(self.root / prefix, ignore_errors=True)

    def _listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        for path, size in folders.files_below(self.root / prefix):
            name = path.relative_to(self.root).as_posix()
            if KEY.fullmatch(name):
                yield name, size

    def prefixes(self) -> list[str]:
        if not self.root.is_dir():
            return []
        return sorted(each.name for each in self.root.iterdir() if each.is_dir() and not each.name.startswith("."))

    def _path(self, key: str) -> Path:
        return self.root / name_and_version(key)[0]

    def _put(self, key: str, fileobj: BinaryIO, media_type: str, *, replace: bool) -> StoredObject:
        target, draft = self._path(key), work_dir() / str(uuid7())
        hashing = Hashing(fileobj)
        try:
            with draft.open("xb") as out:
                for chunk in hashing.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            draft.chmod(0o440)
            durable.make_folder(target.parent)
            if replace:
                draft.replace(target)
            else:
                self._link(draft, target)
            durable.keep_name(target)
        finally:
            draft.unlink(missing_ok=True)
        return hashing.result()

    @staticmethod
    def _link(source: Path, target: Path) -> None:
        # A rename would silently replace what lies there; a hard link is as atomic and refuses.
        try:
            os.link(source, target)
        except FileExistsError as error:
            raise AlreadyStored() from error

    def _open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise NoSuchObject() from error

    def _whole(self, key: str) -> tuple[BinaryIO, str]:
        """Read where it lies: what is replaced here is another file, and one that is open stays what it is."""
        whole = self._open(key)
        try:
            digest = hashlib.file_digest(whole, "sha256").hexdigest()
            whole.seek(0)
        except BaseException:
            whole.close()
            raise
        return whole, digest

    def _exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def _copy(self, from_key: str, to_key: str) -> None:
        target = self._path(to_key)
        durable.make_folder(target.parent)
        with suppress(FileExistsError):
            try:
                os.link(self._path(from_key), target)
            except FileNotFoundError as error:
                raise NoSuchObject() from error
        durable.keep_name(target)

    def _walk(self, prefix: str) -> Iterator[tuple[str, int]]:
        for path, size in folders.files_below(self.root / prefix):
            yield path.relative_to(self.root).as_posix(), size

    def _delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    @contextmanager
    def as_file(self, key: str, *, sha256: str = "") -> Iterator[Path]:
        with self.open(own(key), sha256=sha256):
            yield self._path(key)
