"""The harness gives each test the login it asks for."""

import pytest
from django.db import connection

from accounts.models import User
from provinces import context
from provinces.errors import BorderCrossing, NoSeat
from provinces.seats import BRANDS


def who() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_schema()::text")
        return cursor.fetchone()


def test_a_province_fixture_holds_its_login_and_schema(gx):
    assert who() == ("czj_gx", "gx")
    User.objects.create_user("chen", name="陈")


def test_rows_of_another_test_are_rolled_back(gx):
    assert not User.objects.exists()


def test_the_brands_seat_stands_in_public(brands_seat):
    assert who() == ("czj_brands", "public")


def test_without_a_seat_queries_are_refused(database):
    with pytest.raises(NoSeat):
        User.objects.count()


def test_border_commits_in_several_seats(border):
    for code in ("gx", "gd"):
        with context.province(code):
            User.objects.create_user("chen", name=code)
    with context.seat(BRANDS):
        assert not User.objects.exists()
    with context.province("gd"):
        assert User.objects.get().name == "gd"


def test_border_leaves_nothing_behind(border):
    for code in ("gx", "gd"):
        with context.province(code):
            assert not User.objects.exists()


def test_a_seat_cannot_be_left_inside_its_transaction(gx):
    with pytest.raises(BorderCrossing), context.province("gd"):
        pass


def test_a_client_works_for_the_host_it_names(gx, client_for, settings):
    settings.MIDDLEWARE = ["provinces.middleware.HostMiddleware"]
    assert client_for("gx").get("/nothing-here/").wsgi_request.host.seat == gx
