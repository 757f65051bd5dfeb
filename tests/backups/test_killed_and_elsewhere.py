"""A restoration that is killed is whole the next time; a province comes back on a host that knows nothing of it; a
bucket does what a folder does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from django.db import connection
from harness import people
from harness.vault import die, killed, number, person, photo, picture_of, seal
from moto.server import ThreadedMotoServer
from peers import house

from accounts.models import User
from audit.models import IssuedNumber, LogEntry
from backups import objects, restoring, rows, services
from backups.models import Backup, Restoration
from evidence.store import store
from federation.letters.models import ArrivedSince, Delivery, Letter
from kernel.ids import uuid7
from provinces import context, grants
from provinces.database.base import POOL
from provinces.hosts import DIRECTORY
from provinces.models import Province
from provinces.provisioning import migrate_all, setup_database
from runtime.embedded import EmbeddedPostgres
from runtime.ports import free_port


def after(count: int, do: Callable[..., Any]) -> Callable[..., Any]:
    """`do`, so many times; then the process is gone."""
    left = [count]

    def function(*args: Any, **more: Any) -> Any:
        if not left[0]:
            die()
        left[0] -= 1
        return do(*args, **more)

    return function


DEATHS = {
    "while rows are loaded": (rows, "load", lambda: after(40, rows.load)),
    "within the swap": (grants, "apply", lambda: die),
    "after the swap": (restoring, "_bring_objects", lambda: die),
    "between two files": (objects, "bring_back", lambda: after(1, objects.bring_back)),
    "before it opens": (restoring, "_open", lambda: die),
}


@pytest.mark.slow
@pytest.mark.timeout(900, func_only=True)
def test_a_restoration_that_is_killed_leaves_a_closed_province_and_the_next_one_is_whole(
    vault,
    notes,
    run_letters,
    trials,
):
    chen = person("gx", "chen")
    keys = [photo("gx", f"original {n}".encode()) for n in range(3)]
    house.send("gd", "before", ["province:gx"], thread=uuid7())
    run_letters()
    given = number("gx")
    seal("gx", "before")
    first = vault.back_up("gx")
    house.send("gd", "since", ["province:gx"], thread=uuid7())
    run_letters()
    lost = number("gx")
    seal("gx", "since")
    others = picture_of("gd")
    for point in DEATHS:
        with context.province("gx"):
            User.objects.filter(pk=chen).update(name="涂改")
        for key in keys:
            store()._delete(key)
        before = picture_of("gx")
        killed(*DEATHS[point], lambda: vault.restore("gx", name=first.name))

        # Closed, and either as it was or as the backup has it; nobody else is touched, and no lock is left.
        assert _last().state == Restoration.State.RUNNING, point
        with context.owner():
            assert Province.objects.get(schema_name="gx").state == "suspended"
        if point in ("while rows are loaded", "within the swap"):
            assert picture_of("gx") == before, point
        done = vault.restore("gx", name=first.name)

        assert done.state == Restoration.State.DONE, point
        assert done.report["states"] == {"gx": "active"}, point
        with context.owner():
            assert Province.objects.get(schema_name="gx").state == "active", point
            assert not Restoration.objects.filter(state=Restoration.State.RUNNING).exists()
            assert not Backup.objects.filter(state=Backup.State.RUNNING).exists()
            assert not grants.differences()
            with connection.cursor() as cursor:
                cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^gx_'")
                assert cursor.fetchall() == [], point
        assert picture_of("gd") == others, point
        run_letters()
        run_letters()
        with context.province("gx"):
            assert User.objects.get(pk=chen).name == "chen", point
            for n, key in enumerate(keys):
                assert store().open(key).read() == f"original {n}".encode(), point
            assert not ArrivedSince.objects.filter(again_at=None).exists(), point
            arrived = Delivery.objects.filter(addressee="province:gx", letter__kind="test.note")
            assert sorted(arrived.values_list("state", flat=True)) == ["delivered", "delivered"], point
            assert LogEntry.objects.filter(kind="log.restored", record_id=done.pk).count() == 1, point
            states = dict(IssuedNumber.objects.values_list("document_no", "state"))
            assert states[given] == states[lost] == "issued", point
        others = picture_of("gd")
    trials(len(DEATHS))


def _last() -> Restoration:
    with context.owner():
        return Restoration.objects.get(pk=Restoration.objects.values_list("pk", flat=True)[0])


@pytest.fixture
def empty_host(database, settings, tmp_path) -> Iterator[Callable[[], None]]:
    """`empty_host()`: from now on another PostgreSQL, just installed, without a province, and an empty store."""
    folder = tmp_path / "empty"
    folder.mkdir()
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder / "postgres", free_port(), durable=False, settings={"log_statement": "none"})
    first, name = database.superuser_url, database.database_name

    def move() -> None:
        postgres.start()
        connection.close()
        POOL.close_idle()
        database.superuser_url = postgres.url()
        setup_database(postgres.url(), database.owner_url("elsewhere"))
        database.point_django_at("elsewhere")
        outcome = migrate_all(processes=1)
        assert not outcome.failed and not outcome.remaining, outcome
        settings.OBJECTS_DIR = tmp_path / "empty store"

    yield move
    connection.close()
    POOL.close_idle()
    database.superuser_url = first
    database.point_django_at(name)
    postgres.stop()
    postgres.forget()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.timeout(900, func_only=True)
@pytest.mark.guard("G23")
def test_one_province_alone_comes_back_on_a_new_host_with_its_letters_and_files(
    vault,
    notes,
    run_letters,
    empty_host,
    trials,
):
    chen = person("gx", "chen")
    key = photo("gx", b"original bytes")
    matter = uuid7()
    house.send("gd", "to gx", ["province:gx"], thread=matter)
    sent = house.send("gx", "from gx", ["province:gd"], thread=matter)
    run_letters()
    given = number("gx")
    seal("gx", "before")
    letters = _letters("gx")
    made = vault.back_up("gx")

    empty_host()
    with context.owner():
        assert not Province.objects.filter(schema_name="gx").exists()
    done = vault.restore("gx", to_new_host=True)

    assert done.state == Restoration.State.DONE and done.new_host and done.backup_name == made.name
    assert done.report["objects_brought_back"] == 1
    with context.owner():
        assert Province.objects.get(schema_name="gx").state == "active"
        assert not grants.differences()
    assert DIRECTORY.find("gx.testhost").state == "active"
    with context.province("gx"):
        assert User.objects.get(pk=chen).check_password("correct horse")
        assert store().open(key).read() == b"original bytes"
        assert LogEntry.objects.get(kind="log.restored").content["log_kept"] is False
        assert IssuedNumber.objects.get(document_no=given).state == "issued"
        taken = set(IssuedNumber.objects.values_list("document_no", flat=True))
        assert len(taken) > 1, "those that may have been given since are void"
        assert Letter.objects.filter(pk=sent.pk).exists()
    assert set(letters) <= set(_letters("gx")), "those that it sent and got, as they were"
    assert number("gx") not in taken
    trials(1)


def _letters(code: str) -> list[tuple[str, str, str]]:
    with context.province(code):
        found = Delivery.objects.order_by("letter_id", "addressee").values_list("letter_id", "addressee", "state")
        return [(str(letter), addressee, state) for letter, addressee, state in found]


@pytest.fixture
def bucket(settings) -> Iterator[str]:
    """An S3-compatible server of this test alone, with an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings.BACKUP_S3 = {"endpoint_url": f"http://{host}:{port}", "access_key_id": "t", "secret_access_key": "t"}
    name = f"vault-{uuid4().hex[:8]}"
    boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", aws_access_key_id="t", aws_secret_access_key="t",
        region_name="cn-local",
    ).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "cn-local"})  # fmt: skip
    yield f"s3://{name}/czj"
    server.stop()


def test_a_backup_of_one_province_in_a_bucket_is_listed_and_read_to_its_end(vault, bucket):
    vault.place = bucket
    person("gx", "chen")
    photo("gx", b"original bytes")
    made = vault.back_up("gx")
    assert [(each.name, each.whole) for each in services.listed(bucket)] == [(made.name, True)]
    assert services.verify(bucket, name=made.name, say=vault.said.append) == []


@pytest.mark.slow
@pytest.mark.timeout(900, func_only=True)
def test_one_province_goes_back_whole_from_a_bucket(vault, bucket, tmp_path: Path):
    vault.place = bucket
    people.divisions()
    chen = person("gx", "chen")
    big = os.urandom(20 << 20)  # in several parts, and more than is spooled in memory
    keys = {photo("gx", b"original bytes"): b"original bytes", photo("gx", big): big}
    seal("gx", "before")
    made = vault.back_up("gx")
    assert made.objects_new == 2 and vault.back_up("gx").objects_new == 0
    with context.province("gx"):
        User.objects.filter(pk=chen).update(name="涂改")
    for key in keys:
        store()._delete(key)
    done = vault.restore("gx", name=made.name, safety=True)
    assert done.state == Restoration.State.DONE and done.report["objects_brought_back"] == 2
    with context.province("gx"):
        assert User.objects.get(pk=chen).name == "chen"
        for key, data in keys.items():
            assert store().open(key).read() == data
    assert services.rehearse("gx", place=bucket, name=made.name, say=vault.said.append).state == "passed"
    services.prune(bucket, say=vault.said.append, days=0, weeks=0, months=0)
    assert len(services.listed(bucket)) == 1
    assert not [each for each in tmp_path.rglob("*.partial*")]
