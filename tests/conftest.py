"""One PostgreSQL and one Valkey for a test run, and the seats from which tests look at them.

* `gx`, `gz`, `gd`, `fj`, `brands_seat`, `office_seat`, `public_seat`, `owner_seat`: the test runs as that login, in a
  transaction that is rolled back. One of them per test.
* `border`: for whatever crosses from one seat to another. Nothing is held; enter seats with `provinces.context`. All is
  committed for real and removed afterwards.
* `client_for("gx")`, `client_for("brands", user=lin)`: a browser at that host, inside either of the above.

pytest-django's own database is switched off: `@pytest.mark.django_db` and its `db` fixtures are refused. A test that
takes none of the fixtures above works for nobody, and its queries are refused by the border itself.

The migrated database is kept under var/test, keyed by a digest of all migrations and of the border's code, and copied
for each run. The first run takes some seconds, the others start at once.
"""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
RUN_DIR = Path(tempfile.mkdtemp(prefix="czj-test-"))
TEST_ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DOMAIN": "testhost",
    "SCHEME": "http",
    "SECRET_KEY": "tests only",
    "MASTER_KEY": "tests only",
    "VAR_DIR": str(RUN_DIR),
    "DATABASE_URL": "postgresql://czj_owner@127.0.0.1:1/not_started",
    "DATABASE_PREFIX": "",
    "BROKER_URL": "redis://127.0.0.1:1/0",
    "DEBUG": "false",
    "DEMO": "true",
    "PERSON_CALLS_PER_MINUTE": "0",  # one person of a test visits every address in a minute
}
for _name in ("CACHE_URL", "EVENTS_URL", "S3_ENDPOINT_URL", "EMAIL_URL", "SMS_URL", "PHONE_CALL_URL"):
    os.environ.pop(_name, None)
os.environ.update(TEST_ENVIRONMENT)
sys.path[:0] = [str(ROOT / "platform"), str(ROOT), str(ROOT / "tests")]
gc.disable()  # until all is loaded: nothing of it is ever garbage, and looking for some takes a fifth of the time

import django  # noqa: E402 - the environment has to be set first

from runtime.messages import compile_messages  # noqa: E402

if "PYTEST_XDIST_WORKER" not in os.environ:
    compile_messages()  # a fresh clone holds no compiled ones, and English pages would be Chinese

from django.conf import settings  # noqa: E402

# No `collectstatic` before a test run: names of static files stay as they are.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import translation  # noqa: E402
from harness import guards, keys, spoiled  # noqa: E402
from harness.cluster import Cluster  # noqa: E402
from harness.guards import trials  # noqa: E402, F401 - a fixture

from provinces import context, seats  # noqa: E402
from provinces.hosts import DIRECTORY  # noqa: E402

# A password digest that does not take half a second; those of the product are known too.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
keys.keep()
# What is slow on a busy machine is not wrong.
hypothesis.settings.register_profile("tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("tests")
CLUSTER_ENV = "CZJ_TEST_CLUSTER"


# Guards ---------------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    guards.add_options(parser)


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the group in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    guards.keep_guard(config, items)
    guards.give_time(items)
    for item in items:
        if "everybody" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))  # its world takes seconds: one worker makes it


def pytest_collection_finish() -> None:
    """What is loaded stays: leave it out whenever garbage is looked for."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_runtest_setup() -> None:
    """Each test begins in Chinese, in whatever language the pages of the one before were read."""
    translation.deactivate()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    guards.print_trials(terminalreporter)


# Servers --------------------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Under pytest-xdist the controller starts the servers; its workers find them in the environment."""
    guards.plant(config)
    if not hasattr(config, "workerinput") and getattr(config.option, "numprocesses", None):
        # Named in the environment, the settings would be read by a worker's plugins, before it has a folder of its own.
        del os.environ["DJANGO_SETTINGS_MODULE"]
        config.stash[_CLUSTER] = Cluster.start(ROOT / "var" / "test")
        os.environ[CLUSTER_ENV] = config.stash[_CLUSTER].as_text()
        gc.enable()  # only its workers collect


def pytest_unconfigure(config: pytest.Config) -> None:
    if cluster := config.stash.get(_CLUSTER, None):
        cluster.stop()
    shutil.rmtree(RUN_DIR, ignore_errors=True)


_CLUSTER: pytest.StashKey[Cluster] = pytest.StashKey()


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest, django_db_blocker) -> Cluster:
    """The running servers. Started at the first test that needs them, stopped at the end of the run."""
    django_db_blocker.unblock()  # the border refuses by itself whoever holds no seat
    if text := os.environ.get(CLUSTER_ENV):
        return Cluster.from_text(text)
    stash = request.config.stash
    if _CLUSTER not in stash:
        stash[_CLUSTER] = Cluster.start(ROOT / "var" / "test")
    return stash[_CLUSTER]


@pytest.fixture(scope="session")
def database(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A database of this worker's own with four provinces: 广西 gx, 贵州 gz, 广东 gd, 福建 fj."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    cluster.use_valkey(worker)
    cluster.use_database(worker)
    guards.plant_in_database(cluster)
    yield cluster
    connection.close()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Stock pytest-django would create and flush a database of its own as one login."""
    pytest.fail("no django_db here: take gx, gz, gd, fj, brands_seat, office_seat or border", pytrace=False)


# Seats ----------------------------------------------------------------------------------------------------------------


@contextmanager
def _rolled_back(seat: seats.Seat) -> Iterator[seats.Seat]:
    DIRECTORY.clear()
    with context.seat(seat), transaction.atomic():
        yield seat
        transaction.set_rollback(True)


@pytest.fixture
def gx(database: Cluster) -> Iterator[seats.Seat]:
    """广西, rolled back."""
    with _rolled_back(seats.province_seat("gx")) as seat:
        yield seat


@pytest.fixture
def gz(database: Cluster) -> Iterator[seats.Seat]:
    """贵州, rolled back."""
    with _rolled_back(seats.province_seat("gz")) as seat:
        yield seat


@pytest.fixture
def gd(database: Cluster) -> Iterator[seats.Seat]:
    """广东, rolled back."""
    with _rolled_back(seats.province_seat("gd")) as seat:
        yield seat


@pytest.fixture
def fj(database: Cluster) -> Iterator[seats.Seat]:
    """福建, rolled back."""
    with _rolled_back(seats.province_seat("fj")) as seat:
        yield seat


@pytest.fixture
def brands_seat(database: Cluster) -> Iterator[seats.Seat]:
    """The brands host, rolled back."""
    with _rolled_back(seats.BRANDS) as seat:
        yield seat


@pytest.fixture
def office_seat(database: Cluster) -> Iterator[seats.Seat]:
    """The office host, rolled back."""
    with _rolled_back(seats.OFFICE) as seat:
        yield seat


@pytest.fixture
def public_seat(database: Cluster) -> Iterator[seats.Seat]:
    """The bare domain, rolled back."""
    with _rolled_back(seats.PUBLIC) as seat:
        yield seat


@pytest.fixture
def owner_seat(database: Cluster) -> Iterator[seats.Seat]:
    """The owner standing in `public`, rolled back."""
    with _rolled_back(seats.owner_seat()) as seat:
        yield seat


@pytest.fixture
def border(database: Cluster) -> Iterator[Cluster]:
    """Commits for real; afterwards every row is deleted from the tables that were empty when the run began."""
    DIRECTORY.clear()
    context_before = context.current()
    assert context_before is None, "take either a seat or `border`, not both"
    yield database
    connection.set_seat(None)
    database.empty_what_was_empty()
    spoiled.take_away()


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """`client_for("gx")`: a client at gx.testhost; "" is the bare domain. user=: signed in (needs the seat's rows).

    Hosts: a province's code, "brands", "federation", "", or a full name with a dot.
    """

    def make(host: str, *, user: object = None, **options: object) -> Client:
        name = host if "." in host else f"{host}.{settings.DOMAIN_NAME}".lstrip(".")
        client = Client(HTTP_HOST=name, SERVER_NAME=name, **options)
        if user is not None:
            found = DIRECTORY.find(name)
            assert found is not None, f"nobody lives at {name}"
            with context.seat(found.seat):
                client.force_login(user)
        return client

    return make


@pytest.fixture
def run_letters(border: Cluster) -> Callable[[], int]:
    """`run_letters()`: deliver all that waits for anybody, until nothing moves. Returns how many letters arrived."""
    from federation.letters.delivery import deliver_everywhere

    return deliver_everywhere
