"""G23: yesterday's backup on a clean host rejoins. The other installation notices, nothing is sent twice, and nothing
that is missing is hidden."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from harness import guards
from harness.vault import Vault, die, killed, number, person, photo, seal
from peers import house

from accounts.models import Session
from audit.models import IssuedNumber, LogEntry, NumberSeries
from backups import restoring, sealing, writing
from backups.models import Restoration
from federation.contracts.addresses import Address
from federation.contracts.messages import KINDS, contract
from federation.letters.models import Letter
from federation.letters.post import RECEIVERS, post, receives
from federation.letters.reconciliation import reconcile
from kernel.ids import uuid7
from oversight.models import Copy
from provinces import context
from provinces.models import Province
from provinces.seats import BRANDS, province_seat

pytestmark = [pytest.mark.xdist_group("two-installations"), pytest.mark.timeout(900, func_only=True)]


@pytest.fixture
def numbered() -> Iterator[None]:
    contract(house.HaiV1)
    receives(house.HaiV1, at="province")(house.note)
    yield
    del KINDS[house.HaiV1.kind, house.HaiV1.version]
    RECEIVERS.pop((house.HaiV1, "province"), None)


@pytest.fixture
def clean_host(database) -> Iterator[object]:
    """`clean_host()`: from now on this installation has an empty database."""
    first, name = database.database_name, f"{database.database_name}_clean"

    def move() -> None:
        with database.superuser() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{database.template}" OWNER czj_owner STRATEGY file_copy'
            )
        database.point_django_at(name)
        with context.owner():
            for code in Province.objects.values_list("schema_name", flat=True):
                Province.objects.filter(schema_name=code).update(state="suspended")

    yield move
    house.connection.set_seat(None)
    database.point_django_at(first)
    with database.superuser() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.mark.guard("G23")
def test_yesterdays_backup_on_a_clean_host_rejoins(pair, numbered, clean_host, settings, tmp_path, monkeypatch, trials):
    settings.BACKUP_KEY = sealing.new_key()
    if guards.size(True, False):
        monkeypatch.setattr(writing, "codes_for", lambda code: ["gx"])
    vault, there = Vault(str(tmp_path / "vault")), pair.other.party
    pair.other("admin")
    person("gx", "chen")
    photo("gx", b"sealed before")
    seal("gx", "before")
    matter, rounds = uuid7(), guards.size(1, 20)
    house.send("gx", "before", [there], thread=matter)
    pair.other("send", text="before too", to=["province:gx"])
    number("gx", "函")
    pair.settle(2)
    for seat in (BRANDS, province_seat("gx")):
        with context.seat(seat):
            Copy.objects.create(seat=seat.name, placed=7, sent=7)
    vault.back_up()

    # What happens after yesterday's backup, and is lost with the host.
    sent = [house.send("gx", f"since {n}", [there], thread=matter).pk for n in range(rounds)]
    for n in range(rounds):
        pair.other("send", text=f"since too {n}", to=["province:gx"], files=[1000])
    lost_no = number("gx", "函")
    seal("gx", "since")
    pair.other("learn_numbered")
    with context.province("gx"), transaction.atomic():
        letter = post(house.HaiV1(text="函"), Address.parse(there), thread=uuid7(), by=house.ZHOU, document_no=lost_no)
    pair.settle(rounds + 2)  # letters of one matter go one after the other
    assert house.course("gx", letter.pk)[0]["state"] == "delivered"
    at_peer = sorted(note["text"] for note in pair.other("noted"))

    clean_host()
    if guards.size(False, True):  # killed when `public` is back and no province is: the next try is whole
        killed(restoring, "_swap", lambda: die, lambda: vault.restore(to_new_host=True))
    done = vault.restore(to_new_host=True)
    assert done.state == Restoration.State.DONE

    # Each copy of the trail outside is asked for what left since, in its next round.
    for seat in (BRANDS, province_seat("gx")):
        with context.seat(seat):
            assert Copy.objects.get(seat=seat.name).returned_at
    # What was found of a province is read by that province alone.
    with context.owner():
        assert Restoration.objects.get(pk=done.pk).report["provinces"]["gx"] == {}
        assert Restoration.objects.get(scope="gx").report["provinces"]["gx"] == done.report["provinces"]["gx"]
    # The peer notices.
    assert len(pair.other("told_of_restorations")) == 1
    found = done.report["provinces"]["gx"]
    [said] = found["peers"].values()
    assert said["letters_taken_back"] == rounds + 1 and said["numbers_found"] == [lost_no]
    # Nothing that is missing is hidden: it comes once more, or stands in the report and in the log.
    assert [note["text"] for note in house.noted("gx")] == ["before too"]
    pair.settle(3)
    pair.settle(1)
    assert sorted(note["text"] for note in house.noted("gx")) == sorted(
        ["before too", *(f"since too {n}" for n in range(rounds))]
    )
    with context.province("gx"):
        assert LogEntry.objects.get(kind="log.restored").content["whole"]
        assert not Session.objects.exists()
        assert set(Letter.objects.filter(pk__in=sent).values_list("pk", flat=True)) == set(sent)
    # Nothing is sent twice, and matters go on in their order.
    assert house.send("gx", "since 0", [there], thread=matter).pk == sent[0]
    house.send("gx", "after", [there], thread=matter)
    pair.settle(3)
    assert sorted(note["text"] for note in pair.other("noted")) == sorted([*at_peer, "after"])
    for way in reconcile(Address.province("gx"), Address.parse(there)):
        assert way.agrees
    # No number is given twice; those that nobody can tell of are void.
    with context.province("gx"):
        given = IssuedNumber.objects.get(document_no=lost_no)
        assert given.state == "issued"
        assert NumberSeries.objects.get(kind_word="函").last > given.serial
        assert IssuedNumber.objects.filter(state="void").exists()
    assert number("gx", "函") != lost_no
    trials(2 * rounds + 1)
