"""Single sign-on in a real Chromium under the real page policy: set up, tried, switched on, used, ended."""

import os
from pathlib import Path

import pytest
import requests
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from harness import site as harness
from harness.identity_twins import OpenIdTwin, served
from playwright.sync_api import Browser, BrowserContext, Page

from accounts import services
from accounts.models import Post, User
from audit.trail import Actor
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.models import Domain, Province
from signon.models import IdentityProvider, RefusedSignIn
from signon.services import clients

pytestmark = pytest.mark.browser
PASSWORD = "three green mangoes 9"
MACHINE = Actor(None, "系统")
LOOKS = [(360, "light"), (1440, "dark"), (360, "dark"), (1440, "light")]
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def home(border, settings):
    """广西 at gx.localhost, with 陈队长 and two administrators."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ".localhost"]
    with context.owner():
        Domain.objects.create(domain="gx.localhost", tenant=Province.objects.get(schema_name="gx"), is_primary=False)
    DIRECTORY.clear()
    with context.province("gx"):
        cache.clear()
        city = services.create_unit(
            by=MACHINE, code="450100", name="南宁市市场监督管理局", kind="municipal_bureau", division_code="450100"
        )
        for at, (username, name, title, role) in enumerate(
            [
                ("chen", "陈勇", "陈队长", Post.Role.OFFICER),
                ("huang", "黄敏", "黄管理员", Post.Role.BUREAU_ADMIN),
                ("lan", "蓝静", "蓝管理员", Post.Role.SECURITY_ADMIN),
            ]
        ):
            services.create_person(
                by=MACHINE, username=username, name=name, title=title, unit=city, roles=(role,),
                phone=f"+861380000000{at}", phone_verified=True,
            )  # fmt: skip
        User.objects.update(password=make_password(PASSWORD))
    with harness.web() as port:
        yield f"http://gx.localhost:{port}"
    with context.owner():
        Domain.objects.filter(domain="gx.localhost").delete()
    DIRECTORY.clear()


def sign_in(browser: Browser, home: str, username: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"{home}/accounts/login/?next=/me/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form .button.wide")
    page.wait_for_url(f"{home}/me/")
    return page


def look(browser: Browser, home: str, who: BrowserContext, paths: dict[str, str]) -> None:
    """No axe violation, no horizontal scroll; every size and theme, as pictures, where somebody asked for them."""
    for width, theme in LOOKS if PICTURES else LOOKS[:1]:
        seen = browser.new_context(
            bypass_csp=True, viewport={"width": width, "height": 800}, color_scheme=theme, locale="zh-CN",
            storage_state=who.storage_state(),
        )  # fmt: skip
        page = seen.new_page()
        for name, path in paths.items():
            page.goto(f"{home}{path}")
            assert harness.violations(page) == [], path
            assert harness.overflow(page) <= 0, path
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png", full_page=True)
        seen.close()


def test_from_setting_up_to_signing_out_there(home):
    with served(OpenIdTwin()) as twin, harness.chromium() as browser:
        keeper, switcher = sign_in(browser, home, "huang"), sign_in(browser, home, "lan")
        keeper.goto(f"{home}/sign-on/")
        keeper.click("text=新建登录方式")
        keeper.click("text=继续")
        for name, value in {
            "name": "自治区统一认证", "issuer": twin.url, "client_id": twin.CLIENT, "secret": twin.SECRET
        }.items():  # fmt: skip
            keeper.fill(f"[name={name}]", value)
        keeper.click("main >> text=保存")
        keeper.wait_for_selector("text=现在试登录")
        twin.claims |= {"sub": "admin-1", "preferred_username": "huang", "name": "黄敏"}
        with keeper.context.expect_page() as opened:
            keeper.click("text=现在试登录")
        opened.value.wait_for_selector("text=对上了：黄管理员")
        with context.province("gx"):
            row = IdentityProvider.objects.get()
        switcher.goto(f"{home}/sign-on/{row.pk}/")
        switcher.click("main button:has-text('启用')")
        switcher.wait_for_selector("text=已启用，登录页已显示")

        twin.claims |= {"sub": "unit-42", "preferred_username": "cy-9", "name": "陈勇"}
        officer = browser.new_context(viewport={"width": 360, "height": 780}, locale="zh-CN").new_page()
        officer.goto(f"{home}/accounts/login/?next=/me/")
        officer.click("text=用自治区统一认证登录")
        officer.wait_for_selector("text=可以找谁")
        look(browser, home, officer.context, {"refused": "/sign-on/refused/", "login": "/accounts/login/"})
        look(
            browser, home, keeper.context,
            {"refusals": "/sign-on/refusals/", "providers": "/sign-on/", "provider": f"/sign-on/{row.pk}/",
             "tried": f"/sign-on/{row.pk}/tried/", "new": "/sign-on/new/?kind=wecom",
             "new-client": "/sign-on/clients/new/"},
        )  # fmt: skip
        keeper.goto(f"{home}/sign-on/refusals/")
        keeper.click("button:has-text('就是陈队长')")
        keeper.wait_for_selector("text=请对方重新登录")
        with context.province("gx"):
            assert RefusedSignIn.objects.get().state == "linked"
        officer.goto(f"{home}/accounts/login/?next=/me/")
        officer.click("text=用自治区统一认证登录")
        officer.wait_for_url(f"{home}/me/")

        with context.province("gx"):
            system, _secret = clients.create(
                by=MACHINE, name="档案系统", redirect_uris=[f"{twin.url}/back"], scopes=["unit"]
            )
            clients.switch_on(system, by=MACHINE)
        asked = (
            f"/identity/o/authorize?client_id={system.oidc_id}&redirect_uri={twin.url}/back&response_type=code"
            "&scope=openid+unit&state=s&code_challenge_method=S256&code_challenge=" + "x" * 43
        )
        look(browser, home, officer.context, {"authorize": asked})
        look(
            browser, home, keeper.context, {"clients": "/sign-on/clients/", "client": f"/sign-on/clients/{system.pk}/"}
        )
        officer.goto(f"{home}{asked}")
        officer.click("text=同意并登录")
        officer.wait_for_url(lambda url: url.startswith(f"{twin.url}/back?code="))

        back = f"{home.replace('gx.localhost', '127.0.0.1')}/sign-on/back-channel/oidc-1/"
        host = {"Host": home.removeprefix("http://")}
        told = requests.post(back, data={"logout_token": twin.logout_token(sid=None)}, headers=host, timeout=5)
        assert told.status_code == 200
        officer.goto(f"{home}/me/")
        assert "/accounts/login/" in officer.url
