"""B-01, edge case 4: a provider names somebody; exactly one active person of this province comes in, nobody is made."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from harness.identity_twins import OTHER_KEY
from harness.sign_on import MACHINE, PASSWORD, follow, go_through, is_in

from accounts.models import User
from audit.models import Trail
from signon import refusals
from signon.models import IdentityProvider, RefusedSignIn, SsoSession


def test_one_tap_signs_an_officer_in_who_is_known_by_account_name_and_stays_known(chen, bureau, twin, client_for):
    client = client_for("gx")
    assert "用广西统一认证登录" in client.get("/accounts/login/").content.decode()
    sent = client.get("/sign-on/enter/oidc-1/?next=/requests/")["Location"]
    asked = parse_qs(urlsplit(sent).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["nonce"] and asked["state"]
    assert follow(client, sent) == "/requests/"
    assert is_in(client)
    assert SocialAccount.objects.get().user_id == chen.pk
    kept = SsoSession.objects.get()
    assert (kept.sub, kept.sid, kept.how) == ("unit-42", twin.sid, "refresh")
    assert kept.refresh and kept.refresh not in twin.kept, "the refresh token lies sealed"
    twin.claims["preferred_username"] = "renamed"
    again = client_for("gx")
    go_through(again)
    assert is_in(again)


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ({"preferred_username": "nobody"}, "unknown"),
        ({"preferred_username": ""}, "nameless"),
        ({"preferred_username": "chen"}, "suspended"),
        ({"preferred_username": "two@bureau"}, "two"),
    ],
)
def test_edge_case_4_an_officer_unknown_here_or_with_two_accounts_is_refused_with_a_plain_reason_and_nobody_is_made(
    chen, huang, make_person, bureau, twin, client_for, why, code
):
    if code == "suspended":
        User.objects.filter(pk=chen.pk).update(is_active=False)
    if code == "two":
        IdentityProvider.objects.update(match="email")
        for name in ("wang", "wei"):
            make_person(name, "王", email="two@bureau")
    twin.claims |= why
    people = User.objects.count()
    client = client_for("gx")
    for _again in range(2):
        assert go_through(client) == "/sign-on/refused/"
    page = client.get("/sign-on/refused/").content.decode()
    assert code in page and "黄管理员" in page
    assert not is_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (people, 0)
    row = RefusedSignIn.objects.get()
    assert (row.code, row.tries) == (code, 2)
    assert Trail.objects.filter(record_id=row.pk, verb="refuse").count() == 1


def test_a_refused_person_is_linked_in_one_tap_and_comes_in(chen, huang, lan, bureau, twin, client_for):
    twin.claims |= {"preferred_username": "cy-9", "name": "陈勇"}
    officer, admin = client_for("gx"), client_for("gx", user=huang)
    go_through(officer)
    page = admin.get("/sign-on/refusals/").content.decode()
    assert "就是陈队长" in page, "whoever has the same name is offered"
    row = RefusedSignIn.objects.get()
    step = f"/sign-on/refusals/{row.pk}"
    admin.post(f"{step}/link/", {"who": "lan"})
    row.refresh_from_db()
    assert row.state == "open", "an administrator's account is not the system administrator's to give"
    admin.post(f"{step}/link/", {"who": "nobody at all"})
    admin.post(f"{step}/link/", {"who": "chen"})
    go_through(officer)
    assert is_in(officer)
    twin.claims["sub"] = "unit-43"
    IdentityProvider.objects.update(claim="name", match="username")
    User.objects.filter(pk=chen.pk).update(username="陈勇")
    go_through(client_for("gx"))
    assert RefusedSignIn.objects.get(uid="unit-43").code == "taken", "a second identity does not open the same account"
    admin.post(f"{step}/unlink/")
    assert not is_in(officer), "a link that is taken away ends what rested on it"


def test_nobody_ties_an_identity_to_himself(chen, bureau, twin, client_for):
    twin.claims["preferred_username"] = "somebody else"
    client = client_for("gx", user=chen)
    sent = client.post("/accounts/oidc/oidc-1/login/?process=connect")["Location"]
    assert follow(client, sent) == "/sign-on/refused/"
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("spoil", ["nonce", "audience", "key", "userinfo", "issuer"], ids=lambda name: f"wrong_{name}")
def test_an_id_token_that_is_not_for_this_very_sign_in_lets_nobody_in(chen, bureau, twin, client_for, spoil):
    match spoil:
        case "nonce":
            twin.spoil = {"nonce": "another"}
        case "audience":
            twin.spoil = {"aud": "another system"}
        case "issuer":
            twin.spoil = {"iss": "https://elsewhere"}
        case "key":
            twin.signed_by = OTHER_KEY
        case "userinfo":
            twin.info = {"sub": "somebody else"}
    client = client_for("gx")
    assert go_through(client) == "/sign-on/refused/"
    assert not is_in(client)


def test_an_answer_without_a_sign_in_under_way_is_refused(chen, bureau, client_for):
    client = client_for("gx")
    client.get("/accounts/oidc/oidc-1/login/callback/", {"code": "x", "state": "made up"})
    assert not is_in(client)


def test_a_provider_that_is_off_or_down_lets_nobody_in_and_says_so(chen, bureau, twin, client_for):
    twin.down = True
    assert client_for("gx").get("/sign-on/enter/oidc-1/")["Location"] == "/sign-on/refused/"
    twin.down = False
    cache.clear()  # that it is silent is kept for ten seconds
    client = client_for("gx")
    sent = client.get("/sign-on/enter/oidc-1/")["Location"]
    IdentityProvider.objects.update(state="tested")
    assert client.get("/sign-on/enter/oidc-1/")["Location"] == "/sign-on/refused/"
    assert client_for("gx").post("/accounts/oidc/oidc-1/login/").status_code == 404
    assert follow(client, sent) == "/sign-on/refused/", "switched off while somebody was on the way"
    assert not is_in(client)
    assert "统一认证" not in client.get("/accounts/login/").content.decode()


def test_where_only_the_provider_lets_people_in_passwords_are_for_administrators(chen, huang, bureau, client_for):
    IdentityProvider.objects.update(only=True)
    officer, admin = client_for("gx"), client_for("gx")
    page = officer.get("/accounts/login/").content.decode()
    assert "管理员应急登录" in page
    sent = officer.post("/accounts/login/", {"login": "chen", "password": PASSWORD})
    assert sent["Location"] == "/sign-on/refused/" and not is_in(officer)
    admin.post("/accounts/login/", {"login": "huang", "password": PASSWORD})
    assert is_in(admin), "the glass is broken by administrators"
    go_through(officer)
    assert is_in(officer)


def test_wecom_signs_in_by_scan_or_inside_the_app_and_knows_who_left(chen, wecom, client_for):
    desk = client_for("gx")
    sent = desk.get("/sign-on/enter/wecom-1/")["Location"]
    asked = parse_qs(urlsplit(sent).query)
    assert (urlsplit(sent).path, asked["appid"], asked["agentid"]) == ("/scan", ["ww1"], ["1000002"])
    assert desk.get(f"/accounts/wecom/wecom-1/login/callback/?code=c&state={asked['state'][0]}")["Location"] == "/"
    assert is_in(desk)
    phone = client_for("gx")
    sent = phone.get("/sign-on/enter/wecom-1/", headers={"User-Agent": "Mozilla/5.0 wxwork/4.1"})["Location"]
    asked = parse_qs(urlsplit(sent).query)
    assert urlsplit(sent).path == "/inside" and urlsplit(sent).fragment == "wechat_redirect"
    wecom.tokens += 1  # the service has thrown our token away
    phone.get(f"/accounts/wecom/wecom-1/login/callback/?code=c&state={asked['state'][0]}")
    assert is_in(phone)
    assert wecom.calls.count("/cgi-bin/gettoken") == 2, "the token is kept, and fetched anew when it is refused"
    wecom.user = ""
    outsider = client_for("gx")
    asked = parse_qs(urlsplit(outsider.get("/sign-on/enter/wecom-1/")["Location"]).query)
    sent = outsider.get(f"/accounts/wecom/wecom-1/login/callback/?code=c&state={asked['state'][0]}")
    assert sent["Location"] == "/sign-on/refused/"


def test_dingtalk_signs_in_by_the_bureaus_own_name_for_a_person(chen, dingtalk, client_for):
    client = client_for("gx")
    for code, comes_in in (("bad", False), ("good", True)):
        asked = parse_qs(urlsplit(client.get("/sign-on/enter/dingtalk-1/")["Location"]).query)
        assert set(asked["scope"][0].split()) == {"openid", "corpid"}
        client.get(f"/accounts/dingtalk/dingtalk-1/login/callback/?authCode={code}&state={asked['state'][0]}")
        assert is_in(client) is comes_in
    assert SocialAccount.objects.get().uid == "chen"


def test_a_refusal_is_noted_once_whoever_asks_how_often(bureau):
    from signon.identities import Identity

    said = Identity(uid="u", value="v", name="n", claims={})
    assert refusals.note(bureau, said, "unknown").pk == refusals.note(bureau, said, "unknown").pk
    refusals.dismiss(RefusedSignIn.objects.get(), by=MACHINE)
    refusals.note(bureau, said, "unknown")
    assert RefusedSignIn.objects.filter(state="open").count() == 1


def test_who_came_in_by_the_bureaus_sign_in_proves_himself_there_again_for_a_dangerous_act(
    huang, bureau, twin, client_for
):
    twin.claims["preferred_username"] = "huang"
    client = client_for("gx")
    go_through(client)
    assert is_in(client)
    led = client.get("/sign-on/new/")["Location"]
    assert led.startswith("/me/prove/"), "nobody was asked anything there"
    page = client.get(led).content.decode()
    assert "/sign-on/enter/oidc-1/?prove=1&amp;next=%2Fsign-on%2Fnew%2F" in page
    sent = client.get("/sign-on/enter/oidc-1/?prove=1&next=/sign-on/new/")["Location"]
    asked = parse_qs(urlsplit(sent).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    twin.claims["auth_time"] = 1
    assert follow(client, sent) == "/me/prove/", "the provider says that it asked long ago"
    del twin.claims["auth_time"]
    assert (
        follow(client, client.get("/sign-on/enter/oidc-1/?prove=1&next=/sign-on/new/")["Location"]) == "/sign-on/new/"
    )
    assert client.get("/sign-on/new/").status_code == 200
