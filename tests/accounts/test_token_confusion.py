"""Guard G13: what was made on one host is refused on every other.

The hard case is tried: the same person, with the same id and password digest, exists on every host, so that nothing but
the binding to the host can refuse. Each line of `accounts.credentials.TABLE` is tried between all pairs of hosts.
"""

import itertools
import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from accounts import admission
from accounts.credentials import TABLE
from accounts.models import Session, User
from kernel.ids import uuid7
from provinces import context
from provinces.seats import named_seat

PASSWORD = "three green mangoes 9"
HOSTS = {"gx": "gx", "gz": "gz", "brands": "brands", "office": "federation"}


@pytest.fixture
def everywhere(border, settings, monkeypatch) -> User:
    """One person with the same id on every host. Returns the account of the last host."""
    monkeypatch.setattr(admission, "_checks", {"brands": [lambda user: True], "office": [lambda user: True]})
    fields = {
        "id": uuid7(),
        "username": "twin",
        "name": "同名",
        "phone": "+8613800000009",
        "phone_verified": True,
        "password": make_password(PASSWORD),
    }
    for name in HOSTS:
        with context.seat(named_seat(name)):
            user, _new = User.objects.get_or_create(id=fields["id"], defaults=fields)
    return user


def twin() -> User:
    return User.objects.get(username="twin")


PAIRS = list(itertools.permutations(HOSTS, 2))


@pytest.mark.guard("G13")
@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_credential_of_one_host_is_refused_on_every_other(everywhere, name, trials):
    credential = TABLE[name]
    for made_on, tried_on in PAIRS:
        if credential.kinds is not None and named_seat(made_on).kind not in credential.kinds:
            continue
        with context.seat(named_seat(made_on)):
            value = credential.issue(twin())
            assert credential.accepts(twin(), value), f"{name} of {made_on} does not work at home"
        with context.seat(named_seat(tried_on)):
            assert not credential.accepts(twin(), value), f"{name} of {made_on} works on {tried_on}"
        trials(1)


def signed_in(name: str, client_for) -> Client:
    client: Client = client_for(HOSTS[name])
    with context.seat(named_seat(name)):
        urls = "province" if name in ("gx", "gz") else name
    client.post(login_path(urls), {"login": "twin", "password": PASSWORD})
    assert client.get("/me/").status_code == 200, name
    return client


def login_path(kind: str) -> str:
    from django.conf import settings

    return reverse("account_login", urlconf=settings.URLCONFS[kind])


@pytest.mark.guard("G13")
def test_a_session_cookie_of_one_host_signs_nobody_in_on_another_and_stays_unharmed(everywhere, client_for, trials):
    browsers = {name: signed_in(name, client_for) for name in HOSTS}
    for made_on, tried_on in PAIRS:
        stranger = client_for(HOSTS[tried_on])
        stranger.cookies["session"] = browsers[made_on].cookies["session"].value
        assert stranger.get("/me/").status_code == 302, f"{made_on} on {tried_on}"
        trials(1)
    for name, browser in browsers.items():
        fresh = client_for(HOSTS[name])
        fresh.cookies["session"] = browser.cookies["session"].value
        assert fresh.get("/me/").status_code == 200, f"the session of {name} was lost"


@pytest.mark.guard("G13")
def test_a_csrf_pair_of_one_host_is_refused_on_another(everywhere, client_for, trials):
    pairs = {}
    for name, host in HOSTS.items():
        browser = client_for(host, enforce_csrf_checks=True)
        page = browser.get(login_path("province" if name in ("gx", "gz") else name)).content.decode()
        pairs[name] = browser, re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]

    def post(browser: Client, tried_on: str, token: str) -> int:
        path = login_path("province" if tried_on in ("gx", "gz") else tried_on)
        return browser.post(path, {"login": "x", "password": "y", "csrfmiddlewaretoken": token}).status_code

    for name, (browser, token) in pairs.items():
        assert post(browser, name, token) == 200, f"{name} at home"
    for made_on, tried_on in PAIRS:
        browser, token = pairs[made_on]
        stranger = client_for(HOSTS[tried_on], enforce_csrf_checks=True)
        for cookie in browser.cookies.values():
            stranger.cookies[cookie.key] = cookie.value
        assert post(stranger, tried_on, token) == 403, f"{made_on} on {tried_on}"
        trials(1)


@pytest.mark.guard("G13")
def test_a_reset_link_of_one_host_opens_nothing_on_another(everywhere, client_for, trials):
    from allauth.account.utils import user_pk_to_url_str

    from accounts.tokens import SeatResetTokens

    def opens(name: str, uid: str, token: str) -> bool:
        from django.conf import settings

        urls = settings.URLCONFS["province" if name in ("gx", "gz") else name]
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token}, urlconf=urls)
        answer = client_for(HOSTS[name]).get(path, follow=True)
        return 'name="password1"' in answer.content.decode()

    for made_on in HOSTS:
        with context.seat(named_seat(made_on)):
            uid, token = user_pk_to_url_str(twin()), SeatResetTokens().make_token(twin())
        assert opens(made_on, uid, token), made_on
        for tried_on in HOSTS:
            if tried_on != made_on:
                assert not opens(tried_on, uid, token), f"{made_on} on {tried_on}"
                trials(1)


@pytest.mark.guard("G13")
def test_an_answer_of_the_identity_provider_to_one_host_is_refused_on_another(everywhere, client_for, trials):
    """The state of a sign-in under way lives in the session, and so on one host."""
    from allauth.socialaccount.internal import statekit
    from django.test import RequestFactory

    from accounts.sessions import SessionStore

    for made_on, tried_on in PAIRS:
        request = RequestFactory().get("/")
        with context.seat(named_seat(made_on)):
            request.session = SessionStore()
            state = statekit.stash_state(request, state={"process": "login"}, provider_id="bureau")
            request.session.save()
            key = request.session.session_key
        with context.seat(named_seat(tried_on)):
            request.session = SessionStore(key)
            assert statekit.unstash_state(request, state_id=state, provider_id="bureau") is None, (
                f"{made_on} on {tried_on}"
            )
        with context.seat(named_seat(made_on)):
            request.session = SessionStore(key)
            assert statekit.unstash_state(request, state_id=state, provider_id="bureau") == {"process": "login"}
        trials(1)


def test_signing_in_on_another_host_with_a_foreign_cookie_leaves_the_foreign_session_alone(everywhere, client_for):
    brands = signed_in("brands", client_for)
    stranger = client_for("federation")
    stranger.cookies["session"] = brands.cookies["session"].value
    stranger.post(login_path("office"), {"login": "twin", "password": PASSWORD})
    assert stranger.cookies["session"].value != brands.cookies["session"].value
    assert brands.get("/me/").status_code == 200
    with context.seat(named_seat("brands")):
        assert set(Session.objects.values_list("seat", flat=True)) == {"brands", "office"}
