"""X-14: what cannot be written is not shown; what is sensitive is declared; a search leaves no name."""

import pytest
from django.conf import settings
from harness import people
from harness.routes import routes

from audit.models import ReadLine
from kernel import clock
from notify.models import Notice
from oversight.selectors import has_field
from provinces import context


@pytest.fixture
def bureau(border):
    """陈队长, 黄管理员 and 韦处 of 广西."""
    people.divisions()
    return people.bureau()


def test_every_argument_of_an_address_is_declared_as_sensitive_or_not():
    reading = settings.AUDIT_READING
    unsaid = {
        f"<{name}> in {route.text} ({kind})"
        for kind, records in reading.records.items()
        for route in routes(kind)
        if not route.text.startswith("accounts/")
        for name in route.arguments
        if name not in records and name not in reading.plain and not (name == "entry_id" and kind != "brands")
    }
    assert not unsaid, "say in config/reading.py which record it names, or that it names none:\n" + "\n".join(unsaid)
    labels = {label for each in reading.records.values() for label in each.values()}
    assert [label for label in labels if not has_field(label, "id")] == []
    fields = {**reading.numbers, **{label: name.removesuffix("_id") for label, name in reading.units.items()}}
    assert [label for label, name in fields.items() if not has_field(label, name)] == []


def test_a_look_is_one_line_and_a_search_by_name_one_without_the_name(bureau, client_for):
    client, before = client_for("gx", user=bureau.huang), clock.now()
    assert client.get(f"/admin/officers/{bureau.chen.pk}/").status_code == 200
    assert client.get("/admin/officers/", {"q": "陈某"}).status_code == 200
    assert client.get("/admin/officers/").status_code == 200
    assert client.get(f"/api/v1/officers/{bureau.wei.pk}/").status_code == 200
    with context.province("gx"):
        shown, searched, asked = ReadLine.objects.filter(at__gte=before).order_by("id")
    assert (shown.record_id, shown.by_id, shown.way) == (bureau.chen.pk, bureau.huang.pk, "page")
    assert (searched.record_label, searched.record_id, searched.what) == ("accounts.user", None, "q")
    assert "陈" not in str(searched.terms)
    assert searched.unit_id == bureau.huang.unit_id
    assert (asked.record_id, asked.way, asked.seat) == (bureau.wei.pk, "api", "gx")


def test_edge_9_what_cannot_be_written_is_not_shown_and_other_pages_go_on(bureau, client_for, cluster):
    """The privilege is taken away for real; the system administrator, who calls the operator, is told."""
    client, page = client_for("gx", user=bureau.huang), f"/admin/officers/{bureau.chen.pk}/"
    assert client.get(page).status_code == 200
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute("REVOKE INSERT ON gx.audit_readline FROM czj_gx")
    try:
        refused = client.get(page)
        assert refused.status_code == 503
        assert "查阅记录现在写不进去" in refused.content.decode()
        assert "陈某" not in refused.content.decode()
        answer = client.get(f"/api/v1/officers/{bureau.chen.pk}/")
        assert (answer.status_code, answer.json()["code"]) == (503, "trail_unwritable")
        assert answer["Retry-After"]
        for other in ("/admin/officers/", "/me/", "/notices/"):
            assert client.get(other).status_code == 200
    finally:
        with cluster.superuser(cluster.database_name) as cursor:
            cursor.execute("GRANT INSERT ON gx.audit_readline TO czj_gx")
    assert client.get(page).status_code == 200
    with context.province("gx"):
        assert Notice.objects.get(code="trail_unwritable").user_id == bureau.huang.pk
