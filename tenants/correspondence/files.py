"""The printed letter: as the sender sealed it, kept with the letter and sent along; what came is kept as it came."""

from __future__ import annotations

import io

from evidence.services import attachment_fields, own_prefix, take_in
from evidence.store import make_key, store
from federation.contracts.messages import Attachment
from federation.letters.post import Envelope
from tenants.correspondence import paper
from tenants.correspondence.models import LetterFile, OfficialLetter

WHAT, SEAL_SCAN = "official_letter", "seal_scan"
LARGEST = 20_000_000


def attachment(letter: OfficialLetter) -> list[Attachment]:
    """The PDF as one attachment: the sealed one where there is one."""
    row = letter.files.filter(format=LetterFile.Format.PDF).order_by("-sealed").first()
    if row is None:
        return []
    key = make_key(own_prefix(), "paper", row.pk)
    if store().exists(key):
        kept = store().digests(key, sha256=row.sha256)
    else:
        kept = store().put(key, io.BytesIO(bytes(row.data)), "application/pdf")
    found = [
        Attachment(
            object_key=key, media_type="application/pdf", size_bytes=kept.size_bytes, sha256=kept.sha256, sm3=kept.sm3,
            what=WHAT,
        )
    ]  # fmt: skip
    if letter.seal_scan is not None and letter.seal_scan.view_key:
        found.append(Attachment(**attachment_fields(letter.seal_scan, what=SEAL_SCAN)))
    return found


def keep(letter: OfficialLetter, envelope: Envelope, *, sealed: bool) -> None:
    """Keep the printed letter that came, and the scan of its seal. In the delivery's transaction."""
    for file in envelope.attachments:
        if file.what == WHAT and file.size_bytes <= LARGEST:
            with store().open(file.object_key, sha256=file.sha256) as stream:
                data = stream.read()
            LetterFile.objects.create(
                letter=letter, format=LetterFile.Format.PDF, sealed=sealed, data=data, size_bytes=len(data),
                sha256=file.sha256,
            )  # fmt: skip
        elif file.what == SEAL_SCAN and file.media_type == "image/jpeg":
            letter.seal_scan = take_in(file, letter_id=envelope.letter_id, by_name=letter.peer_name)
            letter.save(update_fields=["seal_scan"])


def pdf(letter: OfficialLetter) -> bytes:
    """The letter as PDF: the kept one, or as a draft would look now."""
    row = letter.files.filter(format=LetterFile.Format.PDF).order_by("-sealed").first()
    return bytes(row.data) if row is not None else paper.pdf(letter)
