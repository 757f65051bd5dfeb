"""The case system of 南宁 also exchanges files: its key, a parcel that went out, one that waits. Found by name."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.models import Post, User
from connections.models import Connection
from kernel import clock
from kernel.canonical import sha256_hex
from provinces.context import required
from tenants.embedding.models import Matter
from tenants.parcels import packing, services
from tenants.parcels.models import Report
from tenants.parcels.services.receipts import Said

WORDS = ("文件交换的数据包", "parcels exchanged by file")
AFTER = "tenants.correspondence"
PROVINCE = "gx"
_RECORDS = (
    {"content": "夜市一摊位销售标称“岚壑春”的白酒，价格不到官方一半。", "source": "report", "brand": "岚壑春"},
    {"content": "直播间销售“和砚斋”砚台，无防伪证书。", "source": "monitoring", "found_on": "2026-11-31"},
    {"content": "消费者投诉购得的白酒口感异常，包装印刷模糊。", "source": "群众反映", "address": "南宁市兴宁区"},
)  # fmt: skip


_RECEIPTS = (
    Said(effect="made"),
    Said(
        kind="result", id="GG-2025-0907", effect="rejected", code="case_archived", reason="案件已归档，不再接收结果。"
    ),
)


def fill(stage: Any) -> None:
    """Tell it once; nothing without the connection and a dispatcher."""
    with stage.enter(PROVINCE):
        connection = Connection.objects.filter(kind=Connection.Kind.CASE_SYSTEM, state="on").order_by("id").first()
        carrier = User.objects.filter(posts__role=Post.Role.DISPATCHER, is_active=True).order_by("pk").first()
        keeper = User.objects.filter(posts__role=Post.Role.BUREAU_ADMIN, is_active=True).order_by("pk").first()
        if connection is None or carrier is None or keeper is None or Report.objects.exists():
            return
        key = Ed25519PrivateKey.generate()
        pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        with clock.frozen(stage.now - timedelta(hours=3)):
            services.add_key(by=keeper, connection=connection, pem=pem.decode())
            parcel = services.write(connection, by=carrier)
            services.acknowledge(by=carrier, parcel=parcel, said=list(_RECEIPTS))
            content = _package(connection, key)
            services.bring(
                by=carrier, connection=connection, stream=io.BytesIO(content), file_name="办案系统-0001.zip",
                size_bytes=len(content),
            )  # fmt: skip


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    fill(later)


def _package(connection: Connection, key: Ed25519PrivateKey) -> bytes:
    lines = [
        json.dumps({"kind": "clue", "id": f"GG-2026-{number:04d}", "data": said}, ensure_ascii=False)
        for number, said in enumerate(_RECORDS, start=1)
    ]
    matter = Matter.objects.filter(connection_id=connection.pk, state=Matter.State.ACTIVE).order_by("pk").first()
    if matter is not None:
        asked = {
            "case_number": matter.case_number,
            "brand": "岚壑春",
            "quantity": 12,
            "no_photo": "货物已封存，照片随后补寄",
        }
        lines.append(json.dumps({"kind": "request", "id": "GG-SQ-0001", "data": asked}, ensure_ascii=False))
    records = ("[\n" + ",\n".join(lines) + "\n]\n").encode()
    manifest = json.dumps(
        {
            "format": packing.FORMAT,
            "sender": "banan",
            "addressee": required().name,
            "connection_id": str(connection.pk),
            "sequence": 1,
            "made_at": clock.now().isoformat(),
            "files": [{"path": packing.RECORDS, "sha256": sha256_hex(records)}],
        }
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(packing.RECORDS, records)
        packed.writestr(packing.MANIFEST, manifest)
        packed.writestr(packing.SIGNATURE, key.sign(manifest))
    return out.getvalue()
