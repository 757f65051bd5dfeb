"""Sign-in through a bureau's own identity provider, played here by a small server on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp

from accounts.models import User


class Provider(ThreadingHTTPServer):
    """Says of everybody what `claims` holds."""

    claims: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def answer(self, data: dict[str, str]) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/userinfo":
            self.answer(self.server.claims)
        else:
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            self.answer({f"{name}_endpoint": f"{self.server.url}/{path}" for name, path in names.items()})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"access_token": "a token of the provider", "token_type": "Bearer"})

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def provider(gx):
    with Provider(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        server.claims = {"sub": "unit-42", "preferred_username": "chen"}
        SocialApp.objects.create(
            provider="openid_connect",
            provider_id="bureau",
            name="广西政务统一认证",
            client_id="chazhenjia",
            secret="of the test",
            settings={"server_url": server.url},
        )
        yield server
        server.shutdown()
        thread.join()


def go_through(client) -> str:
    """The whole way there and back. Returns where the browser is sent in the end."""
    sent = client.post("/accounts/oidc/bureau/login/")
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]
    return client.get("/accounts/oidc/bureau/login/callback/", {"code": "x", "state": state})["Location"]


def test_the_sign_in_page_offers_the_bureaus_provider(chen, provider, client_for):
    page = client_for("gx").get("/accounts/login/").content.decode()
    assert "广西政务统一认证" in page


def test_an_officer_known_by_account_name_comes_in_and_is_tied_to_the_provider_from_then_on(chen, provider, client_for):
    client = client_for("gx")
    assert go_through(client) == "/"
    assert client.get("/me/").status_code == 200
    assert SocialAccount.objects.get().user_id == chen.pk
    provider.claims = {"sub": "unit-42", "preferred_username": "renamed"}
    again = client_for("gx")
    go_through(again)
    assert again.get("/me/").status_code == 200


@pytest.mark.parametrize("claims", [{"preferred_username": "nobody"}, {"preferred_username": ""}, {}])
def test_somebody_unknown_here_gets_no_account(chen, provider, client_for, claims):
    provider.claims = {"sub": "unit-7", **claims}
    before = User.objects.count()
    client = client_for("gx")
    assert go_through(client) == "/accounts/inactive/"
    assert client.get("/me/").status_code == 302
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_a_suspended_officer_is_not_let_in_by_the_provider(chen, provider, client_for):
    User.objects.filter(pk=chen.pk).update(is_active=False)
    client = client_for("gx")
    assert go_through(client) == "/accounts/inactive/"
    assert client.get("/me/").status_code == 302


def test_an_answer_without_a_sign_in_under_way_is_refused(chen, provider, client_for):
    client = client_for("gx")
    client.get("/accounts/oidc/bureau/login/callback/", {"code": "x", "state": "made up"})
    assert client.get("/me/").status_code == 302
