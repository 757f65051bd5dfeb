"""We as a provider: code with PKCE for systems that are switched on, each province with keys of its own."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.idp.oidc.models import Token
from django.utils import timezone
from django.utils.http import urlencode
from harness.identity_twins import EVENT, Twin, served
from harness.sign_on import MACHINE

from accounts import services as people
from kernel.errors import Conflict, MoveRefused, NotAllowed
from signon.idp import keys
from signon.models import ClientSession, LogoutNotice, SigningKey
from signon.services import clients, logouts

BACK = "https://files.example.cn/back"
VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class SystemTwin(Twin):
    """A system that is told of sign-outs."""

    def answer(self, method, path, query, body, headers):
        self.told = body["logout_token"]
        return {}


@pytest.fixture
def system(unit, huang, lan):
    with served(SystemTwin()) as made:
        made.row, made.secret = clients.create(
            by=huang,
            name="档案系统",
            redirect_uris=[BACK],
            logout_url=f"{made.url}/out",
            scopes=["profile", "unit", "phone"],
        )
        clients.switch_on(made.row, by=lan)
        yield made


def ask(system, **changed):
    said = {
        "client_id": system.row.oidc_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid profile unit",
        "state": "s",
        "nonce": "n",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changed
    return f"/identity/o/authorize?{urlencode({name: value for name, value in said.items() if value})}"


def consent(client, system, **changed) -> str:
    """The page, a tap, and where the browser is sent."""
    page = client.get(ask(system, **changed))
    assert page.status_code == 200
    html = page.content.decode()
    signed = html.split('name="request" value="')[1].split('"')[0]
    scopes = changed.get("scope", "openid profile unit").split()
    sent = client.post("/identity/o/authorize", {"request": signed, "scopes": scopes, "action": "grant"})
    return sent["Location"]


def redeem(client, system, code: str, **changed):
    said = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        "client_id": system.row.oidc_id,
        "client_secret": system.secret,
    } | changed
    return client.post("/identity/o/api/token", said)


def code_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["code"][0]


def test_a_system_signs_people_in_reads_unit_and_posts_and_renews(chen, system, client_for):
    browser, server = client_for("gx", user=chen), client_for("gx")
    page = browser.get(ask(system))
    assert "档案系统" in page.content.decode() and "陈队长" in page.content.decode()
    assert "https://files.example.cn" in page["Content-Security-Policy"]
    code = code_of(consent(browser, system))
    got = redeem(server, system, code).json()
    there = server.get("/.well-known/openid-configuration").json()
    key = jwt.PyJWKSet.from_dict(server.get("/.well-known/jwks.json").json()).keys[0]
    said = jwt.decode(
        got["id_token"], key.key, algorithms=["RS256"], audience=system.row.oidc_id, issuer=there["issuer"]
    )
    assert (said["sub"], said["nonce"], said["preferred_username"]) == (str(chen.pk), "n", "chen")
    assert said["sid"] == str(ClientSession.objects.get().pk)
    bearer = {"headers": {"Authorization": f"Bearer {got['access_token']}"}}
    info = server.get("/identity/o/api/userinfo", **bearer).json()
    assert info["unit"]["code"] == "450100" and info["posts"] == [{"role": "officer", "unit": "450100"}]
    assert "phone_number" not in info, "only what was asked for"
    assert redeem(server, system, code).status_code == 400, "a code is good once"
    renewal = {"grant_type": "refresh_token", "refresh_token": got["refresh_token"]}
    renewed = redeem(server, system, "", **renewal).json()
    assert renewed["refresh_token"] != got["refresh_token"]
    assert redeem(server, system, "", **renewal).status_code == 400, "an old one is worthless"
    people.suspend(user=chen, by=MACHINE, why="离职")
    bearer = {"headers": {"Authorization": f"Bearer {renewed['access_token']}"}}
    assert server.get("/identity/o/api/userinfo", **bearer).status_code == 401
    assert (
        redeem(server, system, "", grant_type="refresh_token", refresh_token=renewed["refresh_token"]).status_code
        == 400
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"redirect_uri": "https://elsewhere.example.cn/back"},
        {"client_id": "nobody"},
    ],
    ids=["without_pkce", "plain_pkce", "another_address", "unknown_system"],
)
def test_a_system_that_asks_wrongly_gets_a_page_and_no_code(chen, system, client_for, changed):
    answer = client_for("gx", user=chen).get(ask(system, **changed))
    assert "Location" not in answer and "不能登录那个系统" in answer.content.decode()


def test_a_code_needs_its_verifier_and_its_secret(chen, system, client_for):
    browser, server = client_for("gx", user=chen), client_for("gx")
    for wrong in ({"code_verifier": "x" * 60}, {"client_secret": "wrong"}):
        assert redeem(server, system, code_of(consent(browser, system)), **wrong).status_code in (400, 401)
    refused = browser.get(ask(system, scope="openid email"))
    assert "error=invalid_scope" in refused["Location"], "more than was registered"


def test_own_systems_need_no_consent_and_silent_asking_says_who_is_there(chen, system, client_for):
    system.row.oidc.skip_consent = True
    system.row.oidc.save()
    browser = client_for("gx", user=chen)
    assert "code=" in browser.get(ask(system))["Location"]
    system.row.oidc.skip_consent = False
    system.row.oidc.save()
    assert "error=consent_required" in browser.get(ask(system, prompt="none"))["Location"]
    nobody = client_for("gx").get(ask(system, prompt="none"))
    assert "error=login_required" in nobody["Location"]
    assert client_for("gx").get(ask(system))["Location"].startswith("/accounts/login/")


def test_who_signs_out_here_is_signed_out_there_and_the_tokens_end(chen, system, client_for):
    browser, server = client_for("gx", user=chen), client_for("gx")
    got = redeem(server, system, code_of(consent(browser, system))).json()
    sid = str(ClientSession.objects.get().pk)
    browser.post("/accounts/logout/")
    assert not Token.objects.exists()
    waiting = LogoutNotice.objects.get()
    assert logouts.send_due() == 1
    assert logouts._send(waiting) is False, "another worker had read it too"
    key = jwt.PyJWKSet.from_dict(server.get("/.well-known/jwks.json").json()).keys[0]
    said = jwt.decode(system.told, key.key, algorithms=["RS256"], audience=system.row.oidc_id)
    assert (said["sub"], said["sid"], list(said["events"])) == (str(chen.pk), sid, [EVENT])
    assert "nonce" not in said and got


def test_a_system_that_does_not_hear_is_told_again_and_then_shown_as_not_told(chen, system, client_for):
    browser = client_for("gx", user=chen)
    redeem(client_for("gx"), system, code_of(consent(browser, system)))
    system.down = True
    people.suspend(user=chen, by=MACHINE, why="离职")
    from signon import ending

    ending.sweep()
    for _again in range(len(logouts.BACK_OFF) + 1):
        LogoutNotice.objects.update(next_try_at=timezone.now())
        assert logouts.send_due() == 0
    row = LogoutNotice.objects.get()
    assert (row.state, row.why) == ("failed", "503")


def test_signing_out_asked_for_by_a_system_asks_the_person_and_returns_only_to_registered_addresses(
    chen, system, client_for
):
    browser = client_for("gx", user=chen)
    page = browser.get("/identity/o/logout", {"client_id": system.row.oidc_id})
    assert "也从这里退出" in page.content.decode()
    away = browser.get(
        "/identity/o/logout", {"client_id": system.row.oidc_id, "post_logout_redirect_uri": "https://x.cn"}
    )
    assert "Location" not in away
    assert browser.get("/me/").status_code == 200


def test_one_person_registers_and_another_switches_on(unit, huang, lan):
    row, secret = clients.create(by=huang, name="档案系统", redirect_uris=[BACK], scopes=[])
    assert secret and secret not in row.oidc.secret
    with pytest.raises(NotAllowed):
        clients.switch_on(row, by=huang)
    with pytest.raises(NotAllowed):
        clients.create(by=lan, name="另一个", redirect_uris=[BACK])
    clients.switch_on(row, by=lan)
    with pytest.raises(Conflict):
        clients.edit(row, by=huang, redirect_uris=["https://elsewhere.example.cn/"])
    with pytest.raises(MoveRefused):
        clients.switch_on(row, by=lan)


def test_what_is_switched_off_gets_no_answer_and_its_tokens_end(chen, system, huang, client_for):
    browser, server = client_for("gx", user=chen), client_for("gx")
    got = redeem(server, system, code_of(consent(browser, system))).json()
    clients.switch_off(system.row, by=huang, why="停用")
    bearer = {"headers": {"Authorization": f"Bearer {got['access_token']}"}}
    assert server.get("/identity/o/api/userinfo", **bearer).status_code == 401
    assert browser.get(ask(system)).status_code == 400


def test_a_new_key_is_published_before_it_signs_and_the_old_one_after(unit, client_for):
    server = client_for("gx")
    first = {each["kid"] for each in server.get("/.well-known/jwks.json").json()["keys"]}
    keys.rotate()
    both = {each["kid"] for each in server.get("/.well-known/jwks.json").json()["keys"]}
    assert first < both and len(both) == 2
    row = LogoutNotice(client=clients.create(by=MACHINE, name="x", redirect_uris=[BACK])[0], sub="s", sid=unit.pk)
    assert jwt.get_unverified_header(logouts.logout_token(row))["kid"] in first
    made = keys.rotate(at_once=True)
    assert [each["kid"] for each in server.get("/.well-known/jwks.json").json()["keys"]] == [made.kid]
    assert jwt.get_unverified_header(logouts.logout_token(row))["kid"] == made.kid
    assert "PRIVATE" not in SigningKey.objects.first().pem, "keys lie sealed"
