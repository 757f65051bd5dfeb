"""What a party keeps of a log, as a file that leaves the installation: heads with its countersignatures, time-stamps.

Whoever holds such a file can name what was altered in the log after it was written, though every row, hash, head and
countersignature in the database was made anew.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from audit.models import HeadStamp, LogHead, WitnessedHead
from audit.verify import OutsideHead, OutsideStamp
from federation.heads.services import hashes_in
from kernel import clock
from kernel.canonical import instant
from provinces.context import required

FORMAT = 1


def as_text(name: str) -> str:
    """What this seat keeps of that log: heads that it countersigned; of its own log, the time-stamps too."""
    heads = WitnessedHead.objects.filter(log=name, outcome=WitnessedHead.Outcome.SIGNED).order_by("size")
    stamps = HeadStamp.objects.filter(head__log=name, state=HeadStamp.State.STAMPED).select_related("head")
    return json.dumps(
        {
            "format": FORMAT,
            "log": name,
            "kept_by": required().name,
            "written_at": instant(clock.now()),
            "heads": [_head(row) for row in heads],
            "stamps": [_stamp(row) for row in stamps.order_by("head__size")],
            "own_heads": [
                {"body": row.body, "public_key": bytes(row.public_key).hex(), "signature": bytes(row.signature).hex()}
                for row in LogHead.objects.filter(log=name).order_by("size")
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _head(row: WitnessedHead) -> dict[str, Any]:
    return {
        "witness": json.loads(row.own_body)["witness"],
        "log": row.log,
        "size": row.size,
        "root": row.root_hex,
        "at": instant(row.at),
        "head": row.body,
        "head_public_key": bytes(row.public_key).hex(),
        "head_signature": bytes(row.signature).hex(),
        "from_size": row.from_size,
        "grain": row.grain,
        "peaks": bytes(row.peaks).hex(),
        "grown": bytes(row.grown).hex(),
        "signed": row.own_body,
        "public_key": bytes(row.own_public_key or b"").hex(),
        "signature": bytes(row.own_signature or b"").hex(),
    }


def _stamp(row: HeadStamp) -> dict[str, Any]:
    response = base64.b64encode(bytes(row.response or b"")).decode()
    return {"head": row.head.body, "response": response, "is_demo": row.is_demo, "authority": row.authority}


def read(text: str) -> tuple[list[OutsideHead], list[OutsideStamp]]:
    """Read `as_text` back. Raises ValueError for a file of another kind."""
    try:
        kept = json.loads(text)
        if kept["format"] != FORMAT:
            raise ValueError(kept["format"])
        heads = [
            OutsideHead(
                witness=each["witness"],
                log=each["log"],
                size=each["size"],
                root=bytes.fromhex(each["root"]),
                at=datetime.fromisoformat(each["at"]),
                from_size=each["from_size"],
                grain=each["grain"],
                peaks=hashes_in(bytes.fromhex(each["peaks"])),
                grown=hashes_in(bytes.fromhex(each["grown"])),
                signed=each["signed"].encode(),
                signature=bytes.fromhex(each["signature"]),
                public_key=bytes.fromhex(each["public_key"]),
            )
            for each in kept["heads"]
        ]
        stamps = [
            OutsideStamp(each["head"].encode(), base64.b64decode(each["response"]), each["is_demo"])
            for each in kept["stamps"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"no file of kept heads: {error}") from error
    return heads, stamps
