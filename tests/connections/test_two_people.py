"""Who makes, who switches on, and what becomes of secrets (B-02)."""

from __future__ import annotations

import pytest

from accounts.models import User
from audit import trail
from connections import rules, scopes, selectors, services
from connections.models import Client, Connection
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404


def codes(error) -> str:
    return error.value.code


def test_the_system_administrator_makes_and_the_security_administrator_switches_on(joined):
    fresh = services.create(by=joined.huang, kind="department", name="部门平台")
    with pytest.raises(NotAllowed) as refused:
        services.switch_on(fresh, by=joined.huang)
    assert codes(refused) == "not_switcher"
    for person in (joined.mo, joined.chen):
        with pytest.raises(NotAllowed) as refused:
            services.create(by=person, kind="other", name="x")
        assert codes(refused) == "not_keeper"
    services.switch_on(fresh, by=joined.mo)
    assert selectors.active(fresh.pk) is not None
    with pytest.raises(BadInput):
        services.switch_off(fresh, by=joined.huang, why=" ")
    services.switch_off(fresh, by=joined.huang, why="试用结束")
    assert selectors.active(fresh.pk) is None
    with pytest.raises(MoveRefused):
        services.switch_off(fresh, by=joined.mo, why="再停一次")
    assert [line.verb for line in trail.of(fresh)] == ["create", "switch_on", "switch_off"]
    assert list(selectors.connections_of(joined.chen)) == []
    with pytest.raises(NotFound404):
        selectors.connection_for(joined.chen, fresh.pk)


def test_what_widens_a_living_connection_waits_for_the_second_person_and_what_narrows_does_not(joined):
    row = services.edit(
        joined.row, by=joined.huang, name="办案系统", allowed_origins=["https://banan.example"], clock_window_s=100
    )
    assert (row.allowed_origins, row.clock_window_s) == ([], 100)
    assert row.asked == {"allowed_origins": ["https://banan.example"]}
    with pytest.raises(NotAllowed):
        services.agree(row, by=joined.huang)
    row = services.agree(row, by=joined.mo)
    assert (row.allowed_origins, row.asked) == (["https://banan.example"], {})
    row = services.edit(row, by=joined.huang, name="办案系统", allowed_origins=[], clock_window_s=900)
    assert (row.allowed_origins, row.clock_window_s, row.asked) == ([], 100, {"clock_window_s": 900})
    services.decline(row, by=joined.mo, why="不需要")
    row.refresh_from_db()
    assert (row.clock_window_s, row.asked) == (100, {})
    with pytest.raises(Conflict):
        services.agree(row, by=joined.mo)


def test_the_second_person_agrees_to_what_was_seen_and_to_nothing_that_came_after(joined):
    def asked(origin):
        return services.edit(joined.row, by=joined.huang, name="办案系统", allowed_origins=[origin], clock_window_s=100)

    seen = asked("https://banan.example").seen
    row = asked("https://other.example")
    with pytest.raises(Conflict) as refused:
        services.agree(row, by=joined.mo, seen=seen)
    assert codes(refused) == "changed_since_seen"
    row.refresh_from_db()
    assert row.allowed_origins == [] and row.asked == {"allowed_origins": ["https://other.example"]}
    assert services.agree(row, by=joined.mo, seen=row.seen).allowed_origins == ["https://other.example"]
    fresh = services.create(by=joined.huang, kind="department", name="部门平台")
    seen = fresh.seen
    services.edit(fresh, by=joined.huang, name="部门平台", allowed_origins=["https://c.example"])
    with pytest.raises(Conflict) as refused:
        services.switch_on(fresh, by=joined.mo, seen=seen)
    assert codes(refused) == "changed_since_seen" and selectors.active(fresh.pk) is None


def test_the_page_carries_what_it_shows(joined, client_for):
    services.edit(joined.row, by=joined.huang, name="办案系统", allowed_origins=["https://a.example"])
    browser = client_for("gx", user=joined.mo)
    page = browser.get(f"/connections/{joined.row.pk}/").content.decode()
    seen = Connection.objects.get(pk=joined.row.pk).seen
    assert f'name="seen" value="{seen}"' in page
    services.edit(joined.row, by=joined.huang, name="办案系统", allowed_origins=["https://b.example"])
    told = browser.post(f"/connections/{joined.row.pk}/step/agree/", {"seen": seen}, follow=True).content.decode()
    assert "您看过以后" in told and Connection.objects.get(pk=joined.row.pk).asked


@pytest.mark.parametrize(
    "said", ["*", "https://*.example", "banan.example", "https://a.example/path", "javascript:x", "https://a b.example"]
)
def test_an_origin_is_exact_or_refused(gx, said):
    with pytest.raises(BadInput) as refused:
        services.origins([said])
    assert codes(refused) == "origin_wrong"


def test_origins_are_written_as_browsers_write_them(gx):
    assert services.origins(["HTTPS://A.example:443/", "https://a.example", " ", "http://b.example:8080"]) == [
        "https://a.example",
        "http://b.example:8080",
    ]


def test_a_program_made_on_a_living_connection_waits_and_never_gets_more_than_was_agreed(joined):
    made, _secret = services.make_client(
        joined.row, by=joined.huang, name="测试环境", wanted=["clues:read"], unit=joined.unit, roles=["dispatcher"]
    )
    assert made.state == Client.State.DRAFT
    services.switch_client_on(made, by=joined.mo)
    assert made.is_live
    with pytest.raises(BadInput) as refused:
        services.narrow(made, by=joined.huang, wanted=["clues:read", "clues:write"])
    assert codes(refused) == "scopes_only_fewer"
    services.narrow(joined.client, by=joined.huang, wanted=["requests:read"])
    assert Client.objects.get(pk=joined.client.pk).scopes == ["requests:read"]


def test_a_scope_that_was_taken_away_does_not_come_back_with_a_page_that_is_older(joined):
    older = Client.objects.select_related("oidc").get(pk=joined.client.pk)
    assert "requests:write" in older.scopes
    services.narrow(joined.client, by=joined.huang, wanted=["requests:read", "me:read"])
    with pytest.raises(BadInput) as refused:
        services.narrow(older, by=joined.huang, wanted=["requests:read", "requests:write"])
    assert codes(refused) == "scopes_only_fewer"
    assert Client.objects.get(pk=joined.client.pk).scopes == ["me:read", "requests:read"]


def test_a_program_holds_everyday_posts_without_a_leaders_and_known_scopes(joined):
    def make(**changed):
        said = {"name": "x", "wanted": ["requests:read"], "unit": joined.unit, "roles": ["officer"], **changed}
        with pytest.raises(BadInput) as refused:
            services.make_client(joined.row, by=joined.huang, **said)
        return codes(refused)

    assert make(roles=["leader"]) == "service_role_wrong"
    assert make(roles=["bureau_admin"]) == "service_role_wrong"
    assert make(roles=[]) == make(unit=None) == "service_unit_missing"
    assert make(wanted=["everything:write"]) == "scope_unknown"
    assert make(wanted=[]) == "scopes_missing"
    assert make(name=" ") == "name_missing"


def test_two_secrets_work_side_by_side_until_the_old_one_is_ended_and_a_revoked_program_has_none(joined):
    client = joined.client
    name = client.oidc_id
    second = services.add_secret(client, by=joined.huang)
    with pytest.raises(Conflict) as refused:
        services.add_secret(client, by=joined.huang)
    assert codes(refused) == "secrets_full"
    assert services.authenticated(name, joined.secret) and services.authenticated(name, second)
    old = client.secrets.get(digest=services.digest_of(joined.secret))
    services.end_secret(client, old.pk, by=joined.mo)
    assert services.authenticated(name, joined.secret) is None and services.authenticated(name, second)
    services.revoke(client, by=joined.mo, why="泄露")
    assert services.authenticated(name, second) is None
    assert not User.objects.get(pk=client.user_id).is_active
    with pytest.raises(Conflict):
        services.add_secret(client, by=joined.huang)
    told = [line.verb for line in selectors.trail_of(joined.row)]
    assert told[0] == "revoke" and {"add_secret", "end_secret"} <= set(told)


def test_at_the_office_one_person_does_both_and_at_the_brands_host_nobody_sees_another_houses(office_seat):
    zhao = User.objects.create_user("zhao", name="赵某")
    zhao.posts.create(role="office_admin")
    row = services.create(by=zhao, kind="department", name="总局平台")
    services.switch_on(row, by=zhao)
    assert row.seat == "office" and rules.organisations(zhao) is None
    Connection.objects.create(seat="brands", kind="other", name="另一处", state="on")
    assert [each.name for each in selectors.connections_of(zhao)] == ["总局平台"]


@pytest.mark.parametrize("kind", ["province", "brands", "office"])
def test_every_address_of_a_host_can_be_ticked_in_words(gx, settings, kind):
    rows = scopes.capabilities(settings.URLCONFS[kind])
    assert {part for row in rows for part in row.parts} == set(scopes.here(settings.URLCONFS[kind]))
    unnamed = [part for row in rows if row.code == "other" for part in row.parts]
    assert not unnamed, f"say in connections.scopes what these are: {unnamed}"
    boxes = [f"{row.code}:write" for row in rows]
    assert set(scopes.ticked(boxes, settings.URLCONFS[kind])) == scopes.known(settings.URLCONFS[kind])
