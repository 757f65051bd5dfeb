"""Signing in: by code, by password, with a second factor; who may where."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import admission, codes
from accounts.models import Post, Session, User

PASSWORD = "three green mangoes 9"
PROVINCE_URLS = settings.URLCONFS["province"]


def path(name: str) -> str:
    return reverse(name, urlconf=PROVINCE_URLS)


def is_signed_in(client) -> bool:
    return client.get("/me/").status_code == 200


def ask_for_code(client, phone: str) -> str:
    answer = client.post(path("account_request_login_code"), {"phone": phone})
    assert answer.status_code == 302, answer.content.decode()
    sent = codes.last_codes()
    return sent[0]["code"] if sent else ""


def test_an_officer_signs_in_by_phone_and_code_typing_the_number_as_usual(chen, client_for):
    client = client_for("gx")
    code = ask_for_code(client, "138 0000 0001")
    assert re.fullmatch(r"\d{6}", code)
    client.post(path("account_confirm_login_code"), {"code": code})
    assert is_signed_in(client)


def test_a_wrong_code_does_not_sign_in_and_three_end_the_try(chen, client_for):
    client = client_for("gx")
    code = ask_for_code(client, "13800000001")
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(3):
        client.post(path("account_confirm_login_code"), {"code": wrong})
    client.post(path("account_confirm_login_code"), {"code": code})
    assert not is_signed_in(client)


def test_an_unknown_phone_is_answered_like_a_known_one_and_gets_no_code(bureau, client_for):
    client = client_for("gx")
    assert ask_for_code(client, "13900000009") == ""
    assert client.get(path("account_confirm_login_code")).status_code == 200


@pytest.mark.parametrize("login", ["chen", "CHEN", "13800000001", "+86 138-0000-0001"])
def test_a_password_goes_with_account_name_or_phone(chen, client_for, login):
    client = client_for("gx")
    client.post(path("account_login"), {"login": login, "password": PASSWORD})
    assert is_signed_in(client)


def test_somebody_imported_without_a_password_cannot_sign_in_with_an_empty_one(nanning, make_person, client_for):
    make_person("wei", "韦明", Post.Role.OFFICER, unit=nanning)
    client = client_for("gx")
    for password in ("", " ", "!"):
        client.post(path("account_login"), {"login": "wei", "password": password})
    assert not is_signed_in(client)


def test_nobody_signs_up(bureau, client_for):
    client = client_for("gx")
    before = User.objects.count()
    page = client.post(path("account_signup"), {"username": "me", "phone": "13800000099", "password1": PASSWORD})
    assert "不开放注册" in page.content.decode()
    assert User.objects.count() == before


def test_a_suspended_officer_is_told_so_instead_of_signed_in(chen, client_for):
    User.objects.filter(pk=chen.pk).update(is_active=False)
    client = client_for("gx")
    answer = client.post(path("account_login"), {"login": "chen", "password": PASSWORD}, follow=True)
    assert "不能在这里登录" in answer.content.decode()
    assert not is_signed_in(client)


def test_after_sign_in_one_is_never_sent_to_another_host(chen, client_for):
    client = client_for("gx")
    answer = client.post(
        f"{path('account_login')}?next=http://gd.testhost/",
        {"login": "chen", "password": PASSWORD, "next": "http://gd.testhost/"},
    )
    assert answer["Location"] == "/"


def test_the_one_time_password_is_asked_for_and_its_secret_is_not_kept_in_the_clear(chen, client_for):
    client = client_for("gx")
    secret = "JBSWY3DPEHPK3PXP"
    with_request(client, lambda: TOTP.activate(chen, secret))
    kept = chen.authenticator_set.get(type="totp").data["secret"]
    assert secret not in kept
    assert get_adapter().decrypt(kept) == secret
    answer = client.post(path("account_login"), {"login": "chen", "password": PASSWORD})
    assert answer["Location"] == path("mfa_authenticate")
    assert not is_signed_in(client)
    _before, counter, _after = yield_hotp_counters_from_time()
    client.post(path("mfa_authenticate"), {"code": format_hotp_value(hotp_value(secret, counter))})
    assert is_signed_in(client)


def with_request(client, do):
    """Run `do` as allauth would inside a request."""
    from allauth.core import context
    from django.test import RequestFactory

    with context.request_context(RequestFactory().get("/", HTTP_HOST="gx.testhost")):
        return do()


def test_a_passkey_belongs_to_one_host(bureau):
    from allauth.core import context
    from django.test import RequestFactory

    for host in ("gx.testhost", "gd.testhost"):
        with context.request_context(RequestFactory().get("/", HTTP_HOST=f"{host}:8000")):
            assert get_adapter().get_public_key_credential_rp_entity()["id"] == host


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_request_login_code",
        "account_signup",
        "account_reset_password",
        "account_inactive",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_before_sign_in_stands_in_our_frame_in_both_languages(bureau, client_for, name, language):
    client = client_for("gx")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(path(name), follow=True)
    assert page.status_code == 200
    text = page.content.decode()
    assert 'class="plain"' in text and 'id="main"' in text
    assert "style=" not in text


@pytest.mark.parametrize(
    "name",
    [
        "accounts:me",
        "account_change_password",
        "account_change_phone",
        "account_email",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "usersessions_list",
        "account_logout",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_ones_account_opens_in_both_languages(chen, client_for, name, language):
    client = client_for("gx")
    client.post(path("account_login"), {"login": "chen", "password": PASSWORD})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(path(name), follow=True)
    assert page.status_code == 200
    assert 'id="main"' in page.content.decode()


def test_one_sees_where_one_is_signed_in_and_ends_the_others(chen, client_for):
    here, there = client_for("gx"), client_for("gx")
    for client in (here, there):
        client.post(path("account_login"), {"login": "chen", "password": PASSWORD})
    assert here.get(path("usersessions_list")).content.decode().count("<tr><td") == 2
    here.post(path("usersessions_list"))
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_the_code_page_is_there_in_demonstration_mode_only(chen, client_for, settings):
    client = client_for("gx")
    code = ask_for_code(client, "13800000001")
    assert code in client.get("/dev/codes/").content.decode()
    settings.DEMO = False
    assert client.get("/dev/codes/").status_code == 404
    assert codes.last_codes() == []


# Hosts that share one table of people ---------------------------------------------------------------------------------


def test_the_brands_host_admits_only_whom_a_registered_check_knows(brands_seat, make_person, client_for, monkeypatch):
    monkeypatch.setattr(admission, "_checks", {})
    lin = make_person("lin", "林芳", password=PASSWORD, phone="+8613800000002", phone_verified=True)
    client = client_for("brands")
    client.post(path("account_login"), {"login": "lin", "password": PASSWORD})
    assert not is_signed_in(client)
    members = {lin.pk}
    admission.register("brands", lambda user: user.pk in members)
    client.post(path("account_login"), {"login": "lin", "password": PASSWORD})
    assert is_signed_in(client)
    members.clear()
    assert not is_signed_in(client), "a membership that ended works no longer"


def test_the_office_host_admits_only_holders_of_an_office_post(office_seat, make_person, client_for):
    make_person("lin", "林芳", password=PASSWORD, phone="+8613800000002", phone_verified=True)
    make_person("zhao", "赵宁", Post.Role.OFFICE_ADMIN, password=PASSWORD, phone="+8613800000003", phone_verified=True)
    for username, expected in (("lin", False), ("zhao", True)):
        client = client_for("federation")
        client.post(path("account_login"), {"login": username, "password": PASSWORD})
        assert is_signed_in(client) is expected


def test_sessions_that_are_over_are_cleared_away(chen, client_for):
    from accounts.tasks import sweep

    client = client_for("gx")
    client.post(path("account_login"), {"login": "chen", "password": PASSWORD})
    sweep.run()
    assert is_signed_in(client)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    sweep.run()
    assert not Session.objects.exists()


def test_a_forgotten_password_is_replaced_by_whoever_has_just_proved_the_phone_and_by_nobody_else(chen, client_for):
    by_password, by_code = client_for("gx"), client_for("gx")
    by_password.post(path("account_login"), {"login": "chen", "password": PASSWORD})
    assert by_password.post("/me/forget-password/")["Location"] == "/me/"
    chen.refresh_from_db()
    assert chen.has_usable_password()
    by_code.post(path("account_confirm_login_code"), {"code": ask_for_code(by_code, "13800000001")})
    assert by_code.post("/me/forget-password/")["Location"] == path("account_set_password")
    new = {"password1": "seven ripe papayas 3", "password2": "seven ripe papayas 3"}
    by_code.post(path("account_set_password"), new)
    assert is_signed_in(by_code)
    assert not is_signed_in(by_password)
    again = client_for("gx")
    again.post(path("account_login"), {"login": "chen", "password": new["password1"]})
    assert is_signed_in(again)
