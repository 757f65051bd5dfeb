"""The form in which a letter goes over the wire, one for each delivery. Version 1."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment, Sha256
from federation.letters.post import own_prefix
from federation.peers.errors import EnvelopeWrong, ProtocolUnknown
from kernel.canonical import sha256_hex, sm3_hex

PROTOCOL = 1


class WireEnvelope(BaseModel):
    """A letter with one of its deliveries. body, manifest: the very text that its digests are over.

    also: all its addressees at the receiving installation, this one among them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: int
    delivery_id: UUID
    letter_id: UUID
    kind: str = Field(max_length=60)
    version: int = Field(ge=1, le=32767)
    sender: str = Field(max_length=60)
    addressee: str = Field(max_length=60)
    also: list[str] = Field(max_length=500)
    thread: UUID
    in_reply_to: UUID | None
    sequence: int = Field(ge=1)
    document_no: str = Field(max_length=80)
    purpose: str = Field(max_length=200)
    handling: str = Field(max_length=20)
    written_at: AwareDatetime
    expires_at: AwareDatetime | None
    due_at: AwareDatetime | None
    due_provisional: bool
    by_name: str = Field(max_length=60)
    body_sha256: str = Sha256
    body_sm3: str = Sha256
    manifest_sha256: str = Sha256
    body: str
    manifest: str

    def files(self) -> list[Attachment]:
        """The manifest, read. Raises EnvelopeWrong when it is none, or names files outside the sender's store."""
        return read_manifest(self.manifest, Address.parse(self.sender))


def read(said: Any) -> WireEnvelope:
    """Check the form, and the digests over body and manifest. Raises ProtocolUnknown, EnvelopeWrong."""
    protocol = said.get("protocol") if isinstance(said, dict) else None
    if protocol != PROTOCOL:
        raise ProtocolUnknown(protocol=str(protocol))
    try:
        envelope = WireEnvelope.model_validate(said)
        Address.parse(envelope.sender)
        for party in [envelope.addressee, *envelope.also]:
            Address.parse(party)
    except ValidationError as error:
        raise EnvelopeWrong(what=".".join(map(str, error.errors()[0]["loc"]))) from error
    except ValueError as error:
        raise EnvelopeWrong(what="address") from error
    if envelope.addressee not in envelope.also:
        raise EnvelopeWrong(what="also")
    body, manifest = envelope.body.encode(), envelope.manifest.encode()
    found = (sha256_hex(body), sm3_hex(body), sha256_hex(manifest))
    if found != (envelope.body_sha256, envelope.body_sm3, envelope.manifest_sha256):
        raise EnvelopeWrong(what="digest")
    envelope.files()
    return envelope


def read_manifest(manifest: str, sender: Address) -> list[Attachment]:
    """The files of a manifest, which must all lie in the sender's store. Raises EnvelopeWrong."""
    files = parse_manifest(manifest)
    if any(not file.object_key.startswith(own_prefix(sender)) for file in files):
        raise EnvelopeWrong(what="manifest")
    return files


def parse_manifest(manifest: str) -> list[Attachment]:
    """The files of a manifest. Raises EnvelopeWrong."""
    try:
        return [Attachment.model_validate(each) for each in json.loads(manifest)]
    except (ValueError, TypeError) as error:
        raise EnvelopeWrong(what="manifest") from error
