"""Guard G21: the three administrators exclude one another; what is on record is insert-only by database privilege."""

import itertools
from contextlib import suppress

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import services
from accounts.models import Post, Unit, User
from accounts.rules import AdministratorsApart, LastSecurityAdministrator
from audit.models import ReadLine, Trail
from audit.trail import Actor
from provinces import context
from provinces.seats import BRANDS, OFFICE, PUBLIC, province_seat

pytestmark = pytest.mark.guard("G21")
OFFICES = ("bureau_admin", "security_admin", "audit_admin")
SHARED = (BRANDS, OFFICE, PUBLIC)
SEATS = [province_seat("gx"), province_seat("gz"), *SHARED]
TABLES = ("audit_trail", "audit_readline", "audit_loghead")
CHANGES = (
    "UPDATE {t} SET at = now()",
    "DELETE FROM {t}",
    "TRUNCATE {t}",
    "DROP TABLE {t}",
    "ALTER TABLE {t} ADD COLUMN x int",
    "ALTER TABLE {t} DISABLE TRIGGER ALL",
    "CREATE RULE r AS ON INSERT TO {t} DO INSTEAD NOTHING",
    "CREATE TRIGGER r BEFORE INSERT ON {t} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "COPY {t} FROM PROGRAM 'true'",
    "COPY {t} TO PROGRAM 'true'",
    "ALTER TABLE {t} OWNER TO CURRENT_USER",
    "INSERT INTO {t} SELECT * FROM {t} ON CONFLICT (id) DO UPDATE SET at = now()",
    "MERGE INTO {t} USING {t} AS o ON {t}.id = o.id WHEN MATCHED THEN DELETE",
    "SET session_replication_role = replica",
    "CREATE INDEX r ON {t} (at)",
)


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("seat", SEATS, ids=lambda seat: seat.name)
def test_x_14_no_login_that_serves_changes_or_removes_what_is_on_record(seat, border, trials):
    with context.seat(seat), connection.cursor() as cursor:
        for table, change in itertools.product(TABLES, CHANGES):
            trials(1)
            with pytest.raises(DatabaseError, match="permission denied|must be owner|must be able to|denied to"):
                run(change.format(t=table))
        for table in TABLES:
            with suppress(DatabaseError):  # to one who has some right PostgreSQL only warns that nothing was granted
                run(f"GRANT ALL ON {table} TO CURRENT_USER")
            for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"):
                cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
                assert cursor.fetchone() == (False,), f"{right} on {table}"


def test_no_login_writes_lines_into_the_trail_of_another(border, trials):
    for seat, other in itertools.permutations(SEATS, 2):
        schema = "public" if other in SHARED else other.name
        if schema == "public" and seat in SHARED:
            continue
        for table in ("audit_trail", "audit_readline"):
            trials(1)
            with context.seat(seat), pytest.raises(DatabaseError, match="permission denied"):
                run(f"INSERT INTO {schema}.{table} SELECT * FROM {schema}.{table} WHERE false")
    for seat in SHARED:
        with context.seat(seat), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            ReadLine.objects.create(seat="office" if seat != OFFICE else "brands", record_label="x.y", by_name="某")
    with context.seat(PUBLIC), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ReadLine.objects.exists()
    with context.seat(BRANDS):
        ReadLine.objects.create(seat="brands", record_label="x.y", by_name="某")
    with context.seat(OFFICE):
        assert not ReadLine.objects.filter(record_label="x.y").exists()


@pytest.mark.parametrize(("held", "wanted"), list(itertools.permutations(OFFICES, 2)))
def test_edge_7_one_person_is_not_given_two_of_the_three_offices(gx, held, wanted, trials):
    trials(1)
    unit = Unit.objects.create(code="gx-0", name="省局", kind="provincial_bureau", division_code="450000")
    person = User.objects.create_user("one", name="某甲", unit=unit)
    Post.objects.create(user=person, unit=unit, role=held)
    with pytest.raises(AdministratorsApart) as refused:
        services.appoint(user=person, role=wanted, unit=unit, by=Actor(None, "系统"))
    assert "三类管理员必须是不同的人" in refused.value.detail
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(user=person, unit=unit, role=wanted)
    assert set(person.posts.values_list("role", flat=True)) == {held}


def test_edge_8_the_last_security_administrator_does_not_leave_without_two_deputies(gx):
    unit = Unit.objects.create(code="gx-0", name="省局", kind="provincial_bureau", division_code="450000")
    last = User.objects.create_user("last", name="某甲", unit=unit)
    post = Post.objects.create(user=last, unit=unit, role="security_admin")
    machine = Actor(None, "系统")
    for number in (1, 2):
        with pytest.raises(LastSecurityAdministrator):
            services.suspend(user=last, by=machine, why="离职")
        deputy = User.objects.create_user(f"deputy-{number}", name="某乙", unit=unit)
        services.appoint(user=deputy, role="security_deputy", unit=unit, by=machine)
    services.withdraw(post=post, by=machine, why="离职")
    assert Trail.objects.filter(verb="withdraw", record_id=last.pk).exists()
