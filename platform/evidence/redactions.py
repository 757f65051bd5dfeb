"""遮盖副本: covered copies for sharing and publicity. The copy is a new exhibit, linked to the original."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from audit.trail import Actor
from evidence import custody, services
from evidence.errors import NotYetReady
from evidence.models import Exhibit, ExhibitUse, Redaction
from evidence.store import store, work_dir
from kernel import clock
from kernel.canonical import digests_of
from kernel.errors import BadInput
from kernel.soon import soon

log = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
WHOLE = 10_000
MOST_BOXES = 60
_CHILD = Path(__file__).with_name("redact_child.py")
_PATIENCE_S = 20
_STUCK_AFTER = timedelta(minutes=1)

Box = tuple[float, float, float, float]
"""left, top, width, height, each 0 to 1 of the picture's side."""


def ask(exhibit: Exhibit, *, boxes: Sequence[Box], purpose: str, by: User) -> Redaction:
    """Have a covered copy made, soon. Raises BadInput, NotYetReady."""
    if exhibit.state != Exhibit.State.READY or not exhibit.view_key or exhibit.withdrawn_at:
        raise NotYetReady(state=exhibit.state)
    if not purpose.strip():
        raise BadInput(_("制作遮盖副本要写明用途。请填写后再提交。"), code="purpose_missing")
    whole = [_whole(box) for box in boxes]
    if not 1 <= len(whole) <= MOST_BOXES:
        raise BadInput(_("请在照片上画出要遮盖的地方，1 到 {most} 处。"), code="boxes_missing", most=MOST_BOXES)
    row = Redaction.objects.create(
        exhibit=exhibit,
        boxes=whole,
        purpose=purpose.strip()[:500],
        by_id=by.pk,
        by_name=by.display_name,
        unit_id=by.unit_id,
    )
    transaction.on_commit(lambda: _enqueue(row.pk))
    return row


def read_boxes(texts: list[str]) -> list[Box]:
    """Boxes as the page sends them: "left,top,width,height", each 0 to 1. Raises BadInput."""
    found = []
    for text in texts[: MOST_BOXES + 1]:
        try:
            left, top, width, height = (float(part) for part in text.split(","))
        except ValueError as error:
            raise BadInput(_("遮盖的位置读不懂。请刷新页面后重新画框。"), code="box_outside") from error
        found.append((left, top, width, height))
    return found


def _whole(box: Box) -> list[int]:
    left, top, width, height = box
    inside = 0 <= left <= 1 and 0 <= top <= 1 and 0 < width <= 1 and 0 < height <= 1
    if not inside:
        raise BadInput(_("遮盖的位置不在照片内。请重新画框。"), code="box_outside")
    # Outwards, so that nothing at the edge stays open.
    x0, y0 = int(left * WHOLE), int(top * WHOLE)
    x1, y1 = -int(-(left + width) * WHOLE // 1), -int(-(top + height) * WHOLE // 1)
    return [x0, y0, max(1, min(x1, WHOLE) - x0), max(1, min(y1, WHOLE) - y0)]


def _enqueue(redaction_id: UUID) -> None:
    from evidence.tasks import redact

    soon(redact, str(redaction_id))


def unfinished(*, limit: int = 100) -> list[UUID]:
    """Covered copies that still wait though a minute has passed."""
    rows = Redaction.objects.filter(state=Redaction.State.WAITING, asked_at__lt=clock.now() - _STUCK_AFTER)
    return list(rows.order_by("asked_at").values_list("pk", flat=True)[:limit])


def make(redaction_id: UUID) -> Redaction:
    """Make the covered copy in a process of its own, and seal it. Safe to run twice."""
    row = Redaction.objects.select_related("exhibit").get(pk=redaction_id)
    if row.state != Redaction.State.WAITING:
        return row
    original = row.exhibit
    folder = Path(tempfile.mkdtemp(prefix="redact-", dir=work_dir()))
    try:
        target = folder / "covered.jpg"
        with store().as_file(original.view_key, sha256=original.view_sha256) as source:
            made = _run(source, target, row.boxes)
        if not made:
            return move(row, "fail", by=MACHINE)
        with target.open("rb") as stream:
            digests = digests_of(stream)
            key = services.keep_original(stream, owner=original.owner, digests=digests, media_type="image/jpeg")
        by = Actor(row.by_id, row.by_name)
        with transaction.atomic():
            copy = Exhibit.objects.filter(owner=original.owner, sha256=digests.sha256, view_only=False).first()
            if copy is None:
                copy = Exhibit.objects.create(
                    owner=original.owner,
                    source=Exhibit.Source.MADE,
                    kind=original.kind,
                    legal_kind=original.legal_kind,
                    title=original.title,
                    sha256=digests.sha256,
                    sm3=digests.sm3,
                    size_bytes=digests.size_bytes,
                    media_type="image/jpeg",
                    original_key=key,
                    captured_at=original.captured_at,
                    by_id=row.by_id,
                    by_name=row.by_name,
                    unit_id=row.unit_id,
                    redacted_from=original,
                )
                custody.sealed(copy, by=by)
                transaction.on_commit(lambda: services.enqueue_intake(copy.pk))
            custody.record(
                original, custody.Act.REDACTED, by=by, purpose=row.purpose,
                data={"copy": str(copy.pk), "copy_sha256": copy.sha256},
            )  # fmt: skip
            for use in ExhibitUse.objects.filter(exhibit=original):
                ExhibitUse.objects.get_or_create(
                    exhibit=copy,
                    matter_kind=use.matter_kind,
                    matter_id=use.matter_id,
                    defaults={"by_id": row.by_id, "by_name": row.by_name},
                )
            return move(row, "finish", by=MACHINE, copy=copy)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(source: Path, target: Path, boxes: list[list[int]]) -> bool:
    command = [sys.executable, "-I", str(_CHILD), str(source), str(target), json.dumps(boxes)]
    try:
        # No environment: the child must not know a single secret.
        done = subprocess.run(
            command, env={"MALLOC_ARENA_MAX": "1"}, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_PATIENCE_S, check=False, cwd=target.parent,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    if done.stdout != b"done":
        log.warning(
            "a covered copy was not made (%s): %s", done.returncode, done.stderr[-500:].decode(errors="replace")
        )
    return done.stdout == b"done" and target.exists()
