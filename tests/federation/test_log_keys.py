"""A log goes on with another key: the old one vouches for it, witnesses follow, and nobody else's change counts."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import heads, keys, log, renewal, verify
from audit.models import HeadWitness, LogEntry, LogHead, WitnessedHead
from federation.contracts.heads import LogHeadV2
from federation.heads import returning, services
from kernel import clock
from operations.models import Procedure
from provinces import context
from provinces.context import province
from provinces.seats import OFFICE

pytestmark = pytest.mark.usefixtures("border")
ALL = {("office", "signed"), ("province:fj", "signed"), ("province:gz", "signed")}


def seal(count: int = 1) -> LogHead:
    """So many entries in the log of the seat, and a head over them."""
    for number in range(count):
        log.append("test", uuid4(), {"number": number})
    return heads.make()


def answers(head: LogHead) -> set[tuple[str, str]]:
    with province("gx"):
        return set(HeadWitness.objects.filter(head=head).values_list("witness", "state"))


def faults() -> list[str]:
    with province("gx"):
        return [fault.code for fault in verify.Verification("gx").walk().faults]


def test_witnesses_follow_a_log_from_key_to_key_and_all_of_it_verifies(run_letters, settings):
    with province("gx"):
        first = seal(3)
        second = renewal.renew(renewal.following("gx"))
    run_letters()
    with province("gx"):
        given = Ed25519PrivateKey.generate().private_bytes_raw()
        settings.LOG_KEYS = {"gx": base64.b64encode(given).decode()}
        assert keys.public_key("gx") == bytes(second.public_key), "settings alone change nothing"
        new = renewal.following("gx")
        third = renewal.renew(new)
        assert renewal.renew(new) == third, "twice is once"
        assert renewal.following("gx") is None, "the given one is in use"
        assert keys.chain("gx") == [bytes(head.public_key) for head in (first, second, third)]
        assert LogEntry.objects.filter(kind=keys.KIND, position__isnull=False).count() == 2
        assert keys.is_signed(keys.public_of(given), keys.sign("gx", b"said"), b"said")
    run_letters()
    assert [answers(head) for head in (first, second, third)] == [ALL] * 3
    assert faults() == []


def test_a_witness_that_missed_a_change_is_led_over_it(run_letters):
    with province("gx"):
        seal()
    run_letters()
    with province("gx"):
        for _ in range(2):
            head = renewal.renew(renewal.following("gx"))
    with province("gz"):
        held = services.last_signed("gx")
    with province("gx"):
        message = services._letter(head, services.Address.province("gz"))
    assert isinstance(message, LogHeadV2) and len(message.keys) == 2
    assert services.is_led_to(message, {bytes(held.public_key)})
    assert not services.is_led_to(message.model_copy(update={"keys": message.keys[1:]}), {bytes(held.public_key)})
    assert not services.is_led_to(message, {bytes(32)})


def test_a_change_that_the_old_key_has_not_signed_counts_for_nobody_and_is_named(run_letters):
    thief = Ed25519PrivateKey.generate()
    with province("gx"):
        seal()
        before, now = keys.public_key("gx"), "2026-01-01T00:00:00Z"
        theirs = thief.public_key().public_bytes_raw()
        signature = thief.sign(keys.statement("gx", before, theirs, now))
        forged = keys.Change("gx", before, theirs, now, by_old=signature, by_new=signature)
        with transaction.atomic():
            log.append(keys.KIND, keys.record_of("gx"), forged.content())
        head = heads.make()
        assert keys.public_key("gx") == before == bytes(head.public_key)
    assert faults() == ["key_unvouched"]


def test_whoever_holds_the_database_but_no_key_cannot_begin_the_log_anew_with_his_own():
    with province("gx"):
        seal()
    thief = Ed25519PrivateKey.generate()
    with context.owner("gx"), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_loghead SET public_key = %s", [thief.public_key().public_bytes_raw()])
        head = LogHead.objects.get()
        LogHead.objects.update(signature=thief.sign(head.body.encode()))
    assert faults() == ["head_key"]
    with province("gx"), pytest.raises(keys.LogKeyGone):
        keys.sign("gx", b"said")


def test_a_key_of_the_former_master_key_signs_until_the_log_has_gone_on(settings):
    with province("gx"):
        seal()
        settings.MASTER_KEYS_BEFORE, settings.MASTER_KEY = (settings.MASTER_KEY,), "another key"
        assert keys.is_of_former_master("gx", keys.chain("gx"))
        renewal.renew(renewal.following("gx"))
        assert not keys.is_of_former_master("gx", keys.chain("gx"))
        settings.MASTER_KEYS_BEFORE = ()
        assert bytes(seal().public_key) == keys.public_key("gx")
    assert faults() == []


def test_a_log_that_went_back_over_its_change_of_key_is_taken_up_again_with_the_old_one(run_letters):
    """What was countersigned under the newer key stays with the witnesses, who are told how much is lost."""
    with province("gx"):
        seal(2)
    run_letters()
    backup = clock.now()
    with province("gx"):
        head = renewal.renew(renewal.following("gx"))
    run_letters()
    assert answers(head) == ALL
    with context.owner("gx"), connection.cursor() as cursor:
        for table in ("headstamp", "headwitness"):
            cursor.execute(f"DELETE FROM audit_{table} WHERE head_id = %s", [head.pk])
        cursor.execute("DELETE FROM audit_loghead WHERE id = %s", [head.pk])
        cursor.execute("DELETE FROM audit_logentry WHERE position >= 2")
        cursor.execute("DELETE FROM audit_lognode WHERE (place + 1) * (1 << level) > 2")
    token = returning._returning.set((backup, clock.now() + timedelta(seconds=1), "yesterday"))
    with province("gx"):
        back = seal(3)
    returning._returning.reset(token)
    run_letters()
    with context.seat(OFFICE):
        row = WitnessedHead.objects.filter(log="gx").order_by("received_at").last()
        assert (row.outcome, bytes(row.public_key)) == ("signed", bytes(back.public_key))
    assert answers(back) == ALL


def command(*args: str) -> str:
    said = StringIO()
    call_command("rotate", "log-keys", *args, stdout=said)
    return said.getvalue()


def test_the_command_gives_each_log_one_next_key_however_often_it_dies(run_letters, monkeypatch):
    with province("gx"):
        seal()
        assert "gx → " in command("--dry-run")
        assert len(keys.chain("gx")) == 1
    with context.seat(OFFICE):
        seal()
    real = renewal.renew
    for dies in (lambda new: 1 / 0, lambda new: (real(new), 1 / 0)):  # before it is done, and before that is noted
        with monkeypatch.context() as patch:
            patch.setattr(renewal, "renew", dies)
            with pytest.raises(ZeroDivisionError):
                command()
    said = command()
    assert "✓" in said and "gx" in said
    run_letters()
    for seat in (context.province_seat("gx"), OFFICE):
        with context.seat(seat):
            assert len(keys.chain(seat.name)) == 2, "one key more"
            assert bytes(heads.latest(seat.name).public_key) == keys.public_key(seat.name)
    with context.owner():
        assert [row.state for row in Procedure.objects.filter(kind="rotate.log_keys")] == ["done"]
    assert faults() == []


def test_the_command_says_when_settings_have_no_new_key_for_a_given_one(monkeypatch):
    monkeypatch.setattr(settings, "LOG_KEYS", {"gx": base64.b64encode(bytes(range(32))).decode()})
    with province("gx"):
        seal()
    assert "LOG_KEYS" in command("--log", "gx")
    with province("gx"):
        assert len(keys.chain("gx")) == 1
    with pytest.raises(CommandError, match="xx"):
        command("--log", "xx")
