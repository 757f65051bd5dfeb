"""What is on record stays on record: PostgreSQL refuses a change, whoever's code asks for it."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from audit import trail
from audit.models import IssuedNumber, NumberSeries, Trail
from audit.numbering import issue
from audit.trail import Actor
from divisions.models import Division

LOGINS = ["gx", "brands_seat", "office_seat"]
CHANGES = {
    "reword a line of the trail": lambda: Trail.objects.update(why="other"),
    "delete the trail": lambda: Trail.objects.all()._raw_delete(connection.alias),
    "empty the trail": lambda: connection.cursor().execute("TRUNCATE audit_trail"),
    "delete a number": lambda: IssuedNumber.objects.all()._raw_delete(connection.alias),
    "give a number another serial": lambda: IssuedNumber.objects.update(serial=99),
    "restart a series": lambda: NumberSeries.objects.all()._raw_delete(connection.alias),
}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("change", CHANGES)
def test_no_login_that_serves_can(login, change, request):
    request.getfixturevalue(login)
    with transaction.atomic():
        number = issue("桂市监", "协查", year=2026)
    trail.record(IssuedNumber.objects.get(document_no=number), "printed", by=Actor(uuid4(), "陈队长"))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        CHANGES[change]()
    assert Trail.objects.get().why == ""
    assert IssuedNumber.objects.get().serial == 1


@pytest.mark.parametrize("login", [*LOGINS, "public_seat"])
def test_every_login_reads_the_divisions_and_none_writes_them(login, request):
    request.getfixturevalue(login)
    assert Division.objects.count() >= 0
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Division.objects.create(code="990000", name="x", short_name="x", level="province")
