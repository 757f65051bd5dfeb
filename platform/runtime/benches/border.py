"""What the border costs: a request, a new province, a start with nothing to migrate."""

import io
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import DEFAULT_DB_ALIAS, connection, connections, router
from django.db.backends.postgresql.base import DatabaseWrapper as PlainWrapper
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper
from django_tenants.routers import TenantSyncRouter

from accounts.models import Post, Unit, User
from provinces import context, grants, provisioning
from provinces.router import BorderRouter
from runtime.bench import Result, Stage, bench, median_ms

PROVINCES = 34
ROUNDS = 510


# A request ------------------------------------------------------------------------------------------------------------


def people_page(request: HttpRequest) -> HttpResponse:
    """What an ordinary page asks: a count, a list with its units, the posts of those people, a tree."""
    people = list(User.objects.filter(is_active=True).select_related("unit").prefetch_related("posts")[:20])
    body = {
        "count": User.objects.filter(is_active=True).count(),
        "people": [[user.name, user.unit.name if user.unit else "", len(user.posts.all())] for user in people],
        "units": list(Unit.objects.values_list("name", flat=True)[:20]),
        "officers": Post.objects.filter(role="officer").count(),
        "one": User.objects.get(username="officer7").name,
    }
    return HttpResponse(json.dumps(body), content_type="application/json")


urlpatterns = [path("people/", people_page)]


def _fill() -> None:
    units = Unit.objects.bulk_create(
        Unit(code=str(number), name=f"单位{number}", kind=Unit.Kind.COUNTY_BUREAU, division_code="450000")
        for number in range(20)
    )
    people = User.objects.bulk_create(
        User(username=f"officer{number}", name=f"人员{number}", unit=units[number % 20]) for number in range(120)
    )
    Post.objects.bulk_create(Post(user=user, unit=user.unit, role="officer") for user in people)


class _Kind:
    """One way of running the same view: its wrapper, routers, querysets and middleware."""

    def __init__(self, wrapper: Any, routers: list[Any], middleware: list[str], *, border: bool) -> None:
        self.wrapper, self.routers, self.border = wrapper, routers, border
        with override_settings(MIDDLEWARE=middleware):
            self.handler = WSGIHandler()

    def time(self, host: str) -> float:
        """Seconds of one request to this host, through the whole handler and to the connection's return."""
        before = connections[DEFAULT_DB_ALIAS], router.routers
        hooked = QuerySet.__init__
        connections[DEFAULT_DB_ALIAS], router.routers = self.wrapper, self.routers
        if not self.border:
            QuerySet.__init__ = hooked.__wrapped__  # type: ignore[attr-defined, method-assign]
        try:
            environ = _environ(host)
            began = time.perf_counter()
            response = self.handler(environ, lambda status, headers: None)
            body = b"".join(response)
            response.close()
            took = time.perf_counter() - began
        finally:
            connections[DEFAULT_DB_ALIAS], router.routers = before
            QuerySet.__init__ = hooked  # type: ignore[method-assign]
        if len(json.loads(body)["people"]) != 20:
            raise RuntimeError(f"{host} answered {body[:200]!r}")
        return took


def _environ(host: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/people/",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "80",
        "HTTP_HOST": host,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }


def _database(**changed: Any) -> dict[str, Any]:
    held: dict[str, Any] = connections[DEFAULT_DB_ALIAS].settings_dict
    return {**held, "CONN_MAX_AGE": None, "OPTIONS": {}, "AUTOCOMMIT": True, **changed}


@bench("province_overhead")
def province_overhead(stage: Stage) -> Result:
    """The same view on the same tables: through a province's login, by plain Django, by stock django-tenants."""
    stage.prepare()
    codes = stage.open_provinces(PROVINCES)
    for code in codes:
        with context.province(code):
            _fill()
    with context.owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    urls = dict.fromkeys(settings.URLCONFS, __name__)
    hosts = [f"{code}.{settings.DOMAIN_NAME}" for code in codes]
    with override_settings(URLCONFS=urls, ROOT_URLCONF=__name__, PUBLIC_SCHEMA_URLCONF=__name__):
        ours = _Kind(
            connections[DEFAULT_DB_ALIAS], [BorderRouter()], ["provinces.middleware.HostMiddleware"], border=True
        )
        one_schema = PlainWrapper(_database(OPTIONS={"options": f"-c search_path={codes[0]},public"}), DEFAULT_DB_ALIAS)
        plain = _Kind(one_schema, [], [], border=False)
        tenants = _Kind(
            TenantsWrapper(_database(), DEFAULT_DB_ALIAS),
            [TenantSyncRouter()],
            ["django_tenants.middleware.main.TenantMainMiddleware"],
            border=False,
        )
        took: dict[str, list[float]] = {"plain": [], "province": [], "rotation": [], "django_tenants": []}
        runs: dict[str, tuple[_Kind, Callable[[int], str]]] = {
            "plain": (plain, lambda turn: hosts[0]),
            "province": (ours, lambda turn: hosts[0]),
            "rotation": (ours, lambda turn: hosts[turn % PROVINCES]),
            "django_tenants": (tenants, lambda turn: hosts[0]),
        }
        for turn in range(-2 * PROVINCES, ROUNDS):  # one request of each kind in turn: a busy machine slows all alike
            for name, (kind, host_of) in runs.items():
                seconds = kind.time(host_of(turn % 1000))
                if turn >= 0:  # the first rounds open connections and fill caches
                    took[name].append(seconds)
        one_schema.close()
        tenants.wrapper.close()
    medians = {name: median_ms(seconds) for name, seconds in took.items()}
    reference = medians["plain"]
    return Result(
        n=ROUNDS,
        ratio=medians["province"] / reference,
        reference="plain single-schema Django on the same tables, connection kept open, no health check",
        figures={
            **{f"{name}_median_ms": value for name, value in medians.items()},
            "rotation_over_34_ratio": medians["rotation"] / reference,
            "django_tenants_ratio": medians["django_tenants"] / reference,
            "queries": 6,
        },
    )


# Provinces ------------------------------------------------------------------------------------------------------------


@bench("provision")
def provision(stage: Stage) -> Result:
    """A new province by replaying the kept dump, against running all migrations for it."""
    stage.prepare()
    stage.open_provinces(1)
    replayed, migrated = [], []
    for number in range(5):
        began = time.perf_counter()
        stage.open_provinces(number + 2)
        replayed.append(time.perf_counter() - began)
    for number in range(2):
        began = time.perf_counter()
        provisioning.migrate_schema(f"m{number}")
        migrated.append(time.perf_counter() - began)
    with context.owner():
        began = time.perf_counter()
        grants.differences()
        compared = time.perf_counter() - began
    return Result(
        n=len(replayed),
        ratio=statistics.median(replayed) / statistics.median(migrated),
        reference="all migrations run in a new schema, without rights",
        figures={
            "provision_s": statistics.median(replayed),
            "migrate_s": statistics.median(migrated),
            "compare_rights_s": compared,
        },
    )


@bench("migrate_noop")
def migrate_noop(stage: Stage) -> Result:
    """A start with nothing to migrate, with 34 provinces against one."""
    stage.prepare()
    figures = {}
    for count in (1, PROVINCES):
        stage.open_provinces(count)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            outcome = provisioning.migrate_all()
            took.append(time.perf_counter() - began)
            if outcome.migrated or outcome.failed:
                raise RuntimeError(f"something was migrated: {outcome}")
        figures[f"provinces_{count}_s"] = statistics.median(took)
    return Result(
        n=5,
        ratio=figures[f"provinces_{PROVINCES}_s"] / figures["provinces_1_s"],
        reference="the same with one province",
        figures=figures,
    )
