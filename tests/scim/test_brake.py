"""A directory that suddenly takes out many people is stopped until a person has looked; all else goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness.people_directory import MACHINE, OFFICER

from accounts import services as accounts
from accounts.models import Post, Unit, User
from kernel import clock
from notify.models import Notice
from scim import views
from scim.models import Removal
from scim.services import brake

OFF = {"Operations": [{"op": "replace", "path": "active", "value": False}]}


def _crowd(unit: Unit, count: int) -> list[User]:
    """`count` officers of one unit, in two statements."""
    people = [User(username=f"p{number:03d}", name=f"张{number}", unit=unit, password="!") for number in range(count)]
    User.objects.bulk_create(people)
    Post.objects.bulk_create(Post(user=person, unit=unit, role=Post.Role.OFFICER) for person in people)
    return people


@pytest.mark.parametrize(("many", "allowed"), [(80, 10), pytest.param(400, 50, marks=pytest.mark.slow)])
def test_a_full_sync_that_sends_half_the_people_stops_at_the_allowance(
    scim, nanning, officer, client_for, settings, monkeypatch, many, allowed
) -> None:
    """Bad input "SCIM that sends half the people": 200 of 400 are deleted; 50 go, 150 are held, the rest works."""
    half, stay = many // 2, many - allowed
    settings.SCIM_REMOVALS_AT_MOST = allowed
    monkeypatch.setattr(views, "PER_PAGE", allowed)
    lan = officer("lan", "蓝静", Post.Role.SECURITY_ADMIN)
    people = _crowd(nanning, many)
    operations = [{"method": "DELETE", "path": f"/Users/{person.pk}"} for person in people[:half]]
    operations.insert(
        half * 3 // 5, {"method": "POST", "path": "/Users", "bulkId": "new", "data": scim.person("new", "新人")}
    )
    status, body = scim("POST", "/Bulk", {"Operations": operations})
    answered = [each["status"] for each in body["Operations"]]
    assert (status, answered.count("204"), answered.count("409"), answered.count("201")) == (
        200,
        allowed,
        half - allowed,
        1,
    )
    assert "[removal_held]" in next(
        each["response"]["detail"] for each in body["Operations"] if each["status"] == "409"
    )
    assert User.objects.filter(username__startswith="p", is_active=True).count() == stay
    held = Removal.objects.filter(state="held")
    assert (
        held.count() == half - allowed and Notice.objects.filter(user_id=lan.pk, code="people_sync_held").count() == 1
    )
    answer = scim.raw("DELETE", f"/Users/{people[half - 1].pk}")
    assert answer.status_code == 409 and answer["Retry-After"] == "3600"
    assert held.count() == half - allowed and held.get(user=people[half - 1]).times == 2
    # The security administrator looks: the page says it, one tap rejects all, another brings the fifty back.
    page, path = client_for("gx", user=lan), f"/people-sync/{scim.connection.pk}/"
    text = page.get(path).content.decode()
    assert f"全部驳回（{half - allowed}）" in text and f"{allowed} / {allowed}" in text
    assert f"张{half - 1}" not in text
    page.post(f"{path}reject/")
    page.post(f"{path}undo/")
    assert User.objects.filter(username__startswith="p", is_active=True).count() == many
    assert scim("PATCH", f"/Users/{people[0].pk}", OFF)[1]["detail"].startswith("[removal_rejected]")
    assert scim("GET", f"/Users/{people[0].pk}")[1]["active"] is True


def test_what_was_held_is_released_by_one_tap_and_the_same_run_goes_through(scim, nanning, officer, client_for) -> None:
    """Some or all; the rest of the run is not held for an hour; only the security administrator decides."""
    lan, huang = officer("lan", "蓝静", Post.Role.SECURITY_ADMIN), officer("huang", "黄敏", Post.Role.BUREAU_ADMIN)
    people = _crowd(nanning, 10)  # a small bureau may lose three
    assert [scim("PATCH", f"/Users/{each.pk}", OFF)[0] for each in people[:8]] == [200] * 3 + [409] * 5
    path = f"/people-sync/{scim.connection.pk}/"
    row = brake.held(scim.connection.pk).first()
    refused = client_for("gx", user=huang).post(f"{path}release/", {"removal": [row.pk]}, follow=True)
    assert "由安全管理员办理" in refused.content.decode()
    page = client_for("gx", user=lan)
    page.post(f"{path}release/", {"removal": [str(row.pk)]})
    assert not User.objects.get(pk=row.user_id).is_active and brake.held(scim.connection.pk).count() == 4
    api = page.post(
        f"/api/v1/people/syncs/{scim.connection.pk}/removals/", {"decision": "release"}, content_type="application/json"
    )
    assert (api.status_code, api.json()) == (200, {"count": 4})
    assert scim("PATCH", f"/Users/{people[8].pk}", OFF)[0] == 200
    assert User.objects.filter(username__startswith="p", is_active=True).count() == 1
    listed = page.get("/api/v1/people/syncs/").json()[0]
    assert (listed["waiting"], listed["done"]) == (0, 4)


def test_moves_and_lost_roles_count_and_a_thing_taken_back_lapses(scim, nanning, top) -> None:
    """Suspended, moved, without a role: one person each, within one day; tomorrow begins anew."""
    people = _crowd(nanning, 10)
    move = {"Operations": [{"op": "replace", "path": f"{OFFICER}:unitCode", "value": "450000"}]}
    no_role = {"Operations": [{"op": "replace", "path": f"{OFFICER}:roles", "value": ["leader"]}]}
    assert scim("PATCH", f"/Users/{people[0].pk}", move)[0] == 200
    assert scim("PATCH", f"/Users/{people[1].pk}", no_role)[0] == 200
    assert scim("PATCH", f"/Users/{people[2].pk}", OFF)[0] == 200
    assert scim("PATCH", f"/Users/{people[2].pk}", move)[0] == 200  # the same person counts once
    assert scim("PATCH", f"/Users/{people[3].pk}", move)[0] == 409
    assert scim("PATCH", f"/Users/{people[4].pk}", OFF)[0] == 409
    rename = {"Operations": [{"op": "replace", "path": "displayName", "value": "张四"}]}
    assert scim("PATCH", f"/Users/{people[4].pk}", rename)[0] == 200  # the directory goes on working otherwise
    group = {"Operations": [{"op": "replace", "path": "members", "value": [{"value": str(people[5].pk)}]}]}
    assert scim("PATCH", f"/Groups/{nanning.pk}", group)[0] == 409
    assert (
        User.objects.filter(unit=nanning).exclude(username__startswith="svc").count() == 7
    )  # the second counts already
    on = {"Operations": [{"op": "replace", "path": "active", "value": True}]}
    assert scim("PATCH", f"/Users/{people[4].pk}", on)[0] == 200
    assert Removal.objects.get(user=people[4], kind="suspend").state == "lapsed"
    Removal.objects.filter(state="done").update(asked_at=clock.now() - timedelta(hours=25))
    assert scim("PATCH", f"/Users/{people[6].pk}", OFF)[0] == 200


def test_pages_and_decisions_are_the_administrators(scim, officer, client_for) -> None:
    """An officer sees nothing of it; an unknown removal is one 404 for page and API alike."""
    officer("lan", "蓝静", Post.Role.SECURITY_ADMIN)
    chen = client_for("gx", user=officer("chen", "陈勇"))
    path = f"/people-sync/{scim.connection.pk}/"
    assert chen.get(path).status_code == chen.post(f"{path}release/").status_code == 403
    assert chen.get("/api/v1/people/syncs/").status_code == 403
    lan = client_for("gx", user=User.objects.get(username="lan"))
    assert lan.get("/people-sync/").status_code == 302
    wrong = {"decision": "reject", "removals": [str(scim.connection.pk)]}
    url = f"/api/v1/people/syncs/{scim.connection.pk}/removals/"
    assert lan.post(url, wrong, content_type="application/json").status_code == 404
    accounts.suspend(user=User.objects.get(username="chen"), by=MACHINE, why="离职")
    assert chen.get(path).status_code in (302, 403)
