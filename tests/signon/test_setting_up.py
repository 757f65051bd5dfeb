"""A way to sign in is set up by one administrator, tried for real, and switched on by another."""

from contextlib import nullcontext
from urllib.parse import urlsplit

import pytest
import requests

from accounts.models import Session
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed
from signon import refusals
from signon.identities import Identity
from signon.models import IdentityProvider, RefusedSignIn
from signon.services import providers


def back_from(client, going: str) -> str:
    """From the page that leads to the provider, there and back."""
    location = going.split('content="0;url=')[1].split('"')[0].replace("&amp;", "&")
    parts = urlsplit(requests.get(location, allow_redirects=False, timeout=5).headers["Location"])
    return client.get(f"{parts.path}?{parts.query}")["Location"]


def test_from_an_empty_page_to_a_button_on_the_sign_in_page(huang, lan, twin, client_for):
    keeper, switcher = client_for("gx", user=huang), client_for("gx", user=lan)
    assert "还没有登录方式" in keeper.get("/sign-on/").content.decode()
    said = {
        "name": "广西统一认证", "issuer": twin.url, "client_id": twin.CLIENT, "secret": twin.SECRET,
        "scopes": "profile", "claim": "preferred_username", "match": "username", "order": 1,
        "check_minutes": 15, "grace_minutes": 240,
    }  # fmt: skip
    assert switcher.post("/sign-on/new/?kind=oidc", said).status_code == 400, "setting up is the other one's"
    page = keeper.post("/sign-on/new/?kind=oidc", said)["Location"]
    row = IdentityProvider.objects.get()
    assert twin.SECRET not in row.secret and twin.SECRET not in keeper.get(page).content.decode()
    assert "/accounts/oidc/oidc-1/login/callback/" in keeper.get(page).content.decode()
    switcher.post(f"{page}switch-on/")
    row.refresh_from_db()
    assert row.state == "draft", "nobody switches on what was not tried"

    twin.claims["preferred_username"] = "nobody"
    tried = back_from(keeper, keeper.post(f"{page}try/").content.decode())
    shown = keeper.get(tried).content.decode()
    assert "没有对应的人员" in shown and "n****y" in shown, "claims are masked"
    assert "nobody" not in shown

    twin.claims["preferred_username"] = "huang"
    sessions = Session.objects.count()
    shown = keeper.get(back_from(keeper, keeper.post(f"{page}try/").content.decode())).content.decode()
    assert "对上了：黄管理员" in shown and "您本人" in shown
    assert Session.objects.count() == sessions, "a trial signs nobody in"
    keeper.post(f"{page}switch-on/")
    row.refresh_from_db()
    assert row.state == "tested", "who set it up does not switch it on"
    switcher.post(f"{page}switch-on/")
    assert "用广西统一认证登录" in client_for("gx").get("/accounts/login/").content.decode()
    answer = keeper.post(page, said | {"issuer": "https://elsewhere.example.cn"})
    assert answer.status_code == 400 and "先停用" in answer.content.decode()
    keeper.post(page, said | {"name": "自治区统一认证", "secret": "a new one"})
    row.refresh_from_db()
    assert (row.name, row.state, row.issuer) == ("自治区统一认证", "on", twin.url)
    keeper.post(f"{page}switch-off/", {"why": "换平台"})
    keeper.post(page, said | {"claim": "sub"})
    row.refresh_from_db()
    assert row.state == "draft" and not row.tried, "what decides who gets in is tried anew"
    keeper.post(f"{page}drop/")
    assert keeper.get(page).status_code == 404


def test_a_trial_that_the_provider_spoils_says_what_is_wrong(huang, bureau, twin, client_for):
    IdentityProvider.objects.update(state="draft")
    twin.down = True
    client = client_for("gx", user=huang)
    page = f"/sign-on/{bureau.pk}/"
    assert "统一登录没有完成" in client.get(client.post(f"{page}try/")["Location"]).content.decode()
    bureau.refresh_from_db()
    assert bureau.state == "draft"


def test_officers_see_none_of_it(chen, bureau, client_for):
    client = client_for("gx", user=chen)
    for path in ("/sign-on/", f"/sign-on/{bureau.pk}/", "/sign-on/refusals/", "/sign-on/clients/"):
        assert client.get(path).status_code == 403
    assert client.get("/api/v1/sign-on/providers/").status_code == 403


def test_the_api_tells_how_signing_in_stands_links_and_shows_no_secret(chen, huang, bureau, twin, client_for):
    client = client_for("gx", user=huang)
    found = client.get("/api/v1/sign-on/providers/")
    assert found.json()["results"][0]["slug"] == "oidc-1" and found.json()["results"][0]["has_secret"] is True
    assert "secret" not in found.json()["results"][0] and twin.SECRET not in found.content.decode()
    for path in ("sign-on/refusals", "sign-on/clients", f"sign-on/providers/{bureau.pk}"):
        assert client.get(f"/api/v1/{path}/").status_code == 200
    refused = [refusals.note(bureau, Identity(uid=uid, value=uid, name="", claims={}), "unknown") for uid in "ab"]
    step = "/api/v1/sign-on/refusals/{}/{}/"
    linked = client.post(step.format(refused[0].pk, "link"), {"user_id": str(chen.pk)}, "application/json")
    assert (linked.status_code, linked.json()["state"], linked.json()["user_id"]) == (200, "linked", str(chen.pk))
    assert client.post(step.format(refused[1].pk, "dismiss"), {}, "application/json").json()["state"] == "dismissed"


@pytest.mark.parametrize("url", ["http://id.example.gov.cn", "ftp://id.example.gov.cn", "https://169.254.169.254"])
def test_outside_development_a_provider_has_https_and_a_public_address(huang, settings, url):
    settings.SCHEME = "https"
    with pytest.raises(BadInput):
        providers.create(by=huang, kind="oidc", name="x", client_id="c", issuer=url)
    with pytest.raises(BadInput):
        providers.create(by=huang, kind="wecom", name="x", client_id="c", secret="s", endpoints={"api": url})


def test_of_two_that_each_want_to_be_the_only_one_the_second_is_refused(huang, lan, bureau):
    IdentityProvider.objects.update(only=True)
    other = providers.create(by=huang, kind="wecom", name="企业微信", client_id="ww", secret="s", only=True)
    with pytest.raises(MoveRefused):
        providers.switch_on(other, by=lan)
    IdentityProvider.objects.filter(pk=other.pk).update(state="tested")
    with pytest.raises(Conflict):
        providers.switch_on(other, by=lan)
    with pytest.raises(NotAllowed):
        providers.switch_on(other, by=huang)


def test_the_sample_shows_a_draft_and_somebody_to_link(huang, chen):
    from types import SimpleNamespace

    from signon import sample

    stage = SimpleNamespace(
        cast=SimpleNamespace(PROVINCES={"gx": None}), enter=lambda code: nullcontext(), now=clock.now()
    )
    for _again in range(2):
        sample.fill(stage)
    assert (IdentityProvider.objects.get().state, RefusedSignIn.objects.count()) == ("draft", 1)
