"""A bureau with a case system joined to it."""

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from harness import case_system, people

from accounts.models import Unit
from provinces import context


@pytest.fixture
def world(border):
    """陈队长 of 青秀区, a brand house, and the case system of 南宁, which may frame us."""
    cache.clear()
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    with context.province("gx"):
        Unit.objects.update(agency_word="桂市监")
        system = case_system.join(by=bureau.chen)
    return SimpleNamespace(bureau=bureau, house=house, chen=bureau.chen, system=system)


@pytest.fixture
def browser(client_for):
    """A browser that is signed in nowhere."""
    return client_for("gx")
