"""A bureau with its three administrators, and requests with photos that are over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from harness import people
from harness.vault import vault  # noqa: F401 - a fixture

from accounts.models import Post, User
from appraisal.requests import services as asking
from appraisal.requests.services.drafting import Place
from kernel import clock
from provinces import context
from retention import rules

DAYS = 30


@pytest.fixture
def objects(tmp_path: Path, settings: Any) -> Path:
    """A folder store of the test's own."""
    settings.OBJECTS_DIR = tmp_path / "objects"
    return tmp_path / "objects"


@pytest.fixture
def administrators() -> Callable[[Any], SimpleNamespace]:
    """`administrators(bureau)`, in its seat: 黄管理员 keeps the system, 安管 agrees, 审管 reads the proofs."""

    def make(bureau: Any) -> SimpleNamespace:
        found = {"system": bureau.huang}
        for name, title, role in (
            ("security", "安管", Post.Role.SECURITY_ADMIN),
            ("auditor", "审管", Post.Role.AUDIT_ADMIN),
        ):
            found[name] = User.objects.create_user(f"{name}1", name=title, title=title, unit=bureau.huang.unit)
            Post.objects.create(user=found[name], unit=bureau.huang.unit, role=role)
        return SimpleNamespace(**found)

    return make


@pytest.fixture
def bureau(border: Any, objects: Path, administrators: Any) -> Iterator[SimpleNamespace]:
    """广西, committed: 陈队长, 韦处, the three administrators, and `request(words)`: one that is over, with a photo."""
    people.divisions()
    made, house = people.bureau("gx"), people.brand_house()
    with context.province("gx"):
        own = administrators(made)

    def request(words: str) -> Any:
        with context.province("gx"):
            site = asking.open_site(by=made.chen, place=Place(county_code=people.NANNING, place=f"某路 {words} 号"))
            item = asking.add_product(by=made.chen, site=site, product_id=house.product.pk)
            photo = people.sealed_photo(made.chen, words)
            asking.add_photo(by=made.chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
            asking.cancel(by=made.chen, request_id=item.request_id)
            return SimpleNamespace(request_id=item.request_id, item_id=item.pk, exhibit=photo)

    yield SimpleNamespace(code="gx", chen=made.chen, wei=made.wei, house=house, request=request, **vars(own))


def set_period(bureau: Any, kind: str, days: int | None = DAYS) -> Any:
    """By two people, from today on. In the seat."""
    rule = rules.ask(kind, by=bureau.system, days=days, basis="某文件第三条", valid_from=clock.today())
    return rules.agree(rule, by=bureau.security)


@pytest.fixture
def period(bureau: SimpleNamespace) -> Callable[..., Any]:
    """`period("requests", 30)`: by two people, from today on. In the seat."""
    return lambda kind, days=DAYS: set_period(bureau, kind, days)
