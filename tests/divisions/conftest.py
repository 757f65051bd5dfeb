"""The names of the whole country, put together once."""

import pytest

from divisions.resolving import current
from divisions.resolving.gazetteer import tables_of_files


@pytest.fixture(scope="session")
def gazetteer():
    return current.build(tables_of_files())
