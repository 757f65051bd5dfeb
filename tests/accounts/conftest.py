"""The people of these tests: 陈队长 of 南宁, 黄管理员, 赵处, and the bureau's other administrators."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from accounts import services
from accounts.models import Post, Unit, User
from audit.trail import Actor

MACHINE = Actor(None, "系统")
PASSWORD = "three green mangoes 9"


@pytest.fixture
def make_person() -> Callable[..., User]:
    """`make_person("chen", "陈勇", "officer", title="陈队长")`: a person with these roles, in the held seat."""

    def make(username: str, name: str, *roles: str, unit: Unit | None = None, **fields: object) -> User:
        password = fields.pop("password", None)
        user = services.create_person(by=MACHINE, username=username, name=name, unit=unit, roles=roles, **fields)
        if password:
            user.set_password(password)
            user.save()
        return user

    return make


@pytest.fixture
def bureau(gx) -> Unit:
    """广西局 with 南宁 and 青秀区 below it. Returns the top."""
    cache.clear()
    top = services.create_unit(
        by=MACHINE, code="450000", name="广西壮族自治区市场监督管理局", kind="provincial_bureau", division_code="450000"
    )
    city = services.create_unit(
        by=MACHINE,
        code="450100",
        name="南宁市市场监督管理局",
        kind="municipal_bureau",
        division_code="450100",
        parent=top,
    )
    services.create_unit(
        by=MACHINE,
        code="450103",
        name="青秀区市场监督管理局",
        kind="county_bureau",
        division_code="450103",
        parent=city,
    )
    return top


@pytest.fixture
def nanning(bureau) -> Unit:
    """南宁市局."""
    return Unit.objects.get(code="450100")


@pytest.fixture
def qingxiu(bureau) -> Unit:
    """青秀区局."""
    return Unit.objects.get(code="450103")


@pytest.fixture
def chen(nanning, make_person) -> User:
    """陈队长 of 南宁, with a password and a proved phone."""
    return make_person(
        "chen",
        "陈勇",
        Post.Role.OFFICER,
        unit=nanning,
        title="陈队长",
        phone="+8613800000001",
        phone_verified=True,
        officer_cert_no="桂A00001",
        password=PASSWORD,
    )


@pytest.fixture
def huang(bureau, make_person) -> User:
    """黄管理员, system administrator of the bureau."""
    return make_person("huang", "黄敏", Post.Role.BUREAU_ADMIN, unit=bureau, title="黄管理员")


@pytest.fixture
def lan(bureau, make_person) -> User:
    """蓝管理员, security administrator of the bureau."""
    return make_person("lan", "蓝静", Post.Role.SECURITY_ADMIN, unit=bureau, title="蓝管理员")
