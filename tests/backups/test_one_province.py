"""One province goes back to a backup, alone (X-17); what it wrote and got since is accounted for (edge case 15)."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from harness.vault import AskV1, NumberedV1, newest_of, number, person, photo, picture_of, seal
from peers import house

from accounts.models import Post, Session, User
from audit import heads, log
from audit.models import HeadWitness, IssuedNumber, LogEntry
from backups import restoring, selectors
from backups.errors import NothingThere
from backups.models import Backup, Restoration
from evidence.store import store
from federation.contracts.addresses import Address
from federation.heads.models import LogReturn
from federation.letters import restored
from federation.letters.errors import SentBeforeRestore
from federation.letters.models import ArrivedSince, Delivery, Letter
from federation.letters.post import post
from federation.letters.reconciliation import reconcile
from gateway import tokens
from gateway.models import ApiToken
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7
from provinces import context, grants, provisioning
from provinces.hosts import DIRECTORY
from provinces.models import Province
from provinces.seats import OFFICE


def test_a_province_is_not_backed_up_by_what_was_written_before_it_was_opened(vault):
    """It is of a former one with its code."""
    former, whole = vault.back_up("gx"), vault.back_up()
    assert newest_of(vault).name == whole.name
    with context.owner():
        row = Province.objects.filter(schema_name="gx")
        opened = row.get().created_at
        row.update(created_at=clock.now())
        assert selectors.last_of("gd").name == whole.name and selectors.last_of("gx").name == former.name
    try:
        with pytest.raises(NothingThere):
            newest_of(vault)
        with pytest.raises(NothingThere):
            vault.restore("gx", dry_run=True)
        vault.restore("gx", name=former.name, dry_run=True)
        assert vault.said[-1].startswith("objects:")
        assert vault.back_up("gx").name == newest_of(vault).name
    finally:
        with context.owner():
            row.update(created_at=opened)


def test_a_province_comes_back_as_it_was_the_others_are_untouched_and_nobody_gains_a_right(vault):
    chen, huang = person("gx", "chen"), person("gx", "huang")
    with context.province("gx"):
        _row, token = tokens.make_token(user=User.objects.get(pk=chen), seat="gx", name="程序")
        Session.objects.create(session_key="k" * 32, expire_date=clock.now() + timedelta(days=1), seat="gx")
    key = photo("gx", b"original bytes")
    first = vault.back_up("gx")
    assert first.state == Backup.State.DONE and first.objects_new == 1
    with context.province("gx"):
        assert selectors.last_of("gx").name == first.name
        assert not selectors.is_overdue("gx")
        assert selectors.is_overdue("gx", now=clock.now() + timedelta(hours=27))
    with context.province("gd"):
        assert selectors.last_of("gd") is None

    with context.province("gx"):
        User.objects.filter(pk=chen).update(name="涂改")
        User.objects.filter(pk=huang).update(is_active=False, suspended_at=clock.now())
        Post.objects.filter(user_id=huang).delete()
        ApiToken.objects.update(revoked_at=clock.now())
        late = User.objects.create_user(username="late", name="晚来")
    store()._delete(key)
    seal("gd", "others go on")
    before = picture_of("gd")
    done = vault.restore("gx", safety=True)

    assert done.state == Restoration.State.DONE and done.report["objects_brought_back"] == 1
    assert picture_of("gd") == before
    with context.province("gx"):
        assert User.objects.get(pk=chen).name == "chen"
        assert not User.objects.filter(pk=late.pk).exists()
        assert not User.objects.get(pk=huang).is_active
        assert not Post.objects.filter(user_id=huang).exists()
        assert tokens.holder(token, "gx") is None
        assert not Session.objects.exists()
        assert store().open(key).read() == b"original bytes"
    with context.owner():
        assert Province.objects.get(schema_name="gx").state == "active"
        assert Backup.objects.filter(kind=Backup.Kind.SAFETY, state=Backup.State.DONE).count() == 1
        assert not grants.differences()
    assert DIRECTORY.find("gx.testhost").state == "active"
    # What was there before the restoration is not lost: it can be restored in turn.
    assert vault.restore("gx", dry_run=True) is None
    assert f"gx: {sum(newest_of(vault).part('gx/rows').tables.values())} rows" in vault.said
    assert newest_of(vault).part("gx/rows").tables["accounts_user"] == 3


def province(*args: object) -> str:
    said = StringIO()
    call_command("province", *map(str, args), stdout=said)
    return said.getvalue()


@pytest.fixture
def opened_again(border):
    yield
    with context.owner():
        Province.objects.filter(schema_name="gx").update(state=Province.State.ACTIVE, suspended_at=None)
        provisioning.changed()


def test_a_restoration_opens_what_one_before_it_left_closed_and_never_what_an_operator_suspended(
    vault, opened_again, monkeypatch, tmp_path
):
    person("gx", "chen")
    vault.back_up("gx")
    suspend = ("suspend", "gx", "--why", "试")
    removal = ("remove", "gx", "--export-verified", tmp_path, "--confirm", "gx", "--operators", "周", "吴", "--dry-run")

    def state() -> str:
        with context.owner():
            return Province.objects.get(schema_name="gx").state

    def broken_off() -> None:
        with monkeypatch.context() as broken:
            broken.setattr(restoring, "_bring_objects", lambda *_args: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                vault.restore("gx")
        assert state() == "suspended"

    broken_off()
    broken_off()
    assert vault.restore("gx").report["states"] == {"gx": "active"} and state() == "active"

    # Opened by hand, and suspended weeks later.
    broken_off()
    province("resume", "gx")
    province(*suspend)
    assert vault.restore("gx").report["states"] == {"gx": "suspended"} and state() == "suspended"

    # Suspended while it is closed.
    province("resume", "gx")
    broken_off()
    assert "要先暂停" in province(*removal)
    province(*suspend)
    assert "暂停满七天" in province(*removal)
    assert vault.restore("gx").report["states"] == {"gx": "suspended"} and state() == "suspended"

    # Suspended while the restoration runs.
    province("resume", "gx")
    bring = restoring._bring_objects

    def meanwhile(*args: object) -> int:
        province(*suspend)
        return bring(*args)

    with monkeypatch.context() as slow:
        slow.setattr(restoring, "_bring_objects", meanwhile)
        assert vault.restore("gx").report["states"] == {"gx": "suspended"} and state() == "suspended"


@pytest.mark.guard("G23")
def test_edge_15_letters_since_the_backup_arrive_once_more_and_nothing_is_sent_twice(vault, notes, run_letters, trials):
    matter, asked = uuid7(), uuid7()
    house.send("gd", "before", ["province:gx"], thread=matter)
    run_letters()
    first_no = number("gx")
    seal("gx", "before")
    vault.back_up("gx")
    house.send("gd", "? since", ["province:gx"], thread=matter)
    sent = house.send("gx", "from gx", ["province:gd"], thread=matter)
    asking = house.send("gx", "asks", ["province:gd"], thread=asked, message=AskV1)
    lost_no = number("gx")
    with context.province("gx"), transaction.atomic():
        house_no = post(
            NumberedV1(text="函"), Address.province("gd"), thread=asked, by=house.ZHOU, document_no=lost_no
        ).pk
    run_letters()
    seal("gx", "since")
    run_letters()
    with context.province("gx"):
        Delivery.objects.filter(addressee="province:gx", letter__kind="test.note").update(
            state="accepted", accepted_at=clock.now()
        )
        size, letters = log.size_of("gx"), Letter.objects.filter(sender="province:gx").count()
    done = vault.restore("gx")

    found = done.report["provinces"]["gx"]
    listed = {each["letter_id"] for each in found["letters_sent_since"]}
    assert {str(sent.pk), str(asking.pk), str(house_no)} <= listed
    assert [note["text"] for note in house.noted("gx")] == ["before", "? since"]  # of the trail, which does not go back
    run_letters()
    run_letters()
    with context.province("gx"):
        assert not ArrivedSince.objects.filter(again_at=None).exists()
        again = Delivery.objects.get(addressee="province:gx", sequence=2, sender="province:gd")
        assert again.state == "accepted" and again.delivered_at
        assert [note["text"] for note in house.noted("gx")].count("? since") == 2  # once before, once more after
        # The receiver answered by itself, as it had: the answer that lies there counts, and no second was written.
        assert Letter.objects.filter(kind="test.echo").count() == 1
        # The log was taken over, says so itself, and its witnesses find nothing wrong.
        line = LogEntry.objects.get(kind="log.restored")
        assert line.position >= size and line.content["log_kept"]
        assert not HeadWitness.objects.filter(state=HeadWitness.State.REFUSED).exists()
        assert found["log"]["kept"]
        assert found["letters_delivered_again"] >= 1
        # Numbers go on behind the last that was given.
        assert IssuedNumber.objects.get(document_no=lost_no).state == "issued"
        assert IssuedNumber.objects.get(document_no=first_no)
    assert number("gx") == lost_no.replace("2号", "3号")
    # The same step once more: the letter that was written then is taken, and none is sent.
    assert house.send("gx", "from gx", ["province:gd"], thread=matter).pk == sent.pk
    assert house.send("gx", "from gx", ["province:gd"], thread=matter).pk != sent.pk  # said twice since: two letters
    with pytest.raises(SentBeforeRestore) as caught:
        house.send("gx", "asks otherwise", ["province:gd"], thread=asked, message=AskV1)
    assert caught.value.data["letter_id"] == asking.pk
    with context.province("gx"):
        restored.release(asking.pk)
        with pytest.raises(NotFound404):
            restored.release(asking.pk)
    assert house.send("gx", "asks otherwise", ["province:gd"], thread=asked, message=AskV1).pk != asking.pk
    run_letters()
    texts = [note["text"] for note in house.noted("gd")]
    assert texts.count("asks") == 1 and texts.count("函") == 1
    assert sum(text.startswith("? since") for text in texts) == 1
    for way in reconcile(Address.province("gx"), Address.province("gd")):
        assert way.agrees
    with context.province("gx"):
        assert Letter.objects.filter(sender="province:gx").count() >= letters
    trials(letters)


@pytest.mark.slow
@pytest.mark.guard("G23")
def test_a_log_that_goes_back_says_so_and_its_witnesses_note_how_much_is_lost(vault, run_letters, trials):
    seal("gx", "one")
    run_letters()
    run_letters()
    given = number("gx")
    vault.back_up("gx")
    for text in ("two", "three", "four"):
        seal("gx", text)
        run_letters()
    run_letters()
    with context.province("gx"):
        held = log.size_of("gx")
        LogEntry.objects.filter(position=0).update(position=None)  # the log of before is not to be trusted
    lost = number("gx")
    done = vault.restore("gx")
    run_letters()
    run_letters()

    assert not done.report["provinces"]["gx"]["log"]["kept"]
    with context.seat(OFFICE):
        noted = LogReturn.objects.get(log="gx")
        assert noted.held_size == held and noted.size < held + 1
    seal("gx", "goes on")
    run_letters()
    run_letters()
    with context.province("gx"):
        last = heads.latest("gx")
        assert {row.state for row in last.witnesses.all()} == {"signed"}
        # Nothing tells which numbers were given since: those that may have been are void, with the reason.
        assert IssuedNumber.objects.get(document_no=lost).state == "void"
        assert IssuedNumber.objects.get(document_no=given).state == "issued"
    assert number("gx") not in (given, lost)
    trials(held)
