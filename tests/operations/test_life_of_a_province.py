"""A province is opened, suspended, resumed, exported and removed by one command each (X-01, X-02)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from harness.people import sealed_photo

from accounts.models import Post, Session, Unit, User
from appraisal.recognition.models import ProvinceDay
from audit.models import LogEntry
from audit.trail import Actor
from backups import selectors
from backups.models import Backup, Rehearsal, Restoration
from billing_free.quotas.models import Limit
from billing_free.usage import keys
from evidence.errors import StillLocked
from evidence.store import FolderStore, make_key, store
from federation.contracts.addresses import Address
from federation.letters import delivery, ledger
from federation.letters.models import Delivery, Letter
from federation.letters.post import post
from gateway import valkey
from kernel import clock
from kernel.ids import uuid7
from operations import procedures
from operations.errors import ProcedureBusy
from operations.management.commands.province import Command as ProvinceCommand
from operations.models import Procedure, Step
from operations.province import checks, described, exporting
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.models import ClosedProvince, Province
from provinces.seats import BRANDS, OFFICE
from provinces.tasks import is_served
from retention.models import HeldThing, Hold

from .conftest import killed_after_each_step

ADD = (
    "add", "qh", "--name", "青海", "--title", "青海省市场监督管理局", "--agency-word", "青市监", "--division", "630000",
    "--system-admin", "sun:孙:13900000001", "--security-admin", "an:安:13900000002",
    "--audit-admin", "shen:沈:13900000003", "--by", "周",
)  # fmt: skip
CATALOG = """
SELECT md5(string_agg(concat_ws(' ', c.oid, c.relname, c.relacl), ',' ORDER BY c.oid)) FROM pg_class c
UNION ALL SELECT md5(string_agg(rolname || rolcanlogin, ',' ORDER BY oid)) FROM pg_roles
UNION ALL SELECT md5(string_agg(nspname, ',' ORDER BY oid)) FROM pg_namespace WHERE nspname !~ '^pg_temp|^pg_toast_temp'
UNION ALL SELECT md5(coalesce(string_agg(p::text, ',' ORDER BY id), '')) FROM provinces_province p
UNION ALL SELECT md5(coalesce(string_agg(d::text, ',' ORDER BY id), '')) FROM provinces_domain d
UNION ALL SELECT md5(coalesce(string_agg(d::text, ',' ORDER BY id), '')) FROM operations_procedure d
"""


def command(*args: str) -> str:
    said = StringIO()
    call_command("province", *map(str, args), stdout=said)
    return said.getvalue()


def rows(sql: str, *params: object) -> list[tuple]:
    with context.owner(), connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall()


@pytest.fixture
def qinghai(border, tmp_path, settings):
    settings.OBJECTS_DIR = tmp_path / "objects"
    command(*ADD)
    yield "qh"
    border.remove_province("qh")


def asked(client_for, host: str, path: str = "/") -> object:
    DIRECTORY.clear()
    return client_for(host).get(path)


def write(sender: str, addressee: str, text: str) -> Letter:
    from federation.contracts.messages import KINDS

    note = KINDS["test.life", 1]
    with context.province(sender), transaction.atomic():
        return post(note(text=text), Address.province(addressee), thread=uuid7(), by=Actor(None, "系统"))


@pytest.fixture(autouse=True)
def letters_of_ours():
    """A kind of letter of this file's own; what arrives is only delivered."""
    from federation.contracts.messages import KINDS, Message, contract
    from federation.letters.post import RECEIVERS, receives

    @contract
    class LifeV1(Message):
        """A line."""

        kind = "test.life"
        text: str

    receives(LifeV1, at="province")(lambda message, envelope: None)
    yield
    KINDS.pop(("test.life", 1))
    RECEIVERS.pop((LifeV1, "province"), None)


def test_a_dry_run_says_what_would_happen_and_changes_nothing(border, tmp_path):
    before = rows(CATALOG)
    said = command(*ADD, "--dry-run")
    assert "czj_qh" in said and "qh.testhost" in said and "security_admin: an 安" in said
    assert "gx：已是当前版本" in command("upgrade", "--all", "--dry-run")
    assert "广西" in command("suspend", "gx", "--why", "试", "--dry-run")
    command("export", "gx", "--to", tmp_path / "none", "--dry-run")
    removal = ("--export-verified", tmp_path, "--confirm", "gx", "--operators", "周", "吴", "--dry-run")
    assert "要先暂停" in command("remove", "gx", *removal)
    assert rows(CATALOG) == before and not (tmp_path / "none").exists()


def test_what_an_export_leaves_out_is_there_to_be_left_out():
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    for table, column in described.CREDENTIALS.items():
        assert not column or tables[table]._meta.get_field(column)
        assert table in tables


def test_three_first_administrators_are_three_people(border):
    """Edge case 7 of operations: one person is given two of the three offices."""
    for wrong in ("an:安:13900000001", "sun:孙:13900000002"):
        with pytest.raises(CommandError, match="administrators_apart"):
            command(*[wrong if each == "an:安:13900000002" else each for each in ADD])
    assert rows("SELECT 1 FROM pg_namespace WHERE nspname = 'qh'") == []


def test_an_opening_killed_after_each_step_ends_as_if_it_had_not_been(border, client_for):
    """X-02."""
    asked(client_for, "gx")  # all views are imported once, before the forks
    try:
        assert killed_after_each_step(lambda: command(*ADD)) >= 3
        with context.province("qh"):
            assert Unit.objects.get().name == "青海省市场监督管理局"
            held = dict(Post.objects.values_list("role", "user__username"))
            assert held == {"bureau_admin": "sun", "security_admin": "an", "audit_admin": "shen"}
        assert asked(client_for, "qh").status_code in (200, 302)
        with context.owner():
            procedure = Procedure.objects.get(kind="province.add")
            assert procedure.state == "done" and procedure.by_name == "周"
        with pytest.raises(CommandError, match="procedure_refused"):
            command(*ADD)
    finally:
        border.remove_province("qh")


def test_a_suspended_province_is_served_nothing_and_loses_nothing(qinghai, client_for):
    with context.province("qh"):
        sun = User.objects.get(username="sun")
    browser: Client = client_for("qh", user=sun)
    assert browser.get("/", follow=True).status_code == 200
    write("gx", "qh", "在途")
    command("suspend", "qh", "--why", "试")
    delivery.deliver_everywhere()
    with context.owner():
        assert Delivery.objects.get().state == Delivery.State.DEAD
    write_refused = pytest.raises(Exception, match="addressee_suspended")
    with write_refused:
        write("gx", "qh", "停用之后")
    page = browser.get("/")
    assert page.status_code == 503 and "已暂停使用" in page.content.decode() and "Retry-After" in page
    problem = browser.get("/api/v1/me/")
    assert (problem.status_code, json.loads(problem.content)["code"]) == (503, "province_suspended")
    assert not is_served("qh") and is_served("gx")
    assert asked(client_for, "gx").status_code in (200, 302)
    with context.province("qh"):
        assert not Session.objects.exists()
    command("resume", "qh")
    assert is_served("qh")
    assert browser.get("/").status_code == 302, "the session from before is over"
    delivery.deliver_everywhere()
    with context.owner():
        assert Delivery.objects.get().state == Delivery.State.DELIVERED


def test_a_suspension_that_was_broken_off_does_not_pass_for_the_next_one(qinghai, monkeypatch):
    suspend, resume = ("suspend", "qh", "--why", "试"), ("resume", "qh")
    for deed, other, served in ((suspend, resume, False), (resume, suspend, True)):
        with monkeypatch.context() as broken:
            broken.setattr(checks, "_status", lambda name: 500)
            with pytest.raises(CommandError, match="500"):
                command(*deed)
        assert is_served("qh") is served
        command(*other)
        assert is_served("qh") is not served
        command(*deed)
        assert is_served("qh") is served


def filled(code: str) -> None:
    """A photo, sealed and under a head, a letter each way."""
    from audit import heads

    with context.province(code):
        sun = User.objects.get(username="sun")
        sealed_photo(sun)
        heads.make()
    write(code, "gx", "留给广西的")
    write("gx", code, "给青海的")
    delivery.deliver_everywhere()
    with context.province(code):
        ledger.append(Address.province(code))


def exported(folder: Path) -> None:
    """What lies there is checked by Python's own library, and a changed byte is named."""
    assert killed_after_each_step(lambda: command("export", "qh", "--to", folder)) == 1
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["province"] == "qh" and manifest["state"] == "suspended"
    told = {part["part"]: part["rows"] for part in manifest["tables"]}
    assert told["data/own/accounts_user.jsonl"] == 3 and told["data/own/evidence_exhibit.jsonl"] == 1
    assert told["data/shared/letters_letter.jsonl"] >= 2
    people = [json.loads(line) for line in (folder / "data/own/accounts_user.jsonl").read_text().splitlines()]
    assert {each["username"] for each in people} == {"sun", "an", "shen"} and "password" not in people[0]
    assert "data/own/accounts_session.jsonl" not in told
    check = [sys.executable, "-I", str(folder / "check.py")]
    ran = subprocess.run(check, capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and "ALL HOLD" in ran.stdout, ran.stdout + ran.stderr
    for path in ("data/own/audit_logentry.jsonl", next(folder.glob("objects/qh/original/*/*")), "manifest.json"):
        file = folder / path
        kept = file.read_bytes()
        file.write_bytes(kept[:-2] + bytes([kept[-2] ^ 1]) + kept[-1:])
        assert subprocess.run(check, capture_output=True, check=False).returncode == 1, path
        file.write_bytes(kept)
    assert "ALL HOLD" in command("export", "qh", "--verify", folder)
    with pytest.raises(CommandError, match="export_wrong"):
        command("export", "gx", "--verify", folder)


def test_a_province_is_exported_and_removed_and_whoever_comes_after_sees_nothing_of_it(
    border, qinghai, tmp_path, client_for
):
    asked(client_for, "gx")
    filled("qh")
    folder = tmp_path / "export"
    how = ["--export-verified", folder, "--confirm", "qh", "--operators", "周", "吴"]
    with pytest.raises(CommandError, match="procedure_refused"):
        command("remove", "qh", *how)
    command("remove", "qh", *how, "--abandon")
    command("suspend", "qh", "--why", "撤出")
    exported(folder)
    for wrong in (["--operators", "周", "周 "], ["--confirm", "gx"], ["--now"]):
        with pytest.raises(CommandError, match="procedure_not_confirmed"):
            command("remove", "qh", *how, *wrong)
    with pytest.raises(CommandError, match="暂停满七天"):
        command("remove", "qh", *how)
    with clock.frozen(clock.now() + timedelta(days=7, minutes=1)):
        assert killed_after_each_step(lambda: command("remove", "qh", *how)) >= 6
    gone = asked(client_for, "qh")
    assert gone.status_code == 410 and "已撤出本平台" in gone.content.decode()
    assert rows("SELECT 1 FROM pg_roles WHERE rolname = 'czj_qh'") == []
    assert rows("SELECT 1 FROM pg_namespace WHERE nspname = 'qh'") == []
    with context.owner():
        closed = ClosedProvince.objects.get()
        assert closed.by_names == ["周", "吴"] and not Province.objects.filter(schema_name="qh").exists()
    with context.seat(OFFICE):
        [entry] = LogEntry.objects.filter(kind="province.removed")
        assert entry.content["manifest_sha256"] == closed.proof["manifest_sha256"]
        assert entry.content["objects_deleted"] == entry.content["objects"] == 3, "however often it was broken off"
        verdict = ledger.verify(Address.province("qhclosed1"))
        assert verdict.holds and verdict.lines >= 1
    with context.province("gx"):
        kept = Letter.objects.filter(sender="province:qhclosed1").exclude(kind__startswith="log.")
        assert [json.loads(each.text.body)["text"] for each in kept if each.kind == "test.life"] == ["留给广西的"]

    command(*ADD)
    with context.province("qh"):
        assert not Letter.objects.exists() and not Delivery.objects.exists() and list(store().walk()) == []
        assert not LogEntry.objects.exists() and User.objects.count() == 3
    assert asked(client_for, "qh").status_code in (200, 302)


def suspended_and_exported(folder: Path) -> tuple:
    """The removal that can follow."""
    command("suspend", "qh", "--why", "撤出")
    command("export", "qh", "--to", folder)
    people = ("--operators", "周", "吴", "--now", "--why", "试验")
    return ("remove", "qh", "--export-verified", folder, "--confirm", "qh", *people)


def test_what_is_counted_backed_up_and_allowed_of_a_province_is_nothing_of_the_next_of_its_code(
    border, qinghai, tmp_path
):
    now = clock.now()
    done = {"state": "done", "name": "n", "version": "x", "place": "p", "snapshot_at": now, "ended_at": now}
    with context.owner():
        for scope in ("qh", "all"):
            Backup.objects.create(scope=scope, **done)
            Restoration.objects.create(scope=scope, backup_name="n", state="done", snapshot_at=now)
        Rehearsal.objects.create(scope="qh", backup_name="n", state="passed")
    with context.seat(BRANDS):
        ProvinceDay.objects.create(province_code="qh", day=clock.today(), took_ms=5)
    with context.seat(OFFICE):
        Limit.objects.create(tenant="province:qh", what="api_calls", amount=10**6, set_by_name="方")
    server = valkey.client()
    with context.province("qh"):
        server.hincrby(keys._key(), f"{clock.today().isoformat()}|{uuid7()}", 1)
        assert len(selectors.shown_backups()) == len(selectors.shown_restorations()) == 2 and selectors.last_of("qh")
        assert ProvinceDay.objects.exists() and Limit.objects.exists() and len(selectors.shown_rehearsals()) == 1

    removed(tmp_path / "export")
    assert not list(server.scan_iter("*qh*"))
    command(*ADD)
    with context.province("qh"):
        assert not selectors.shown_backups() and not selectors.shown_rehearsals() and not selectors.shown_restorations()
        assert selectors.last_of("qh") is None and selectors.is_overdue("qh") and selectors.last_failure("qh") is None
        assert not ProvinceDay.objects.exists() and not Limit.objects.exists() and keys.keep() == 0
        [kept] = selectors.kept_provinces()
        assert kept.late and kept.rehearsal is None
    with context.seat(OFFICE):
        assert {each.scope for each in selectors.shown_backups()} == {"qhclosed1", "all"}
        assert Limit.objects.get().tenant == "province:qhclosed1"
        assert all(each.late for each in selectors.kept_provinces() if each.title == "青海省市场监督管理局")


def removed(folder: Path) -> str:
    return command(*suspended_and_exported(folder))


def staying() -> dict[str, str]:
    """Of the last removal: object to why it stays."""
    with context.owner():
        proof = ClosedProvince.objects.order_by("-id").first().proof
    with context.seat(OFFICE):
        entry = LogEntry.objects.filter(kind="province.removed").order_by("-id").first()
    assert entry.content["objects_staying"] == proof["objects_staying"], "sealed in the office's log"
    return {each["key"]: each["why"] for each in proof["objects_staying"]}


def held(exhibit) -> None:
    hold = Hold.objects.create(
        seat="qh", subject_kind="exhibit", subject_id=exhibit.pk, subject_title="照片", reason="复议",
        ordered_by="法院", review_on=clock.today(),
    )  # fmt: skip
    HeldThing.objects.create(hold=hold, label="evidence.Exhibit", record_id=exhibit.pk)


def test_a_row_or_a_file_that_changed_since_the_export_keeps_the_province(border, qinghai, tmp_path):
    """X-02: nothing is removed that the export does not hold, though tables have as many rows as before."""
    with context.province("qh"):
        photo = sealed_photo(User.objects.get(username="sun"))
    how = suspended_and_exported(tmp_path / "export")
    with context.province("qh"):
        User.objects.filter(username="sun").update(name="改过的")
    with pytest.raises(CommandError, match="accounts_user.jsonl"):
        command(*how)
    with context.province("qh"):
        User.objects.filter(username="sun").update(name="孙")
    for place in (0x00, 0xFF):  # the first of the views by key, and the last
        with context.province("qh"):
            later = make_key("qh", "view", UUID(int=uuid7().int >> 8 << 8 | place))
            store().put(later, BytesIO(b"later"), "image/webp")
        with pytest.raises(CommandError, match=later):
            command(*how)
        with context.province("qh"):
            store().let_go(later)
    with context.province("qh"):
        assert store().exists(photo.original_key)
    command(*how)
    with context.owner():
        assert ClosedProvince.objects.get().code == "qh"


class Broken(Exception):
    """What stops a procedure in a test."""


def stopped(removal: tuple, words: str, monkeypatch) -> None:
    """Run a removal that breaks off where it says so."""

    def say(self, line: str) -> None:
        if words in line:
            raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(ProvinceCommand, "_say", say)
        with pytest.raises(Broken):
            command(*removal)


def refused(why: str, *args: object) -> None:
    with pytest.raises(CommandError, match=why):
        command(*args)


def test_a_removal_that_broke_off_before_it_took_anything_looks_at_everything_again(
    border, qinghai, tmp_path, monkeypatch
):
    removal = suspended_and_exported(tmp_path / "export")
    stopped(removal, "[2/8]", monkeypatch)
    command("resume", "qh")
    with context.province("qh"):
        User.objects.filter(username="sun").update(name="又用了一个月")
    refused("要先暂停", *removal)
    command("suspend", "qh", "--why", "撤出")
    refused("还没有暂停。请重新导出", *removal)
    with context.province("qh"):
        assert User.objects.get(username="sun").name == "又用了一个月"
    command("remove", "qh", *removal[2:], "--abandon")
    command(*suspended_and_exported(tmp_path / "again"))
    with context.owner():
        assert ClosedProvince.objects.get().code == "qh"


def test_whoever_serves_a_province_while_its_removal_looks_at_it_keeps_it(border, qinghai, tmp_path, monkeypatch):
    removal, looks = suspended_and_exported(tmp_path / "export"), exporting.changed_since

    def changed_since(*args):
        found = looks(*args)
        command("resume", "qh")
        command("suspend", "qh", "--why", "撤出")
        return found

    monkeypatch.setattr(exporting, "changed_since", changed_since)
    refused("又使用过", *removal)
    with context.owner():
        assert Step.objects.get(procedure__kind="province.remove", name="letters").done_at is None


def test_a_province_of_which_something_was_taken_is_not_served_before_its_removal_is_over(
    border, qinghai, tmp_path, monkeypatch
):
    removal = suspended_and_exported(tmp_path / "export")
    stopped(removal, "[3/8]", monkeypatch)
    for how in ((), ("--dry-run",)):
        refused("撤除没有做完", "resume", "qh", *how)
    assert "[1/8]" in command(*removal, "--dry-run")

    with context.owner():  # by another way than `resume`
        served = Province.objects.filter(schema_name="qh")
        at = served.get().suspended_at
        served.update(suspended_at=at + timedelta(days=1))
    refused("又使用过", *removal)
    with context.owner():
        served.update(suspended_at=at)

    stopped(removal, "[6/8]", monkeypatch)
    refused("撤除完", *ADD)
    command(*removal)
    command(*ADD)


def test_a_procedure_that_goes_on_is_not_abandoned():
    def act(state) -> None:
        with pytest.raises(ProcedureBusy):
            procedures.abandon("test.going", "qh", by="周", why="试")

    procedures.run("test.going", "qh", [procedures.Act("act", "…", act)], by="周")


@pytest.mark.slow
def test_what_a_hold_keeps_outlives_its_province_and_every_later_one_of_the_same_code(border, qinghai, tmp_path):
    with context.province("qh"):
        kept, goes = (sealed_photo(User.objects.get(username="sun"), words) for words in ("one", "two"))
        held(kept)
    said = removed(tmp_path / "export")
    keys = {kept.original_key, kept.view_key, kept.thumb_key}
    assert staying() == dict.fromkeys(keys, "hold")
    assert all(key in said for key in keys) and "解除后再删除" in said
    command(*ADD)
    with context.province("qh"):
        assert {key for key in keys if store().exists(key)} == keys and not store().exists(goes.original_key)
    removed(tmp_path / "again")
    assert staying() == dict.fromkeys(keys, "hold"), "no row of the new province knows them, the former proof does"
    command(*ADD)
    with context.province("qh"):
        assert all(map(store().exists, keys))


@pytest.mark.slow
def test_what_the_store_has_locked_stays_and_is_named_with_its_day(border, qinghai, tmp_path, monkeypatch):
    with context.province("qh"):
        photo = sealed_photo(User.objects.get(username="sun"))
    until, real = (clock.now() + timedelta(days=100)).isoformat(), FolderStore._let_go

    def let_go(self, name):
        if name == photo.original_key:
            raise StillLocked(until=until)
        real(self, name)

    monkeypatch.setattr(FolderStore, "_let_go", let_go)
    said = removed(tmp_path / "export")
    assert staying() == {photo.original_key: "lock"}
    assert f"{photo.original_key}  lock {until}" in said and "到期后在对象存储里删除" in said
    assert (tmp_path / "objects" / photo.original_key).exists()
