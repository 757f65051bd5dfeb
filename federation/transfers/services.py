"""Send a sealed package with its originals to another province; take one in and compare every digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.move import move
from audit.trail import Actor
from evidence import custody, kinds, matters, packages
from evidence.kinds import LegalKind
from evidence.models import CustodyEvent, Exhibit, Package, Transfer
from evidence.services import MACHINE, adopt_original, enqueue_intake, own_prefix
from evidence.store import StoredObject, differs, store
from federation.contracts.addresses import Address
from federation.contracts.evidence import (
    ArrivedItemV1,
    EvidenceTransferCheckedV1,
    EvidenceTransferV1,
    ManifestItemV1,
)
from federation.contracts.messages import Attachment
from federation.letters.addressees import other_provinces
from federation.letters.post import Envelope, post
from federation.letters.words import party_names
from federation.transfers import selectors
from federation.transfers.matters import matter_of
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex, sm3_hex
from kernel.errors import BadInput, Conflict, NotFound404
from kernel.ids import uuid7
from notify.services import tell

_LARGEST_CONTENT = 4_000_000
Act = CustodyEvent.Act


class OriginalDiffers(Conflict):
    """An original is not what was sealed. Data: item, sha256, found_sha256."""

    code = "original_differs"
    title = gettext_lazy("原件与封存时不同")
    sentence = gettext_lazy("“{item}”的原件与封存时不同，没有移转。请先核对封存，并告知安全管理员。")


def send(package: Package, *, to: str, purpose: str, by: User) -> Transfer:
    """Post a package with its originals to a province. Every original is digested anew before it leaves.

    to: the province's code. Raises BadInput, OriginalDiffers, and what `post` raises; writes nothing then.
    """
    if not purpose.strip():
        raise BadInput(gettext_lazy("移转要写明用途。请填写后再发。"), code="purpose_missing")
    if to not in dict(other_provinces()):
        raise BadInput(gettext_lazy("请选择接收的省份。"), code="province_unknown")
    address = Address.province(to)
    rows = {str(item.exhibit_id): item.exhibit for item in package.items.select_related("exhibit")}
    files, items = [], []
    for line in package.manifest["items"]:
        exhibit = rows[line["exhibit"]]
        files.append(_attachment(exhibit, line))
        items.append(_item(line))
    now, title = clock.now(), party_names([str(address)])[str(address)]
    with transaction.atomic():
        row = Transfer(
            id=uuid7(),
            direction=Transfer.Direction.OUT,
            package_id=package.pk,
            package_version=package.version,
            package_sha256=package.sha256,
            title=package.title,
            other=str(address),
            other_name=title,
            purpose=purpose.strip()[:500],
            items=package.manifest["items"],
            manifest=package.manifest,
            sent_at=now,
            by_id=by.pk,
            by_name=by.display_name,
            unit_id=by.unit_id,
        )
        letter = post(
            EvidenceTransferV1(
                transfer_id=row.pk,
                package_id=package.pk,
                version_no=package.version,
                package_sha256=package.sha256,
                package_sm3=package.sm3,
                title=package.title,
                purpose=row.purpose,
                unit_name=by.unit.name if by.unit else "",
                who=by.display_name,
                at=now,
                items=tuple(items),
                manifest=canonical_json(package.manifest).decode(),
            ),
            to=address,
            thread=row.pk,
            by=by,
            attachments=files,
            purpose="evidence",
        )
        row.letter_id = letter.pk
        row.save(force_insert=True)
        for exhibit in rows.values():
            custody.record(
                exhibit, Act.HANDED_OVER, by=by, purpose=row.purpose, to=title,
                data={"transfer": str(row.pk), "letter": str(letter.pk), "package_sha256": package.sha256},
            )  # fmt: skip
    return row


def _attachment(exhibit: Exhibit, line: Mapping[str, Any]) -> Attachment:
    if exhibit.view_only or exhibit.withdrawn_at:
        words = gettext_lazy("“{item}”只有供查看的副本，或已撤回，不能移转。请封一个不含它的证据包。")
        raise BadInput(words, code="no_original", item=line["item"])
    found = store().digests(exhibit.original_key)
    if (found.sha256, found.sm3) != (line["sha256"], line["sm3"]):
        differs(exhibit.original_key, sealed=line["sha256"], found=found.sha256)
        raise OriginalDiffers(item=line["item"], sha256=line["sha256"], found_sha256=found.sha256)
    return Attachment(
        object_key=exhibit.original_key,
        media_type=exhibit.media_type,
        size_bytes=found.size_bytes,
        sha256=found.sha256,
        sm3=found.sm3,
        what=str(line["position"]),
    )


def _item(line: Mapping[str, Any]) -> ManifestItemV1:
    return ManifestItemV1(
        position=line["position"],
        exhibit_id=UUID(line["exhibit"]),
        item=line["item"][:300],
        form=line["form"],
        original_or_copy=line["original_or_copy"],
        holder=line["holder"][:120],
        legal_kind=line["legal_kind"],
        media_type=line["media_type"],
        size_bytes=line["size_bytes"],
        sha256=line["sha256"],
        sm3=line["sm3"],
        captured_at=line["captured_at"] or None,
        captured_by=line["captured_by"][:80],
    )


def take_in(message: EvidenceTransferV1, envelope: Envelope) -> Transfer:
    """Keep what came, compare each digest with the manifest, and report back: the same, or what differs.

    Called in the delivery's transaction. A file that differs is kept too, under the digests it has.
    """
    manifest = json.loads(message.manifest)
    body = canonical_json(manifest)
    holds = body.decode() == message.manifest and (sha256_hex(body), sm3_hex(body)) == (
        message.package_sha256,
        message.package_sm3,
    )
    sender = str(envelope.sender)
    row = Transfer(
        id=message.transfer_id,
        direction=Transfer.Direction.IN,
        package_id=message.package_id,
        package_version=message.version_no,
        package_sha256=message.package_sha256,
        title=message.title,
        other=sender,
        other_name=party_names([sender])[sender],
        purpose=message.purpose,
        manifest=manifest,
        letter_id=envelope.letter_id,
        sent_at=message.at,
        by_name=message.who,
    )
    row.save(force_insert=True)
    files = {file.what: file for file in envelope.attachments}
    outcomes = []
    for item in message.items:
        outcome, found = _arrived(item, files.get(str(item.position)))
        outcomes.append((item, outcome, found))
    row.items = [
        item.model_dump(mode="json") | {"outcome": outcome, "found_sha256": found.sha256 if found else ""}
        for item, outcome, found in outcomes
    ]
    row.save(update_fields=["items"])
    for item, outcome, found in outcomes:
        if found is not None:
            _keep(row, item, files[str(item.position)], found, outcome=outcome)
    all_same = holds and all(outcome == "same" for _item, outcome, _found in outcomes)
    row = move(row, "confirm" if all_same else "report", by=MACHINE, checked_at=clock.now())
    post(
        EvidenceTransferCheckedV1(
            transfer_id=message.transfer_id,
            package_id=message.package_id,
            package_sha256=message.package_sha256,
            seal_holds=holds,
            at=clock.now(),
            items=tuple(
                ArrivedItemV1(
                    position=item.position,
                    sha256=item.sha256,
                    outcome=outcome,
                    found_sha256=found.sha256 if found else "",
                )
                for item, outcome, found in outcomes
            ),
        ),
        to=envelope.sender,
        thread=envelope.thread,
        by=MACHINE,
        in_reply_to=envelope.letter_id,
    )
    tell(
        to=selectors.receivers(),
        code="evidence_transfer",
        title=_("{name} 移转证据 {n} 件").format(name=row.other_name, n=len(outcomes)),
        url=f"/transfers/{row.pk}/",
        urgent=not all_same,
    )
    return row


def _arrived(item: ManifestItemV1, file: Attachment | None) -> tuple[Any, StoredObject | None]:
    if file is None:
        return "missing", None
    found = store().digests(file.object_key)
    return ("same" if (found.sha256, found.sm3) == (item.sha256, item.sm3) else "differs"), found


def _keep(row: Transfer, item: ManifestItemV1, file: Attachment, found: StoredObject, *, outcome: str) -> None:
    owner = own_prefix()
    exhibit = Exhibit.objects.filter(owner=owner, sha256=found.sha256, view_only=False).first()
    known = exhibit is not None
    if exhibit is None:
        picture = kinds.is_image(item.media_type)
        kind = item.form if item.form in Exhibit.Kind.values else Exhibit.Kind.PHOTO
        exhibit = Exhibit.objects.create(
            owner=owner,
            state=Exhibit.State.RECEIVED if picture else Exhibit.State.READY,
            source=Exhibit.Source.LETTER,
            kind=kind,
            legal_kind=item.legal_kind if item.legal_kind in LegalKind.values else kinds.legal_kind_of(kind),
            title=item.item[:200],
            letter_id=row.letter_id,
            sha256=found.sha256,
            sm3=found.sm3,
            size_bytes=found.size_bytes,
            media_type=item.media_type[:40],
            original_key=adopt_original(file.object_key, owner=owner, digests=found),
            captured_at=item.captured_at,
            by_name=item.captured_by,
            content=_content(file, found) if outcome == "same" and kind in packages.WRITTEN else {},
        )
        custody.sealed(exhibit, by=Actor(None, row.by_name))
        if picture:
            made = exhibit.pk
            transaction.on_commit(lambda: enqueue_intake(made))
    matters.put(exhibit, matter_of(row), by=MACHINE)
    data = {"transfer": str(row.pk), "letter": str(row.letter_id), "outcome": outcome, "manifest_sha256": item.sha256}
    custody.record(
        exhibit, Act.HANDED_OVER, by=Actor(None, row.by_name), purpose=row.purpose, to=packages.holder(), data=data
    )
    if known:
        custody.record(exhibit, Act.RECEIVED, by=MACHINE, purpose=row.purpose, data=data)


def _content(file: Attachment, found: StoredObject) -> dict[str, Any]:
    """What was written in a waybill, a record or a video: its original is our own JSON."""
    if found.size_bytes > _LARGEST_CONTENT:
        return {}
    with store().open(file.object_key, sha256=found.sha256) as stream:
        try:
            said = json.loads(stream.read(_LARGEST_CONTENT))
        except ValueError:
            return {}
    return said if isinstance(said, dict) and isinstance(said.get("fields"), dict) else {}


def checked(message: EvidenceTransferCheckedV1, envelope: Envelope) -> Transfer:
    """The other province compared: what it found stands on our transfer and in the custody of each exhibit."""
    row = Transfer.objects.select_for_update().filter(pk=message.transfer_id, direction=Transfer.Direction.OUT).first()
    if row is None or row.other != str(envelope.sender):
        raise NotFound404()
    found = {item.position: item for item in message.items}
    items = []
    for line in row.items:
        answer = found.get(line["position"])
        outcome = answer.outcome if answer else "missing"
        items.append(line | {"outcome": outcome, "found_sha256": answer.found_sha256 if answer else ""})
    same = message.seal_holds and all(line["outcome"] == "same" for line in items)
    by = Actor(None, row.other_name)
    row = move(row, "confirm" if same else "report", by=by, items=items, checked_at=message.at)
    exhibits = Exhibit.objects.in_bulk([UUID(line["exhibit"]) for line in items])
    for line in items:
        exhibit = exhibits.get(UUID(line["exhibit"]))
        if exhibit is not None and line["outcome"] != "missing":
            custody.record(
                exhibit, Act.RECEIVED, by=by, purpose=row.purpose, to=row.other_name,
                data={"transfer": str(row.pk), "outcome": line["outcome"], "found_sha256": line["found_sha256"]},
            )  # fmt: skip
    if row.by_id:
        words = _("{name} 已收到移转的证据，全部一致") if same else _("{name} 收到的证据与清单有差异")
        tell(
            to=[row.by_id],
            code="evidence_transfer",
            title=words.format(name=row.other_name),
            url=f"/transfers/{row.pk}/",
            urgent=not same,
        )
    return row
