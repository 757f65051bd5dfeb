"""What several web machines must share is looked at when one starts."""

import pytest
import redis

from evidence import checks
from runtime.embedded import EmbeddedValkey
from runtime.ports import free_port


@pytest.fixture
def valkey(settings, tmp_path):
    with EmbeddedValkey(tmp_path / "valkey", free_port(), durable=False) as server:
        settings.VALKEY_URL = server.url(1)
        yield redis.Redis.from_url(server.url(1))


def test_a_second_machine_with_a_folder_of_its_own_is_told(valkey, settings, tmp_path, caplog):
    settings.OBJECTS_DIR = tmp_path / "first"
    assert checks.parts_are_shared() and checks.parts_are_shared()
    settings.OBJECTS_DIR = tmp_path / "second"
    assert not checks.parts_are_shared() and "is not shared" in caplog.text
    settings.OBJECTS_DIR = tmp_path / "first"
    assert checks.parts_are_shared(), "another process on the same folder"
    valkey.flushall()
    settings.OBJECTS_DIR = tmp_path / "second"
    assert checks.parts_are_shared(), "after an emptied Valkey the first to start is the first"


def test_keys_made_on_one_machine_are_named_before_real_work(settings, tmp_path):
    settings.VAR_DIR, settings.DEMO = tmp_path, False
    assert checks.keys_are_given() == []
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "master_key").touch()
    (said,) = checks.keys_are_given()
    assert said.id == "evidence.W001" and "MASTER_KEY" in said.msg and "SECRET_KEY" in said.hint
    settings.DEMO = True
    assert checks.keys_are_given() == []
