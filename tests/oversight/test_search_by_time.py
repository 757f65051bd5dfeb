"""A search of the trail by time walks along the primary key, which is in order of time, and needs no other index."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import Unit, User
from audit.models import ReadLine
from oversight import selectors
from oversight.asking import Asked, first_id


@pytest.mark.parametrize("rows", [selectors._reads, selectors._steps])
def test_a_span_of_time_is_a_span_of_the_primary_key_and_reads_nothing_beside_it(gx, rows):
    unit = Unit.objects.create(code="gx-0", name="省局", kind="provincial_bureau", division_code="450000")
    jing = User.objects.create_user("jing-span", name="荆某", unit=unit)
    asked = Asked(since=date(2026, 1, 1), until=date(2026, 1, 31)).checked()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = rows(jing, asked, None)[:51].explain()
    assert re.search(r"Index Scan Backward using \S+_pkey", plan) and "Sort" not in plan, plan
    assert re.search(r"Index Cond: \(\(id >= '0[^)]+\) AND \(id < '0", plan), plan


def test_a_line_whose_id_is_a_little_older_than_its_time_is_in_its_day(gx):
    begins = Asked(since=date(2026, 1, 2), until=date(2026, 1, 2)).begins
    line = ReadLine.objects.create(id=first_id(begins - timedelta(seconds=2)), at=begins, seat="gx", record_label="x.y")
    unit = Unit.objects.create(code="gx-0", name="省局", kind="provincial_bureau", division_code="450000")
    jing = User.objects.create_user("jing-edge", name="荆某", unit=unit)
    day = Asked(since=date(2026, 1, 2), until=date(2026, 1, 2)).checked()
    assert [each.id for each in selectors.find(jing, day)] == [line.pk]
    before = Asked(since=date(2026, 1, 1), until=date(2026, 1, 1)).checked()
    assert not selectors.find(jing, before)
