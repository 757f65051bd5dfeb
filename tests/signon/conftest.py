"""Providers of 广西 that are set up, tried and switched on, with twins that play the other side."""

import pytest
from django.core.cache import cache
from harness.identity_twins import DingTalkTwin, OpenIdTwin, WeComTwin, served
from harness.sign_on import MACHINE, PASSWORD, set_up

from accounts import services as people
from accounts.models import Post, Unit, User
from signon.models import IdentityProvider


@pytest.fixture
def unit(gx) -> Unit:
    cache.clear()
    return people.create_unit(
        by=MACHINE, code="450100", name="南宁市市场监督管理局", kind="municipal_bureau", division_code="450100"
    )


@pytest.fixture
def make_person(unit):
    def make(username: str, name: str, *roles: str, **fields: object) -> User:
        user = people.create_person(by=MACHINE, username=username, name=name, unit=unit, roles=roles, **fields)
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


@pytest.fixture
def chen(make_person) -> User:
    return make_person("chen", "陈勇", Post.Role.OFFICER, title="陈队长", phone="+8613800000001", phone_verified=True)


@pytest.fixture
def huang(make_person) -> User:
    """System administrator."""
    return make_person(
        "huang", "黄敏", Post.Role.BUREAU_ADMIN, title="黄管理员", phone="+8613800000002", phone_verified=True
    )


@pytest.fixture
def lan(make_person) -> User:
    """Security administrator."""
    return make_person("lan", "蓝静", Post.Role.SECURITY_ADMIN, title="蓝管理员")


@pytest.fixture
def twin():
    with served(OpenIdTwin()) as made:
        yield made


@pytest.fixture
def bureau(unit, twin) -> IdentityProvider:
    """The bureau's OpenID provider."""
    return set_up("oidc", name="广西统一认证", client_id=twin.CLIENT, secret=twin.SECRET, issuer=twin.url)


@pytest.fixture
def wecom(unit):
    with served(WeComTwin()) as made:
        at = {"api": made.url, "scan": f"{made.url}/scan", "inside": f"{made.url}/inside"}
        made.row = set_up("wecom", name="企业微信", client_id="ww1", agent_id="1000002", secret="s", endpoints=at)
        yield made


@pytest.fixture
def dingtalk(unit):
    with served(DingTalkTwin()) as made:
        at = {"api": made.url, "list": made.url, "authorize": f"{made.url}/auth"}
        made.row = set_up("dingtalk", name="钉钉", client_id="ding1", secret="s", endpoints=at)
        yield made
