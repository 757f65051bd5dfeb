"""Everybody, seeded once for a module."""

import pytest
from django.db import connection
from harness.world import build

from provinces.hosts import DIRECTORY


@pytest.fixture(scope="module")
def everybody(database):
    """`harness.world.World`, committed: for guards that try everything and look at all rows afterwards."""
    DIRECTORY.clear()
    yield build()
    connection.set_seat(None)
    database.empty_what_was_empty()
