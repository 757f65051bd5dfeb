"""The files of a letter: copied under the addressee's prefix before it is delivered, and verified by digest.

A key follows from letter and place, so a copy that was cut short is made again under the same key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast
from uuid import UUID, uuid5

from django.conf import settings
from django.utils.module_loading import import_string

from evidence.store import differs
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment
from federation.letters.errors import AttachmentDiffers, AttachmentMissing
from federation.letters.post import own_prefix
from provinces.seats import COURIER


class Digested(Protocol):
    """What a store says of an object."""

    sha256: str
    sm3: str


class Store(Protocol):
    """What the post office needs of the object store."""

    def copy(self, from_key: str, to_key: str) -> Digested: ...

    def exists(self, key: str) -> bool: ...

    def digests(self, key: str) -> Digested: ...


def store() -> Store:
    """The store that the settings name."""
    return cast("Store", import_string(settings.LETTERS_STORE)())


def arrived_key(addressee: Address, letter_id: UUID, place: int) -> str:
    """Where the addressee's own copy of the letter's file lies. place: from 0, in the manifest."""
    made = uuid5(letter_id, str(place))
    return f"{own_prefix(addressee)}letter/{made.hex[-2:]}/{made}"


def parcel_key(letter_id: UUID, place: int) -> str:
    """Where the courier lays down the file of a letter from another installation, until its addressees have copies."""
    made = uuid5(letter_id, f"parcel {place}")
    return f"{COURIER.name}/parcel/{made.hex[-2:]}/{made}"


def bring(from_keys: Iterable[str], files: Iterable[Attachment]) -> None:
    """Copy each file to the key that its manifest entry names, and compare both digests. Safe to run again.

    Raises AttachmentMissing, AttachmentDiffers.
    """
    objects = store()
    for from_key, file in zip(from_keys, files, strict=True):
        if objects.exists(file.object_key):
            found = objects.digests(file.object_key)
        else:
            try:
                found = objects.copy(from_key, file.object_key)  # says what arrived: one reading, not two
            except FileNotFoundError as error:
                raise AttachmentMissing(what=file.what) from error
        if (found.sha256, found.sm3) != (file.sha256, file.sm3):
            differs(file.object_key, sealed=file.sha256, found=found.sha256)
            raise AttachmentDiffers(what=file.what, sha256=file.sha256)
