"""Opened by way of the province's own sign-in (OpenID Connect with PKCE); B-01."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from harness.identity_twins import OpenIdTwin, served
from harness.sign_on import follow, set_up

from provinces import context


@pytest.fixture
def provider(world):
    with served(OpenIdTwin()) as twin:
        twin.claims = {"sub": "42", "preferred_username": "chen"}
        with context.province("gx"):
            cache.clear()
            type(world.chen).objects.filter(pk=world.chen.pk).update(phone="+8613800000001", phone_verified=True)
            set_up("oidc", name="广西政务统一认证", client_id=twin.CLIENT, secret=twin.SECRET, issuer=twin.url)
        yield twin


def through(browser, provider, token: str, back=None):
    """There and back; `back`: the browser that comes back."""
    sent = browser.get("/launch/oidc/", {"iss": provider.url, "login_hint": "chen", "launch": token})
    assert sent.status_code == 302, sent.content.decode()[:800]
    asked = parse_qs(urlsplit(sent["Location"]).query)
    assert sent["Location"].startswith(provider.url) and token not in sent["Location"]
    assert asked["code_challenge_method"] == ["S256"] and asked["login_hint"] == ["chen"]
    comes = back or browser
    return follow(comes, sent["Location"]), comes.get("/launch/done/")


def test_the_context_counts_only_for_the_officer_it_names_in_the_browser_that_began(
    world, browser, provider, client_for
):
    """PKCE, state bound to the browser, no account made, no second use."""
    token = world.system.token(sub=None)
    landed, done = through(browser, provider, token)
    assert landed.endswith("/launch/done/"), landed
    assert done.status_code == 302 and done["Location"].startswith("/embedded/"), done.content.decode()[:900]
    assert browser.get(done["Location"]).status_code == 200
    _landed, again = through(browser, provider, token)
    assert "launch_replayed" in unescape(again.content.decode())
    _landed, other = through(browser, provider, world.system.token(sub=world.bureau.wei.username))
    assert "launch_other_officer" in unescape(other.content.decode())
    landed, elsewhere = through(browser, provider, world.system.token(), back=client_for("gx"))
    assert "launch_other_browser" in unescape(elsewhere.content.decode())
    nobody = browser.get("/launch/oidc/", {"iss": "https://idp.invalid", "launch": token})
    assert "launch_no_provider" in unescape(nobody.content.decode())
