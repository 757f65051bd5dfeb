"""An operation on its way out warns with dates, is counted by caller, and is refused after its day (edge 13)."""

from datetime import date, datetime

import pytest
from rest_framework.response import Response

from accounts.models import Post, Unit, User
from connections import selectors
from gateway import retiring
from gateway.models import OldCall
from gateway.retiring import Retiring
from gateway.schema import Schema
from gateway.views import ApiView
from kernel import clock
from provinces import context

NOTICE = Retiring(since=date(2027, 1, 1), until=date(2027, 7, 1), instead="GET /api/v1/sites/")


class OldView(ApiView):
    """An operation of the tests."""

    retiring = {"get": NOTICE}

    def get(self, request):
        return Response({"ok": True})


def bureau_admin():
    """Who keeps connections in 广西."""
    found = User.objects.create_user("admin", name="管理员")
    Post.objects.create(user=found, unit=Unit.objects.first(), role=Post.Role.BUREAU_ADMIN)
    return found


@pytest.fixture
def old_call(monkeypatch, world, program):
    """`old_call(day)` calls the operation on that day. The search of products is declared so."""
    from appraisal.requests.api.products import Products

    monkeypatch.setattr(Products, "retiring", {"get": NOTICE}, raising=False)
    bureau, _house = world
    chen = program("gx", bureau.chen, days=365)

    def call(day):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=clock.SHANGHAI)
        monkeypatch.setattr(retiring.clock, "today", lambda: noon.date())
        return chen.get("products/?q=x")

    return call


def test_edge_13_calls_are_warned_with_dates_long_before_they_fail(old_call, world):
    heard = []
    listener = lambda request, operation, said: heard.append((request.user.username, operation, said.until))  # noqa: E731
    retiring.on_old_call(listener)
    before = old_call(date(2026, 12, 31))
    assert before.status_code == 200 and "Deprecation" not in before
    during = old_call(date(2027, 1, 1))
    assert during.status_code == 200
    assert during["Deprecation"] == "@1798732800"  # 2027-01-01 in Shanghai, RFC 9745: a structured date
    assert during["Sunset"] == "Wed, 30 Jun 2027 16:00:00 GMT"
    assert '</api/v1/sites/>; rel="successor-version"' in during["Link"] and 'rel="deprecation"' in during["Link"]
    old_call(date(2027, 6, 30))
    over = old_call(date(2027, 7, 1))
    assert (over.status_code, over.json()["code"]) == (410, "operation_retired")
    assert over.json()["data"]["instead"] == NOTICE.instead and over["Sunset"]
    retiring._heard.remove(listener)
    with context.province("gx"):
        [row] = OldCall.objects.all()
        assert (row.user.username, row.operation, row.calls) == ("chen", "GET /api/v1/products/", 3)
        listed = selectors.old_calls(bureau_admin())
        assert [each.operation for each in listed] == ["GET /api/v1/products/"]
        assert not selectors.old_calls(row.user).exists(), "an officer does not keep connections"
    assert heard == [("chen", "GET /api/v1/products/", NOTICE.until)] * 3


def test_edge_13_the_description_marks_it_as_deprecated():
    said = Schema()
    said.view, said.method = OldView(), "GET"
    assert said.is_deprecated() and "2027-07-01" in said.get_description()
    said.method = "POST"
    assert not said.is_deprecated()
