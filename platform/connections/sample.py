"""A case-handling system that officers of 广西 already use, joined and busy since yesterday. Found by name."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from accounts.models import Unit, User
from connections import services, traffic
from connections.models import Call, Connection

WORDS = ("对接", "connections")
PROVINCE, NAME = "gx", "桂桂执法办案系统（示例）"
_MADE_BY, _SWITCHED_ON_BY, _UNIT = "huang", "qin", "gx-qx-bri"
_PARTS = "me requests items photos sites hints opinions clues cases matters events divisions notices products coverage"
SCOPES = sorted(f"{part}:{verb}" for part in _PARTS.split() for verb in ("read", "write"))
_CALLS = (
    ("in", "POST /api/v1/sites/"),
    ("in", "POST /api/v1/items/{item_id}/photos/"),
    ("in", "GET /api/v1/requests/{request_id}/"),
    ("in", "GET /api/v1/matters/"),
    ("out", "appraisal_request.answered"),
)
_FAILURES = (
    (400, "bad_input", {"sent": {"body": {"county_code": "45010", "party": "***"}}, "answer": {"code": "bad_input"}}),
    (403, "scope_missing", {"sent": {"body": {"name": "***"}}, "answer": {"code": "scope_missing"}}),
    (504, "timeout", {"sent": {"case_number": "桂市监案〔2026〕118号", "party": {"name": "***", "phone": "***"}}}),
)


def fill(stage: Any) -> None:
    """Make what is missing. Leaves `stage.made["connection"]`: (province, id)."""
    with stage.enter(PROVINCE):
        row = Connection.objects.filter(name=NAME).first()
        if row is None:
            row = _make(stage)
        stage.made["connection"] = (PROVINCE, row.pk)


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    with later.enter(PROVINCE):
        here = User.objects.filter(username__in=(_MADE_BY, _SWITCHED_ON_BY)).count() == 2
        if here and not Connection.objects.filter(name=NAME).exists():
            _make(later)


def _make(stage: Any) -> Connection:
    huang, qin = (User.objects.get(username=name) for name in (_MADE_BY, _SWITCHED_ON_BY))
    row = services.create(
        by=huang,
        kind=Connection.Kind.CASE_SYSTEM,
        name=NAME,
        contact="桂桂软件运维值班室 0771-0000000",
        allowed_origins=["https://banan.example.cn"],
    )
    services.write_client(
        row,
        by=huang,
        name="正式环境",
        granted=SCOPES,
        unit=Unit.objects.get(code=_UNIT),
        roles=["officer"],
    )
    row = services.switch_on(row, by=qin)
    dice, lines = random.Random(9), []
    for number, back in enumerate(sorted((dice.randint(3, 26 * 60) for _each in range(140)), reverse=True)):
        direction, what = dice.choice(_CALLS)
        status, code, payload = dice.choice(_FAILURES) if number % 28 == 5 else (200, "", None)
        line = {"direction": direction, "what": what, "status": status, "code": code, "payload": payload}
        ms = dice.randint(18, 190)
        lines.append(Call(connection_id=row.pk, at=stage.now - timedelta(minutes=back), ok=not code, ms=ms, **line))
    traffic.write_lines(lines)
    row.refresh_from_db()
    return row
