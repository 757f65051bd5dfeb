"""Behind a reverse proxy that ends TLS: forms are taken, addresses are those of browsers, and nobody can pretend."""

from allauth.account.adapter import get_adapter
from django.test import RequestFactory, override_settings


def request(**headers):
    return RequestFactory().get("/", REMOTE_ADDR="10.1.1.1", **headers)


def test_a_browser_that_comes_straight_cannot_say_it_came_by_tls_or_from_elsewhere(settings):
    assert settings.SECURE_PROXY_SSL_HEADER is None and settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0
    told = request(HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert not told.is_secure() and get_adapter().get_client_ip(told) == "10.1.1.1"


def test_behind_one_proxy_its_word_counts_and_what_a_browser_put_before_it_does_not():
    proto = ("HTTP_X_FORWARDED_PROTO", "https")
    with override_settings(SECURE_PROXY_SSL_HEADER=proto, ALLAUTH_TRUSTED_PROXY_COUNT=1):
        told = request(HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.7")
        assert told.is_secure() and get_adapter().get_client_ip(told) == "203.0.113.7"
        assert get_adapter().get_client_ip(request()) == "10.1.1.1"  # whoever asks from inside


@override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
def test_a_form_sent_by_tls_is_taken_though_the_proxy_speaks_plainly(client_for, border):
    client = client_for("gx", enforce_csrf_checks=True)
    client.get("/accounts/login/", HTTP_X_FORWARDED_PROTO="https")
    sent = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "login": "nobody", "password": "no such one"}
    headers = {"HTTP_ORIGIN": "https://gx.testhost"}
    taken = client.post("/accounts/login/", sent, HTTP_X_FORWARDED_PROTO="https", **headers)
    assert taken.status_code == 200
    assert client.post("/accounts/login/", sent, **headers).status_code == 403
