"""Edge case 5: who leaves at the provider leaves here; a provider that is down throws nobody out at once."""

import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from harness.identity_twins import OTHER_KEY
from harness.sign_on import PASSWORD, follow, go_through, is_in

from accounts import services as people
from accounts.models import Session
from audit.models import Trail
from kernel import clock
from notify.models import Notice
from provinces.alone import alone
from signon import ending, rechecks
from signon.models import IdentityProvider, SsoSession

BACK = "/sign-on/back-channel/oidc-1/"


@pytest.fixture
def browsers(chen, bureau, twin, client_for):
    """The officer at two places, through two sessions of the provider."""
    found = []
    for sid in ("at the desk", "on the phone"):
        twin.sid = sid
        client = client_for("gx")
        go_through(client)
        assert is_in(client)
        found.append(client)
    return found


def test_edge_case_5_a_session_that_ends_there_ends_here_with_the_call_and_no_other(browsers, twin, client_for):
    desk, phone = browsers
    assert desk.get("/api/v1/me/").status_code == 200
    assert client_for("gx").post(BACK, {"logout_token": twin.logout_token(sid="at the desk")}).status_code == 200
    assert not is_in(desk) and desk.get("/api/v1/me/").status_code in (401, 403)
    assert is_in(phone)
    assert Trail.objects.filter(verb="end_session", why="back_channel").count() == 1


def test_what_was_opened_inside_another_system_ends_with_it(browsers, chen, twin, client_for):
    inside = Session.objects.get(session_key=browsers[0].cookies["session"].value)
    inside.session_key, inside.seat = "inside", "gx/of-a-matter"
    inside.save()
    client_for("gx").post(BACK, {"logout_token": twin.logout_token(sid="on the phone")})
    assert is_in(browsers[0]) and not Session.objects.filter(session_key="inside").exists()


def test_a_logout_without_a_session_ends_all_of_that_person(browsers, twin, client_for):
    client_for("gx").post(BACK, {"logout_token": twin.logout_token(sid=None)})
    assert not any(is_in(each) for each in browsers)
    assert not SsoSession.objects.exists()


def test_only_a_good_logout_token_of_this_provider_for_us_ends_anything_and_it_does_so_once(browsers, twin, client_for):
    now = int(time.time())
    bad = {
        "nothing": "",
        "no token": "no.token",
        "another issuer": twin.logout_token(iss="https://elsewhere"),
        "another system": twin.logout_token(aud="another"),
        "with a nonce": twin.logout_token(nonce="n"),
        "without the event": twin.logout_token(events={}),
        "event of another kind": twin.logout_token(events={"http://schemas.openid.net/event/other": {}}),
        "without an id": twin.logout_token(jti=None),
        "for nobody": twin.logout_token(sub=None, sid=None),
        "old": twin.logout_token(iat=now - 3600, exp=None),
        "over": twin.logout_token(exp=now - 600),
        "unsigned": twin.sign({"iss": twin.url, "aud": twin.CLIENT}, key=None, algorithm="none"),
        "by the secret": twin.sign({"iss": twin.url}, key=twin.SECRET, algorithm="HS256"),
        "unknown key": twin.sign({"iss": twin.url}, kid="k2"),
    }
    twin.signed_by = OTHER_KEY
    bad["another key"] = twin.logout_token()
    server = client_for("gx", enforce_csrf_checks=True)
    for why, token in bad.items():
        assert server.post(BACK, {"logout_token": token}).status_code == 400, why
    assert all(is_in(each) for each in browsers)
    from harness.identity_twins import _KEY

    twin.signed_by = _KEY
    once = twin.logout_token(sid="at the desk")
    assert [server.post(BACK, {"logout_token": once}).status_code for _again in range(2)] == [200, 400]


def test_the_browsers_way_out_needs_to_be_on_and_the_right_session(browsers, bureau, twin, client_for):
    desk, phone = browsers
    server, path = client_for("gx"), "/sign-on/front-channel/oidc-1/"
    asked = {"iss": twin.url, "sid": "at the desk"}
    assert server.get(path, asked).status_code == 404
    IdentityProvider.objects.update(front_channel=True)
    for wrong in ({"sid": "at the desk"}, {"iss": twin.url}, {"iss": twin.url, "sid": "another session"}):
        assert server.get(path, wrong).status_code == 200
    assert is_in(desk)
    server.get(path, asked)
    assert not is_in(desk) and is_in(phone)


def test_edge_case_5_who_left_there_is_signed_out_at_the_next_check(browsers, bureau, twin):
    assert rechecks.round_() == 0, "not asked before the time has come"
    with clock.frozen(timezone.now()) as later:
        later(timedelta(minutes=16))
        assert rechecks.round_() == 0 and all(is_in(each) for each in browsers)
        assert len(twin.kept) == 2, "each renewal gives a new token in place of the old one"
        twin.gone = True
        assert rechecks.round_() == 0
        later(timedelta(minutes=16))
        assert rechecks.round_() == 2
    assert not any(is_in(each) for each in browsers)


def test_two_rounds_at_one_moment_do_not_renew_with_one_token_twice(browsers, bureau, twin):
    with clock.frozen(timezone.now()) as later:
        later(timedelta(minutes=16))
        kept = set(twin.kept)
        with alone(rechecks.lock_of("gx")):
            assert rechecks.round_() == 0 and set(twin.kept) == kept, "another is at it"
        assert rechecks.round_() == 0 and not kept & set(twin.kept)
    assert all(is_in(each) for each in browsers)


def test_a_provider_that_is_down_throws_nobody_out_before_the_grace_is_over_and_is_told_once(
    browsers, huang, bureau, twin
):
    twin.down = True
    IdentityProvider.objects.update(grace_minutes=60)
    with clock.frozen(timezone.now()) as later:
        later(timedelta(minutes=16))
        for _minute in range(3):
            assert rechecks.round_() == 0
            later(timedelta(minutes=2))
        assert all(is_in(each) for each in browsers)
        assert Notice.objects.filter(user_id=huang.pk, code="provider_silent").count() == 1
        bureau.refresh_from_db()
        assert bureau.silent_since is not None
        twin.down = False
        later(timedelta(minutes=2))
        rechecks.round_()
        bureau.refresh_from_db()
        assert bureau.silent_since is None and all(is_in(each) for each in browsers)
        twin.down = True
        later(timedelta(minutes=16))
        rechecks.round_()
        later(timedelta(minutes=61))
        assert rechecks.round_() == 2, "the grace is over"


def test_after_three_calls_in_vain_the_rest_of_the_round_waits(chen, bureau, twin, client_for):
    for _each in range(6):
        go_through(client_for("gx"))
    SsoSession.objects.update(check_at=clock.now())
    twin.down, before = True, len(twin.calls)
    rechecks.round_()
    assert len(twin.calls) - before <= rechecks.IN_VAIN


def test_without_renewal_the_browser_is_asked_unseen_and_who_left_is_out(chen, bureau, twin, client_for):
    twin.refreshes = False
    client = client_for("gx")
    go_through(client)
    page = {"headers": {"Accept": "text/html"}}
    with clock.frozen(timezone.now()) as later:
        assert client.get("/me/", **page).status_code == 200
        later(timedelta(minutes=16))
        assert client.get("/api/v1/me/").status_code == 200, "what is no page goes on"
        sent = client.get("/me/", **page)["Location"]
        assert sent == "/sign-on/again/?next=%2Fme%2F"
        asked = client.get(sent)["Location"]
        assert "prompt=none" in asked
        assert follow(client, asked) == "/me/"
        assert client.get("/me/", **page).status_code == 200
        later(timedelta(minutes=16))
        twin.down = True
        assert client.get(client.get("/me/", **page)["Location"])["Location"] == "/me/"
        assert client.get("/me/", **page).status_code == 200, "the provider is down: asked again in a minute"
        twin.down, twin.gone = False, True
        later(timedelta(minutes=2))
        assert follow(client, client.get(client.get("/me/", **page)["Location"])["Location"]) == "/sign-on/refused/"
        assert not is_in(client)
        assert "统一登录已退出" in client.get("/sign-on/refused/").content.decode()


def test_work_accounts_are_asked_by_the_list_of_people(chen, wecom, dingtalk, client_for):
    browsers = {}
    for slug, answer in (("wecom-1", "code=c"), ("dingtalk-1", "authCode=good")):
        kind = slug.partition("-")[0]
        client = browsers[kind] = client_for("gx")
        state = urlsplit(client.get(f"/sign-on/enter/{slug}/")["Location"]).query.partition("state=")[2].split("&")[0]
        client.get(f"/accounts/{kind}/{slug}/login/callback/?{answer}&state={state}")
        assert is_in(client)
    SsoSession.objects.update(check_at=clock.now())
    assert rechecks.round_() == 0
    wecom.people["chen"], dingtalk.people = 5, {}
    SsoSession.objects.update(check_at=clock.now())
    assert rechecks.round_() == 2
    assert not any(is_in(each) for each in browsers.values())


def test_switching_off_may_end_what_rests_on_it(browsers, bureau, huang):
    from signon.services import providers

    providers.switch_off(bureau, by=huang, why="换平台", end_sessions=True)
    assert not any(is_in(each) for each in browsers)


def test_a_new_password_does_not_lose_the_tie_to_the_provider(browsers, twin, client_for):
    desk, _phone = browsers
    said = {"oldpassword": PASSWORD, "password1": "four green mangoes 9", "password2": "four green mangoes 9"}
    before = desk.cookies["session"].value
    assert desk.post("/accounts/password/change/", said).status_code == 302
    assert desk.cookies["session"].value != before and is_in(desk)
    client_for("gx").post(BACK, {"logout_token": twin.logout_token(sid="at the desk")})
    assert not is_in(desk)


def test_rows_of_sessions_that_are_over_are_forgotten(browsers, chen):
    people.end_sessions(chen.pk)
    assert not Session.objects.filter(user_id=chen.pk).exists()
    ending.sweep()
    assert not SsoSession.objects.exists()
