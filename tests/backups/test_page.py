"""The page of backups: states and figures of one's own, all of them at the office, nothing of anybody's letters."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from harness.vault import person

from accounts.models import Post, User
from backups.models import Backup, Rehearsal, Restoration
from kernel import clock
from provinces import context
from provinces.seats import OFFICE

ROWS = "4711471147114711"
"""No id on a page holds it by chance."""
NUMBER = "桂市监协查〔2026〕7号"


def _rows() -> SimpleNamespace:
    now = clock.now()
    found = {"log": {"kept": True}, "letters_sent_since_count": 1, "letters_sent_since": [{"document_no": NUMBER}]}
    at = {"snapshot_at": now - timedelta(hours=30), "began_at": now, "ended_at": now + timedelta(seconds=9)}
    done = {"state": Backup.State.DONE, "ended_at": now, "place": "/mnt/secret", "version": "x"}
    with context.owner():
        Backup.objects.create(scope="gx", name="n1-gx", snapshot_at=now, bytes=4_000_000, **done)
        Backup.objects.create(scope="gd", name="n2-gd", snapshot_at=now - timedelta(days=2), **done)
        Backup.objects.create(scope="gx", name="n3-gx", state="failed", problem="没有空间", version="x", ended_at=now)
        Rehearsal.objects.create(scope="gx", state="passed", ended_at=now, findings={"wrong": [], "rows": int(ROWS)})
        Rehearsal.objects.create(scope="gd", state="failed", ended_at=now, findings={"wrong": ["log: 3 of 4"]})
        whole = Restoration.objects.create(
            scope="all", state="done", report={"provinces": {"gx": {}, "gd": {}}, "objects_brought_back": 5}, **at
        )
        for code in ("gx", "gd"):
            own = {"provinces": {code: found}, "part_of": str(whole.pk)}
            Restoration.objects.create(scope=code, state="done", report=own, **at)
        Restoration.objects.create(scope="gx", state="done", report={"provinces": {"gx": found}}, **at)


def test_each_sees_its_own_the_office_all_and_nobody_else_the_page(border, client_for):
    _rows()
    officer, system = person("gx", "chen"), person("gx", "huang", Post.Role.BUREAU_ADMIN)
    other, late = person("gd", "gd-system", Post.Role.BUREAU_ADMIN), person("fj", "fj-audit", Post.Role.AUDIT_ADMIN)
    with context.seat(OFFICE):
        office = User.objects.create_user("fang", name="方主任", password="correct horse")
        Post.objects.create(user=office, role=Post.Role.OFFICE_ADMIN)

    def page(host: str, code: str, pk: object) -> str:
        seat = OFFICE if code == "office" else context.province_seat(code)
        with context.seat(seat):
            user = User.objects.get(pk=pk)
        return client_for(host, user=user).get("/backups/").content.decode()

    assert "备份与恢复由管理员查看" in page("gx", "gx", officer)
    own = page("gx", "gx", system)
    assert "3.8" in own and "没有空间" in own and ROWS in own and NUMBER in own
    assert "log: 3 of 4" not in own and "超过一天没有备份" not in own and "/mnt/secret" not in own
    assert "超过一天没有备份" in page("fj", "fj", late)
    there = page("gd", "gd", other)
    assert "log: 3 of 4" in there and ROWS not in there
    everywhere = page("federation", "office", office.pk)
    assert ROWS in everywhere and "log: 3 of 4" in everywhere and "个省超过一天没有备份" in everywhere
    assert NUMBER not in everywhere, "what a province wrote is its own"
