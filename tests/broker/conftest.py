"""Two bureaux, the office's 赵处, and the common superior (总局) opened for the tests that need it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from harness import broker_rows, people

from provinces.hosts import DIRECTORY


@pytest.fixture
def bureaux(border) -> SimpleNamespace:
    """广西 and 贵州 with their people, and the office."""
    people.divisions()
    return broker_rows.bureaux()


@pytest.fixture(scope="module")
def superior_open(database) -> Iterator[None]:
    """总局 has a seat here, for one module."""
    broker_rows.open_superior()
    yield
    database.remove_province("samr")


@pytest.fixture
def samr(superior_open, bureaux) -> SimpleNamespace:
    """总局's people: 司局长 who decides and 处员 who does not."""
    DIRECTORY.clear()
    return broker_rows.superior_people()


@pytest.fixture
def deliver(run_letters) -> Callable[[], int]:
    """The same under the word of the trade."""
    return run_letters
