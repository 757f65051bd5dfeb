"""Tensors out of a PyTorch archive, without PyTorch and without running what is in it.

The archive is a zip with a pickle that names tensors and files that hold their numbers. Only the four names such a
pickle needs can be loaded; anything else is refused.
"""

from __future__ import annotations

import collections
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DTYPES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
MOST_BYTES = 64 * 1024 * 1024


class NotWeights(ValueError):
    """The file is not an archive of plain tensors."""


def _tensor(
    storage: NDArray[Any], offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any
) -> NDArray[Any]:
    count = int(np.prod(size)) if size else 1
    expected = tuple(int(np.prod(size[position + 1 :])) for position in range(len(size)))
    if tuple(stride) != expected or offset < 0 or offset + count > storage.size:
        raise NotWeights("a tensor is not laid out row by row inside its file")
    return storage[offset : offset + count].reshape(size)


class _Reader(pickle.Unpickler):
    def __init__(self, data: bytes, archive: zipfile.ZipFile, root: str) -> None:
        super().__init__(io.BytesIO(data))
        self._archive, self._root = archive, root

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _DTYPES:
            return name
        raise NotWeights(f"the archive asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> NDArray[Any]:
        kind, storage, key, _, count = pid
        if kind != "storage" or storage not in _DTYPES or not str(key).isalnum():
            raise NotWeights("the archive names something that is no storage")
        data = self._archive.read(f"{self._root}/data/{key}")
        numbers: NDArray[Any] = np.frombuffer(data, _DTYPES[str(storage)])
        if numbers.size != count:
            raise NotWeights("a storage has another length than it says")
        return numbers


def read(path: Path) -> dict[str, NDArray[Any]]:
    """Tensors by name. Raises NotWeights."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise NotWeights("the archive is larger than any model that is used here")
            index = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            if len(index) != 1:
                raise NotWeights("the archive has no index")
            found = _Reader(archive.read(index[0]), archive, index[0].removesuffix("/data.pkl")).load()
    except (zipfile.BadZipFile, pickle.UnpicklingError, KeyError, EOFError, TypeError, OSError) as broken:
        raise NotWeights(str(broken)) from broken
    if not isinstance(found, dict) or not all(isinstance(value, np.ndarray) for value in found.values()):
        raise NotWeights("the archive holds something besides tensors")
    return {str(name): value for name, value in found.items()}
