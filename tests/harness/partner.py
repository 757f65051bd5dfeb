"""The other side of a connection, as it signs and packs files. It imports nothing of ours that packs."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.models import User
from connections.models import Connection
from kernel import clock
from provinces.context import required
from tenants.parcels import services
from tenants.parcels.models import Report


def connect(by: User | None, *, kind: str = "case_system", name: str = "某市办案系统", state: str = "on") -> Connection:
    """A connection of the seat of this thread, as it stands once both administrators have done their part."""
    return Connection.objects.create(seat=required().name, kind=kind, name=name, state=state, created_by=by)


class Partner:
    """Signs with its own key, which is registered here unless `register=False`."""

    def __init__(self, connection: Connection, *, by: User, register: bool = True) -> None:
        self.connection, self.key, self.sequence = connection, Ed25519PrivateKey.generate(), 0
        self.registered = services.add_key(by=by, connection=connection, pem=self.pem).pk if register else None

    @property
    def pem(self) -> str:
        return (
            self.key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def pack(
        self,
        records: list[dict[str, Any]] | bytes,
        *,
        sequence: int | None = None,
        attachments: dict[str, bytes] | None = None,
        change: Callable[[dict[str, Any]], None] = lambda manifest: None,
        after: Callable[[zipfile.ZipFile], None] = lambda packed: None,
        signed: bool = True,
        records_name: str = "records.json",
    ) -> bytes:
        """A package. records: dicts, or the bytes of records.json. change: its manifest before it is signed."""
        self.sequence = sequence or self.sequence + 1
        if isinstance(records, bytes):
            data = records
        else:
            lines = [json.dumps(each, ensure_ascii=False) for each in records]
            data = ("[\n" + ",\n".join(lines) + "\n]\n").encode()
        files = {records_name: data, **(attachments or {})}
        manifest: dict[str, Any] = {
            "format": "chazhenjia.parcel/1",
            "sender": "partner",
            "addressee": "gx",
            "connection_id": str(self.connection.pk),
            "sequence": self.sequence,
            "made_at": clock.now().isoformat(),
            "files": [
                {"path": path, "sha256": hashlib.sha256(body).hexdigest(), "sm3": hashlib.new("sm3", body).hexdigest()}
                for path, body in files.items()
            ],
        }
        change(manifest)
        raw = json.dumps(manifest).encode()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for path, body in files.items():
                packed.writestr(path, body)
            packed.writestr("manifest.json", raw)
            if signed:
                packed.writestr("manifest.sig", self.key.sign(raw))
            after(packed)
        return out.getvalue()

    def bring(self, by: User, content: bytes, name: str = "parcel.zip") -> Report:
        """Upload it here."""
        return services.bring(
            by=by, connection=self.connection, stream=io.BytesIO(content), file_name=name, size_bytes=len(content)
        )


def clue(ref: str, **data: Any) -> dict[str, Any]:
    """A record of a clue."""
    said = {"content": f"有店卖假酒 {ref}", "source": "hotline_12315", "address": "南宁市青秀区民族大道 1 号", **data}
    return {"kind": "clue", "id": ref, "data": {name: value for name, value in said.items() if value is not None}}
