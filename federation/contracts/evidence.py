"""证据移转: originals of a sealed package, from province to province, and what their arrival showed."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

SHA256 = r"^[0-9a-f]{64}$"


class ManifestItemV1(Frozen):
    """One line of the evidence manifest: item, digests, form, original or copy, holder. position names its file."""

    position: int = Field(ge=1)
    exhibit_id: UUID
    item: str = Field(max_length=300)
    form: str = Field(max_length=20)
    original_or_copy: Literal["original", "copy"]
    holder: str = Field(max_length=120)
    legal_kind: str = Field(max_length=20)
    media_type: str = Field(max_length=80)
    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern=SHA256)
    sm3: str = Field(pattern=SHA256)
    captured_at: AwareDatetime | None = None
    captured_by: str = Field("", max_length=80)


@contract
class EvidenceTransferV1(Message):
    """A sealed package crosses with its originals.

    manifest: the canonical JSON that package_sha256 and package_sm3 are of. Each original is an attachment whose `what`
    is its position; its digests are those of the bytes that left, to be compared with the manifest's on arrival.
    """

    kind = "evidence.transfer"
    due = (5, "working_day")

    transfer_id: UUID
    package_id: UUID
    version_no: int = Field(ge=1)
    package_sha256: str = Field(pattern=SHA256)
    package_sm3: str = Field(pattern=SHA256)
    title: str = Field(max_length=120)
    purpose: str = Field(min_length=1, max_length=500)
    unit_name: str = Field("", max_length=80)
    who: str = Field(max_length=80)
    at: AwareDatetime
    items: tuple[ManifestItemV1, ...] = Field(min_length=1, max_length=500)
    manifest: str = Field(max_length=2_000_000)


class ArrivedItemV1(Frozen):
    """What one file was like on arrival. found_sha256: of the bytes that came; empty when none came."""

    position: int = Field(ge=1)
    sha256: str = Field(pattern=SHA256)
    outcome: Literal["same", "differs", "missing"]
    found_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")


@contract
class EvidenceTransferCheckedV1(Message):
    """The receiving province compared every digest: differences and all. seal_holds: of the manifest itself."""

    kind = "evidence.transfer_checked"
    settles = ("evidence.transfer",)

    transfer_id: UUID
    package_id: UUID
    package_sha256: str = Field(pattern=SHA256)
    seal_holds: bool
    at: AwareDatetime
    items: tuple[ArrivedItemV1, ...]
