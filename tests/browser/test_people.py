"""Sign-in and the people's pages in a real Chromium: passkeys work, and every page is accessible and fits the phone."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import make_password
from harness import site as harness
from harness.looks import look_at_the_desk
from playwright.sync_api import Browser, Page

from accounts import services
from accounts.imports import jobs
from accounts.models import Post, User
from audit.trail import Actor
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.models import Domain, Province

pytestmark = pytest.mark.browser
PASSWORD = "three green mangoes 9"
MACHINE = Actor(None, "系统")
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1440, "height": 900}


@pytest.fixture
def site(border, settings) -> Iterator[int]:
    """The port of a web server over the committed rows of this test; 广西 is at gx.localhost too."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ".localhost"]
    with context.owner():
        Domain.objects.create(domain="gx.localhost", tenant=Province.objects.get(schema_name="gx"), is_primary=False)
    DIRECTORY.clear()
    with harness.web() as port:
        yield port
    with context.owner():
        Domain.objects.filter(domain="gx.localhost").delete()
    DIRECTORY.clear()


@pytest.fixture
def browser(site, monkeypatch) -> Iterator[Browser]:
    """Chromium. It takes *.localhost for this machine and for secure, which passkeys need."""
    with harness.chromium() as opened:
        yield opened


@pytest.fixture
def people(border) -> dict[str, User]:
    """陈队长 and 黄管理员 in a small bureau with an import that awaits its confirmation."""
    with context.province("gx"):
        top = services.create_unit(
            by=MACHINE, code="450000", name="广西局", kind="provincial_bureau", division_code="450000"
        )
        city = services.create_unit(
            by=MACHINE,
            code="450100",
            name="南宁市市场监督管理局",
            kind="municipal_bureau",
            division_code="450100",
            parent=top,
        )
        found = {}
        for username, name, title, role, phone in (
            ("chen", "陈勇", "陈队长", Post.Role.OFFICER, "+8613800000001"),
            ("huang", "黄敏", "黄管理员", Post.Role.BUREAU_ADMIN, "+8613800000002"),
        ):
            found[username] = services.create_person(
                by=MACHINE,
                username=username,
                name=name,
                title=title,
                unit=city,
                roles=(role,),
                phone=phone,
                phone_verified=True,
                password=None,
            )
        User.objects.update(password=make_password(PASSWORD))
        content = "姓名,执法证号,手机号,单位编码\n李一,桂B1,13900000001,450100\n李二,桂B2,不详,450100\n".encode()
        jobs.upload(content=content, file_name="南宁名单.csv", is_complete=False, by=found["huang"])
    return found


@pytest.fixture
def sign_in(browser, site, people) -> Callable[..., Page]:
    """`sign_in("chen", PHONE)`: a page of 陈队长, signed in with the password."""

    def do(username: str, viewport: dict[str, int], **options: object) -> Page:
        page = browser.new_context(bypass_csp=True, viewport=viewport, locale="zh-CN", **options).new_page()
        page.goto(f"http://gx.localhost:{site}/accounts/login/?next=/me/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("main form .primary")
        page.wait_for_url(f"http://gx.localhost:{site}/me/")
        return page

    return do


def check(page: Page) -> None:
    """No axe violation, no horizontal scroll."""
    assert harness.violations(page) == [], page.url
    assert harness.overflow(page) <= 0, page.url


def test_a_passkey_is_added_and_signs_in_without_a_password(sign_in, site):
    page = sign_in("chen", PHONE)
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    home = f"http://gx.localhost:{site}"
    page.goto(f"{home}/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("[name=password]", PASSWORD)
        page.click("main form .primary")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/add/" not in url)
    page.context.clear_cookies()
    page.goto(f"{home}/accounts/login/?next=/me/")
    page.click("#passkey_login")
    page.wait_for_url(f"{home}/me/")
    assert "陈队长" in page.inner_text("h1")


@pytest.mark.slow
@look_at_the_desk
def test_every_page_is_accessible_and_fits(sign_in, browser, site, people, width, theme):
    viewport = PHONE if width == 360 else DESKTOP
    home = f"http://gx.localhost:{site}"
    stranger = browser.new_context(bypass_csp=True, viewport=viewport, color_scheme=theme, locale="zh-CN").new_page()
    for path in ("login/", "login/code/", "password/reset/", "inactive/", "signup/"):
        stranger.goto(f"{home}/accounts/{path}")
        check(stranger)
    stranger.goto(f"{home}/dev/codes/")
    check(stranger)
    page = sign_in("huang", viewport, color_scheme=theme)
    with context.province("gx"):
        job = jobs.ImportJob.objects.get()
    for path in (
        "me/",
        "accounts/phone/change/",
        "accounts/password/change/",
        "accounts/sessions/",
        "accounts/2fa/",
        "accounts/2fa/totp/activate/",
        "accounts/2fa/webauthn/",
        "accounts/2fa/webauthn/add/",
        "admin/units/",
        "admin/units/new/",
        "admin/officers/",
        f"admin/officers/{people['chen'].pk}/",
        "admin/officers/new/",
        "admin/import/",
        f"admin/import/{job.pk}/",
    ):
        page.goto(f"{home}/{path}")
        check(page)


def test_an_import_shows_its_progress_and_then_its_report(sign_in, site, people):
    page = sign_in("huang", DESKTOP)
    with context.province("gx"):
        job = jobs.ImportJob.objects.get()
    page.goto(f"http://gx.localhost:{site}/admin/import/{job.pk}/")
    page.click("text=确认导入")
    page.wait_for_selector("progress")
    with context.province("gx"):
        jobs.run(job_id=job.pk)
    page.wait_for_selector(".chip:has-text('已完成')")
    assert "不是手机号" in page.inner_text("main")
