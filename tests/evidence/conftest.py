"""People, a store of the test's own, and photos as a phone makes them."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from accounts.models import Post, Unit, User
from evidence import doors, hooks


@pytest.fixture
def objects(tmp_path: Path, settings) -> Path:
    """An empty folder store; the path of its folder."""
    settings.OBJECTS_DIR = tmp_path / "objects"
    return settings.OBJECTS_DIR


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Doors and hooks that a test registers are gone after it."""
    lists = [doors._doors, doors._original_doors, hooks._on_ready, hooks._on_refused, hooks._on_assigned]
    before = [list(one) for one in lists]
    yield
    for one, old in zip(lists, before, strict=True):
        one[:] = old


def make_photo(
    width: int = 640, height: int = 480, *, form: str = "JPEG", seed: bytes = b"", **options: object
) -> bytes:
    """A picture with detail, the same for the same seed: `form` JPEG, PNG, WEBP or HEIF."""
    if form == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    grain = hashlib.shake_256(seed or b"photo").digest(64 * 48 * 3)
    picture = Image.frombytes("RGB", (64, 48), grain).resize((width, height), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


@pytest.fixture
def photo() -> Callable[..., bytes]:
    """`photo(width, height, form=…, seed=…)`: bytes of a picture."""
    return make_photo


@pytest.fixture
def people() -> Callable[[], tuple[User, User]]:
    """`chen, huang = people()` in a province's seat: 陈队长 of 南宁 and 黄管理员."""

    def make() -> tuple[User, User]:
        unit = Unit.objects.create(code="450100", name="南宁市局", kind="municipal_bureau", division_code="450100")
        chen = User.objects.create_user("chen", name="陈", title="陈队长", unit=unit)
        Post.objects.create(user=chen, unit=unit, role=Post.Role.OFFICER)
        huang = User.objects.create_user("huang", name="黄", title="黄管理员", unit=unit)
        Post.objects.create(user=huang, unit=unit, role=Post.Role.BUREAU_ADMIN)
        return chen, huang

    return make


def random_bytes(size: int) -> bytes:
    """Bytes that are no picture."""
    return os.urandom(size)
