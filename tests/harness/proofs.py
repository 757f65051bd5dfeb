"""A browser whose person proved who they are too long ago for a dangerous act."""

from __future__ import annotations

import time
from typing import Any

from accounts import sudo


def grown_old(client: Any) -> None:
    """The last proof of this browser is eleven minutes old."""
    session = client.session
    session[sudo.KEY] = time.time() - 660
    session.save()


def asks(client: Any, path: str, data: Any = None, **more: Any) -> bool:
    """Whether a POST there leads to the page of proofs, or tells a program to go there."""
    answer = client.post(path, data, **more)
    if answer.status_code == 302:
        return str(answer["Location"]).startswith("/me/prove/")
    return answer.status_code == 403 and answer.json()["code"] == "prove_yourself"
