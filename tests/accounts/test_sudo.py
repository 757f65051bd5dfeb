"""Dangerous acts ask who is there when the last proof is older than ten minutes, and lead nobody into a dead end."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from harness.proofs import grown_old

from accounts import services
from accounts.models import Post, Unit, User
from audit.trail import Actor
from gateway.models import ApiToken
from gateway.tokens import make_token
from kernel import clock

PASSWORD = "Czj-guangxi-2026"
MACHINE = Actor(None, "系统")


@pytest.fixture
def qin(gx):
    """秦管理员 (security) with a password, and an officer to be appointed."""
    unit = Unit.objects.create(code="gx-0", name="省局", kind="provincial_bureau", division_code="450000")
    made = User.objects.create_user("qin", name="秦某", unit=unit, password=PASSWORD)
    Post.objects.create(user=made, unit=unit, role="security_admin")
    services.create_person(by=MACHINE, username="chen", name="陈某", unit=unit, roles=("officer",))
    return made


def appoint(client):
    chen = User.objects.get(username="chen")
    return client.post(
        f"/admin/officers/{chen.pk}/appoint/",
        {"role": "security_deputy"},
        headers={"referer": f"http://gx.testhost/admin/officers/{chen.pk}/"},
    )


def deputies() -> int:
    return Post.objects.filter(role="security_deputy").count()


def test_after_ten_minutes_the_password_is_asked_and_what_was_sent_goes_on_by_itself(qin, client_for):
    client = client_for("gx", user=qin)
    grown_old(client)
    led = appoint(client)
    assert (led.status_code, deputies()) == (302, 0)
    where = urlsplit(led["Location"])
    assert where.path == "/me/prove/"
    said = parse_qs(where.query)
    page = client.get(led["Location"]).content.decode()
    assert "用密码确认" in page
    assert "重新登录" in page
    wrong = client.post(f"/accounts/reauthenticate/?next={said['next'][0]}", {"password": "wrong"})
    assert (wrong.status_code, deputies()) == (200, 0)
    done = client.post(f"/accounts/reauthenticate/?next={said['next'][0]}", {"password": PASSWORD})
    assert (done.status_code, deputies()) == (302, 1), "what waited was done"
    chen = User.objects.get(username="chen")
    assert client.post(f"/admin/officers/{chen.pk}/reset/", {"why": "换手机"})["Location"].startswith("/admin/")


def test_who_has_neither_password_nor_factor_signs_in_again_and_returns_to_the_page(qin, client_for, settings):
    qin.set_unusable_password()
    qin.save()
    client = client_for("gx", user=qin)
    grown_old(client)
    led = appoint(client)
    settings.DEMO = False
    page = client.get(led["Location"]).content.decode()
    assert "用密码确认" not in page
    assert "演示" not in page
    back = parse_qs(urlsplit(led["Location"]).query)["back"][0]
    again = client.post("/me/prove/", {"way": "again", "back": back})
    assert again["Location"].startswith("/accounts/login/?next=%2Fadmin%2Fofficers%2F")
    assert client.post("/me/prove/", {"way": "demo", "back": back})["Location"].startswith("/accounts/login/")
    outside = client_for("gx", user=qin)
    assert outside.post("/me/prove/", {"way": "again", "back": "https://evil.example/"})["Location"].endswith(
        "next=%2F"
    )


def test_secrets_that_were_typed_do_not_lie_in_the_session(qin, client_for):
    client = client_for("gx", user=qin)
    grown_old(client)
    led = client.post(
        "/sign-on/new/", {"client_secret": "s3cr3t"}, headers={"referer": "http://gx.testhost/sign-on/new/"}
    )
    assert led.status_code == 302
    assert "s3cr3t" not in str(dict(client.session.items()))


def test_programs_are_told_with_a_code_and_a_key_counts_for_ten_minutes_after_it_was_made(qin, client_for):
    chen = User.objects.get(username="chen")
    path, said = f"/api/v1/officers/{chen.pk}/posts/", {"role": "security_deputy"}
    client = client_for("gx", user=qin)
    grown_old(client)
    refused = client.post(path, said, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "prove_yourself")
    assert refused.json()["data"]["within_s"] == 600
    row, token = make_token(user=qin, seat="gx", name="键")
    bearer = {"authorization": f"Bearer {token}"}
    plain = client_for("gx")
    ApiToken.objects.filter(pk=row.pk).update(created_at=clock.now() - timedelta(minutes=11))
    assert plain.post(path, said, content_type="application/json", headers=bearer).json()["code"] == "prove_yourself"
    ApiToken.objects.filter(pk=row.pk).update(created_at=clock.now())
    assert plain.post(path, said, content_type="application/json", headers=bearer).status_code == 201
    assert plain.get(path[: -len("posts/")], headers=bearer).status_code == 200
