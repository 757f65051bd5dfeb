"""A case whose head decided to refer it, and a linkage platform that is on."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from harness.linkage_rows import make_case, platform_of

from accounts.models import Post, User
from connections.models import Connection
from tenants.cases import services as cases
from tenants.cases.models import Case
from tenants.linkage.models import Referral
from tenants.linkage.services import mapping, referring

_spec = spec_from_file_location("clues_world_2", Path(__file__).resolve().parents[1] / "clues" / "conftest.py")
assert _spec is not None and _spec.loader is not None
_module = module_from_spec(_spec)
sys.modules[_spec.name] = _module
_spec.loader.exec_module(_module)
bureau, every_division, tick = _module.bureau, _module.every_division, _module.tick


@pytest.fixture
def security(bureau: Any) -> User:
    """安全管理员."""
    person = User.objects.create_user("safe", name="安某", unit=bureau.top)
    Post.objects.create(user=person, unit=bureau.top, role=Post.Role.SECURITY_ADMIN)
    return person


@pytest.fixture
def platform(bureau: Any, security: User) -> Connection:
    """The platform, with the usual mapping in force."""
    return platform_of(bureau.huang, security)


@pytest.fixture
def case(bureau: Any) -> Case:
    """陈某 and 宁某 work on it; 何某 decided to refer it."""
    made = make_case(bureau.chen, bureau.ning, head=bureau.he)
    cases.decide_referral(by=bureau.he, case_id=made.pk, decision="refer", reason="货值达到标准")
    return made


@pytest.fixture
def prepare(bureau: Any, case: Case, platform: Connection) -> Any:
    """`prepare()`: a draft that may be sent. Fields may be given."""

    def make(**said: Any) -> Referral:
        given: dict[str, Any] = {
            "case_id": case.pk,
            "police_org": "南宁市公安局青秀分局",
            "suspected_crime": "销售假冒注册商标的商品罪",
            "facts": "查获标称名酒 120 瓶",
            "connection_id": platform.pk,
            "annexes": ["letter", "report", "goods"],
        }
        return referring.prepare(by=bureau.chen, **{**given, **said})

    return make


@pytest.fixture
def mapped(bureau: Any, security: User, platform: Connection) -> Any:
    """`mapped(rows)`: these rows are in force. A function of the rows that are, gives the new ones."""

    def make(change: Any) -> Any:
        rows = change(mapping.usual_rows())
        made = mapping.draft(by=bureau.huang, connection=platform, rows=rows)
        return mapping.put_in_force(by=security, mapping=made)

    return make
