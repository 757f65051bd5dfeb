"""Seats, stamps, hosts and tasks: what the border refuses, and what it carries along."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from harness.workers import working

from accounts.models import Unit, User
from config.celery import app as celery
from provinces import context
from provinces.context import province, province_code, seat
from provinces.errors import BorderCrossing, NoSeat
from provinces.hosts import DIRECTORY
from provinces.seats import BRANDS, OFFICE, PUBLIC, province_seat
from provinces.tasks import fan_out


def who() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        return cursor.fetchone()[0]


def chen_of(code: str) -> User:
    with province(code):
        return User.objects.create_user("chen", name=f"陈 {code}")


# Seats ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["public", "pg_x", "Gx", "gx;drop", "brands", "owner", "", "1x", "czj_template", "g x"]
)
def test_a_name_that_is_no_province_code_has_no_seat(code):
    with pytest.raises(ValueError):
        province_seat(code)


def test_a_new_thread_works_for_nobody_and_is_refused(border):
    with province("gx"), ThreadPoolExecutor(1) as pool, pytest.raises(NoSeat):
        pool.submit(User.objects.count).result()


def test_django_tenants_own_ways_in_are_refused(border):
    from django_tenants.utils import schema_context

    with pytest.raises(NoSeat), schema_context("gx"):
        pass
    with pytest.raises(NoSeat):
        connection.set_schema("gx")


def test_province_code_is_refused_at_the_brands_host(brands_seat):
    with pytest.raises(NoSeat):
        province_code()


def test_an_error_inside_a_seat_gives_the_former_seat_back(border):
    with province("gx"):
        with pytest.raises(ZeroDivisionError), province("gd"):
            _ = 1 / 0
        assert who() == "czj_gx"
    assert context.current() is None


def test_manual_transactions_hold_the_seat_too(border):
    with province("gx"):
        transaction.set_autocommit(False)
        try:
            with pytest.raises(BorderCrossing), province("gd"):
                pass
        finally:
            transaction.rollback()
            transaction.set_autocommit(True)


def test_what_follows_a_commit_runs_in_the_seat_that_committed(border):
    seen = []
    with province("gx"), transaction.atomic():
        transaction.on_commit(lambda: seen.append(who()))
    with province("gd"):
        assert seen == ["czj_gx"]


def test_a_missing_table_of_a_province_fails_closed(border):
    with border.superuser(border.database_name) as cursor:
        cursor.execute("ALTER TABLE gx.accounts_post RENAME TO accounts_post_away")
    try:
        with province("gx"), pytest.raises(DatabaseError, match="permission denied"):
            list(User(pk=None).posts.model.objects.all())
    finally:
        with border.superuser(border.database_name) as cursor:
            cursor.execute("ALTER TABLE gx.accounts_post_away RENAME TO accounts_post")


# Stamps ---------------------------------------------------------------------------------------------------------------


def test_ids_of_content_types_are_those_of_the_schema(border):
    with border.superuser(border.database_name) as cursor:
        cursor.execute("SET session_replication_role = replica; UPDATE gd.django_content_type SET id = id + 1000")
    try:
        with province("gx"):
            here = ContentType.objects.get_for_model(User).pk
        with province("gd"):
            assert ContentType.objects.get_for_model(User).pk == here + 1000
    finally:
        with border.superuser(border.database_name) as cursor:
            cursor.execute("SET session_replication_role = replica; UPDATE gd.django_content_type SET id = id - 1000")
        ContentType.objects.clear_cache()


def test_a_lazy_queryset_is_refused_after_its_seat_was_left(border):
    with province("gx"):
        everybody = User.objects.filter(is_active=True)
    with pytest.raises(NoSeat):
        list(everybody)
    with province("gd"), pytest.raises(BorderCrossing):
        list(everybody.order_by("name"))


def test_a_queryset_made_for_nobody_works_for_everybody(border):
    everybody = User.objects.all()
    for code in ("gx", "gd"):
        chen_of(code)
        with province(code):
            assert [user.name for user in everybody.all()] == [f"陈 {code}"]


@pytest.mark.parametrize("place", [province_seat("gx"), BRANDS], ids=str)
def test_a_person_can_be_deleted_on_either_side(border, place):
    with seat(place):
        user = User.objects.create_user("wang", name="王")
        user.posts.create(role="officer")
        user.delete()
        assert not User.objects.exists() and not user.posts.model.objects.exists()


# Hosts ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "seat_name"),
    [
        ("gx.testhost", "gx"),
        ("brands.testhost", "brands"),
        ("federation.testhost", "office"),
        ("testhost", "public"),
        ("xx.testhost", None),
        ("public.testhost", None),
        ("gx.testhost.evil.example", None),
        ("czj_template.testhost", None),
    ],
)
def test_a_host_name_leads_to_one_seat_or_nowhere(database, name, seat_name):
    found = DIRECTORY.find(name)
    assert (found and found.seat.name) == seat_name


def test_a_look_up_never_changes_the_seat_of_the_thread(gx):
    DIRECTORY.clear()
    DIRECTORY.find("gd.testhost")
    assert who() == "czj_gx"


def test_a_suspended_province_is_served_no_more_within_a_second(border, client_for, settings):
    settings.MIDDLEWARE = ["provinces.middleware.HostMiddleware"]
    settings.URLCONFS = dict.fromkeys(settings.URLCONFS, __name__)
    change = "UPDATE provinces_province SET state = %s WHERE schema_name = 'fj'; {}".format(
        "UPDATE provinces_directoryversion SET version = version + 1"
    )
    assert client_for("fj").get("/who/").content == b"czj_fj"
    with border.superuser(border.database_name) as cursor:
        cursor.execute(change, ["suspended"])
    try:
        DIRECTORY._checked -= 1.1
        assert client_for("fj").get("/who/").status_code == 503
    finally:
        with border.superuser(border.database_name) as cursor:
            cursor.execute(change, ["active"])
        DIRECTORY.clear()


def who_view(request):
    return HttpResponse(who())


def stream_view(request):
    everybody = User.objects.all()
    return StreamingHttpResponse(user.name for user in everybody.iterator())


urlpatterns = [path("who/", who_view), path("stream/", stream_view)]


@pytest.fixture
def bare(settings):
    """Only the border's middleware, and the views of this module on every host."""
    settings.MIDDLEWARE = ["provinces.middleware.HostMiddleware"]
    settings.URLCONFS = dict.fromkeys(settings.URLCONFS, __name__)


@pytest.mark.parametrize(
    "header", ["HTTP_X_FORWARDED_HOST", "HTTP_X_PROVINCE", "HTTP_X_TENANT", "HTTP_FORWARDED", "HTTP_ORIGIN"]
)
def test_no_header_but_host_chooses_the_province(border, client_for, bare, header):
    assert client_for("gx").get("/who/", **{header: "gd.testhost"}).content == b"czj_gx"


def test_an_unknown_host_gets_a_page_without_a_seat(border, client_for, bare):
    for name in ("xx.testhost", "evil.example"):
        response = client_for(name).get("/who/")
        assert response.status_code == 404 and b"czj" not in response.content


def test_the_seat_is_left_after_the_response(border, client_for, bare):
    client_for("gx").get("/who/")
    assert context.current() is None


def test_a_streamed_body_outlives_the_seat_and_is_refused_rows(border, client_for, bare):
    chen_of("gx")
    response = client_for("gx").get("/stream/")
    with pytest.raises(NoSeat):
        b"".join(response.streaming_content)


def test_many_threads_keep_their_provinces(border, client_for, bare):
    def ask(number: int) -> bool:
        code = ("gx", "gz", "gd", "fj")[number % 4]
        return client_for(code).get("/who/").content == f"czj_{code}".encode()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(120)))


def test_session_cookies_belong_to_one_host(settings):
    assert settings.SESSION_COOKIE_DOMAIN is None and settings.CSRF_COOKIE_DOMAIN is None


# Caches ---------------------------------------------------------------------------------------------------------------


def test_a_cache_entry_is_seen_by_its_own_seat_only(border):
    with province("gx"):
        cache.set("today", 37)
    for other in (province_seat("gd"), BRANDS, OFFICE, PUBLIC):
        with seat(other):
            assert cache.get("today") is None
    with province("gx"):
        assert cache.get("today") == 37
    with pytest.raises(NoSeat):
        cache.get("today")


def test_no_source_file_uses_a_cache_that_knows_no_province():
    from django.conf import settings

    guilty = [
        str(file.relative_to(settings.BASE_DIR))
        for part in ("platform", "federation", "appraisal", "billing_free", "tenants")
        for file in (settings.BASE_DIR / part).rglob("*.py")
        for text in [file.read_text()]
        if "cache_page" in text or "cache.clear(" in text
    ]
    assert guilty == []


# Tasks ----------------------------------------------------------------------------------------------------------------

SEEN: list[str] = []
HEARD = threading.Event()


@celery.task(name="tests.say_who")
def say_who(expected: int = 1) -> None:
    SEEN.append(who())
    if len(SEEN) >= expected:
        HEARD.set()


@celery.task(name="tests.try_again", bind=True, max_retries=2)
def try_again(self) -> None:
    SEEN.append(who())
    if self.request.retries < 2:
        raise self.retry(countdown=0)
    HEARD.set()


@pytest.fixture
def worker(border):
    """A real Celery worker on the real broker, in a thread of its own."""
    SEEN.clear()
    HEARD.clear()
    celery.control.purge()  # what earlier tests of this run asked for would be done first
    with working("celery"):
        yield


def test_a_task_runs_in_the_seat_that_sent_it(worker):
    with province("gx"):
        say_who.delay(expected=2)
    say_who.apply_async([2], seat="gd")
    assert HEARD.wait(60)
    assert sorted(SEEN) == ["czj_gd", "czj_gx"]


def test_a_retried_task_keeps_its_seat(worker):
    with province("gz"):
        try_again.delay()
    assert HEARD.wait(60)
    assert SEEN == ["czj_gz"] * 3


def test_a_sweep_reaches_every_active_province(worker, monkeypatch):
    monkeypatch.setattr(say_who, "run", lambda expected=1: (SEEN.append(who()), len(SEEN) > 4 and HEARD.set()))
    fan_out.apply_async(["tests.say_who"], {"also": ["brands"]}, seat="public")
    assert HEARD.wait(60)
    assert sorted(SEEN) == ["czj_brands", "czj_fj", "czj_gd", "czj_gx", "czj_gz"]


def test_a_task_without_a_seat_is_refused_when_sent_and_when_it_arrives(border):
    with pytest.raises(NoSeat):
        say_who.delay()
    with pytest.raises(NoSeat):
        say_who()
    with pytest.raises(ValueError):
        say_who.apply_async(seat="owner")


def test_unit_rows_of_one_province_are_unknown_in_another(border):
    with province("gx"):
        Unit.objects.create(code="450100", name="南宁市市场监督管理局", kind=Unit.Kind.MUNICIPAL_BUREAU)
    with province("gd"):
        assert not Unit.objects.exists()
