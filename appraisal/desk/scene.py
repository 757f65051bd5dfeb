"""现场: a right holder's people on the premises.

A QR code on the officer's phone names the requests of one inspection; on the brand's host they are found by the doors
of the desk, so that whoever scans it sees their own and nobody else's.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from uuid import UUID

MOST = 24
"""More requests than this do not stand in one readable code."""


def scene_path(province_code: str, request_ids: Iterable[UUID]) -> str:
    """The address, on the brands host, that the code leads to."""
    packed = base64.urlsafe_b64encode(b"".join(each.bytes for each in list(request_ids)[:MOST])).decode().rstrip("=")
    return f"/scene/?p={province_code}&r={packed}"


def ids_of(text: str) -> Sequence[UUID]:
    """The requests that an address names; none where it cannot be read."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return ()
    if len(packed) % 16 or len(packed) > 16 * MOST:
        return ()
    return tuple(UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16))
