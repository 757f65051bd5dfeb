"""Passwords and keys change while the product works, and nobody notices."""

from __future__ import annotations

import threading
import time
from io import StringIO
from uuid import uuid4

import psycopg2
import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections

from accounts.models import Post, Unit, User
from audit import heads, keys, log
from audit.verify import Verification
from federation.peers import keys as peer_keys
from notify.models import ChannelSetting
from notify.sealing import seal, unseal
from operations.rotation import logins
from provinces import context, grants, passwords
from provinces.database.base import POOL
from provinces.models import LoginGeneration
from provinces.seats import OFFICE


def command(*args: str) -> str:
    said = StringIO()
    call_command("rotate", *args, stdout=said)
    return said.getvalue()


class Trickle:
    """Threads that keep asking small questions as different provinces, each on a connection of its own."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        self.errors: list[str] = []
        self.answered = 0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(code,)) for code in codes]

    def __enter__(self) -> Trickle:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, code: str) -> None:
        while not self._over.is_set():
            try:
                with context.province(code), connection.cursor() as cursor:
                    cursor.execute("SELECT current_user")
                    assert cursor.fetchone() == (f"czj_{code}",)
                self.answered += 1
                POOL.close_idle()  # the next question needs a new login
            except Exception as error:
                self.errors.append(repr(error))
            time.sleep(0.005)
        connections.close_all()


@pytest.fixture
def as_before(border):
    """The cluster's logins are shared by all tests: they get their first passwords back."""
    yield
    with context.owner():
        LoginGeneration.objects.all().delete()
        grants.reset_passwords(0)
    passwords.forget()


def lets_in(cluster, login: str, password: str) -> bool:
    try:
        psycopg2.connect(cluster.superuser_url, dbname=cluster.database_name, user=login, password=password).close()
    except psycopg2.OperationalError:
        return False
    return True


@pytest.mark.slow  # logins belong to the whole server: beside other tests of a run theirs would be refused
def test_logins_change_under_running_requests_without_an_error(as_before, border):
    before = passwords.login_password("czj_gx", 0)
    with Trickle(("gx", "gd", "fj")) as trickle:
        command("logins")
        again = trickle.answered
        command("logins")
        while trickle.answered < again + 30 and not trickle.errors:
            time.sleep(0.01)
    assert trickle.errors == []
    with context.owner():
        assert grants.current_generation() == 2 and grants.locked_out() == []
    assert not lets_in(border, "czj_gx", before)
    passwords.forget()  # a process that starts now knows nothing and finds out
    POOL.close_idle()
    with context.province("gz"), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_sessions_outlive_the_secret_key_as_long_as_the_former_one_is_named(border, client_for, settings):
    with context.province("gx"):
        unit = Unit.objects.create(code="1", name="局", kind=Unit.Kind.COUNTY_BUREAU, division_code="450103")
        people = [User.objects.create_user(name, name=name, unit=unit) for name in ("chen", "li")]
        for person in people:
            Post.objects.create(user=person, unit=unit, role=Post.Role.OFFICER)
    came, stayed_away = (client_for("gx", user=person) for person in people)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert came.get("/notices/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert came.get("/notices/").status_code == 200, "renewed when it was used under both"
    gone = stayed_away.get("/notices/")
    assert gone.status_code == 302 and "login" in gone["Location"], "one that was not used meanwhile has ended"


def test_a_dry_run_of_a_rotation_changes_nothing(as_before, border):
    assert "第 0 代换为第 1 代" in command("logins", "--dry-run")
    with context.owner():
        assert grants.current_generation() == 0 and not LoginGeneration.objects.exists()


@pytest.mark.slow  # logins belong to the whole server: beside other tests of a run theirs would be refused
def test_the_master_key_changes_and_everything_sealed_is_read_again(as_before, border, monkeypatch):
    with pytest.raises(CommandError, match="MASTER_KEY_PREVIOUS"):
        command("master-key")
    with context.province("gx"):
        chen = User.objects.create_user("chen", name="陈")
        factor = Authenticator.objects.create(
            user=chen, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt("JBSWY3DP")}
        )
        setting = ChannelSetting.objects.create(owner="gx", channel="wecom", sealed_url=seal("robot-address"))
        log.append("test", uuid4(), {})
        first = heads.make()
    monkeypatch.setattr(settings, "MASTER_KEYS_BEFORE", (settings.MASTER_KEY,))
    monkeypatch.setattr(settings, "MASTER_KEY", "another key")
    with Trickle(("gd", "fj")) as trickle:
        said = command("master-key")
    assert trickle.errors == [] and "accounts: 1" in said and "MATCHING_KEY" in said
    monkeypatch.setattr(settings, "MASTER_KEYS_BEFORE", ())
    passwords.forget()
    POOL.close_idle()
    with context.province("gx"):
        factor.refresh_from_db()
        setting.refresh_from_db()
        assert get_adapter().decrypt(factor.data["secret"]) == "JBSWY3DP"
        assert unseal(setting.sealed_url) == "robot-address"
        assert keys.chain("gx") == [bytes(first.public_key), bytes(heads.latest("gx").public_key)]
        assert keys.sign("gx", b"the new one is at hand")
        assert Verification("gx").walk().holds
    with context.seat(OFFICE):
        assert not peer_keys.is_former(peer_keys.newest()) and peer_keys.newest() == 2
    with context.owner():
        assert grants.locked_out() == []
    monkeypatch.undo()


def test_what_was_done_for_one_master_key_does_not_pass_for_done_for_the_next(border, monkeypatch):
    """Otherwise what is sealed under the one between would be lost with it."""
    first = settings.MASTER_KEY
    monkeypatch.setattr(logins, "set_all", lambda generation: 1 / 0)
    monkeypatch.setattr(settings, "MASTER_KEYS_BEFORE", (first,))
    monkeypatch.setattr(settings, "MASTER_KEY", "a second key")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):  # it is taken up as long as the key is the same
            command("master-key")
    monkeypatch.setattr(settings, "MASTER_KEYS_BEFORE", ("a second key", first))
    monkeypatch.setattr(settings, "MASTER_KEY", "a third key")
    with pytest.raises(CommandError, match="procedure_other_options.*--abandon") as refused:
        command("master-key")
    assert "third" not in str(refused.value) and "second" not in str(refused.value)
    assert "abandoned" in command("master-key", "--abandon")
    with pytest.raises(ZeroDivisionError):
        command("master-key")


@pytest.mark.slow  # logins belong to the whole server: beside other tests of a run theirs would be refused
def test_a_login_that_changed_its_own_password_is_refused_quickly_after_the_first_try(as_before, border):
    calls = []

    def refuse(password: str) -> None:
        calls.append(password)
        raise psycopg2.OperationalError("FATAL:  password authentication failed")

    for _ in range(2):
        with pytest.raises(psycopg2.OperationalError):
            passwords.let_in("czj_nobody", refuse)
    assert len(set(calls)) == passwords.LOOK_AHEAD + 1 and len(calls) <= passwords.LOOK_AHEAD + 3
