"""Periods of 广西: one in force, one that waits, a hold, and a proof of what went. Found by name: `runtime.seed`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import User
from kernel import clock
from notify.models import Notice
from retention import clearing, rules, services
from retention.kinds import subjects
from retention.models import Hold, Rule

WORDS = ("保存期限", "retention")
AFTER = "tenants.correspondence"
PROVINCE = "gx"
_BASIS = "《广西市场监管电子数据管理办法（试行）》第十二条"


def fill(stage: Any) -> None:
    """Make what is missing. Notices of long ago are what has gone."""
    with stage.enter(PROVINCE):
        system, security, leader = (
            User.objects.filter(posts__role=role).order_by("username").first()
            for role in ("bureau_admin", "security_admin", "leader")
        )
        if system is None or security is None or leader is None or Rule.objects.exists():
            return
        today = clock.today()
        for code, days in (("notices", 730), ("request_drafts", 180)):
            rule = rules.ask(code, by=system, days=days, basis=_BASIS, valid_from=today)
            rules.agree(rule, by=security)
        rules.ask("clues", by=system, days=3650, basis=_BASIS, valid_from=today + timedelta(days=30))
        old = [
            Notice(
                user_id=system.pk,
                code="hold_review",
                title="旧通知",
                url="/",
                created_at=stage.now - timedelta(days=800),
            )
            for _ in range(3)
        ]
        Notice.objects.bulk_create(old)
        clearing.run()
        _hold(leader)  # after it, so that what it reaches is looked for once


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    fill(later)


def _hold(leader: User) -> None:
    """The first case, clue or request that the leader sees."""
    from django.apps import apps

    for kind in ("case", "clue", "request"):
        subject = subjects()[kind]
        for record_id in apps.get_model(subject.model)._base_manager.order_by("pk").values_list("pk", flat=True)[:40]:
            if subject.find(leader, record_id) is not None:
                if not Hold.objects.filter(subject_id=record_id).exists():
                    why = "当事人提起行政复议，复议期间不得清理"
                    services.place(kind, record_id, by=leader, reason=why, ordered_by="自治区司法厅")
                return
