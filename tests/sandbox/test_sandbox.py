"""The sandbox: open keys, a robot that answers, nothing that reaches anybody real, and every night anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from harness import people

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.catalogue.sandbox import barcode, product_id
from appraisal.desk import robot
from appraisal.desk.models import DeskTask
from appraisal.requests import selectors, services
from appraisal.requests.models import AppraisalRequest
from connections import sandbox as keys
from connections.services import authenticated
from federation.broker import selectors as broker
from federation.letters.addressees import bureaux, other_provinces
from federation.letters.delivery import deliver_everywhere
from federation.letters.errors import SandboxApart
from federation.letters.models import Letter
from federation.parties.forms import province_choices
from provinces import context
from provinces.provisioning import empty
from provinces.seats import BRANDS, OFFICE
from runtime.sandbox import making


@pytest.fixture
def sandbox(border):
    """Opened and filled, beside 广西 and a real brand; removed again."""
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    made = making.create()
    assert made and not making.create()
    yield bureau, house
    border.remove_province(making.CODE)


def test_an_integrator_gets_a_verdict_reaches_nobody_real_and_finds_all_as_before_in_the_morning(
    sandbox, client_for
) -> None:
    """Item 9, B-18, as one walk: enter, ask, be answered, be refused; apart from everybody; reset."""
    bureau, house = sandbox
    # Whoever comes sees what it is, and the keys open the door that they are said to open.
    visitor = client_for("sandbox")
    text = visitor.get("/sandbox/").content.decode()
    assert "sandbox-mark" in text and keys.client_id("case") in text and barcode("genuine") in text
    assert visitor.post("/sandbox/enter/sb-chen/").status_code == 302
    assert "sandbox-mark" in visitor.get("/me/").content.decode()
    assert client_for("gx").get("/sandbox/").status_code == 404
    assert client_for("gx").post("/sandbox/enter/chen/").status_code == 404
    with context.province("sandbox"):
        assert authenticated(keys.client_id("case"), keys.secret("case")) is not None

    # A request to the sandbox's brand is answered by the robot, as the product's name says.
    request = _ask(product_id("genuine"))
    deliver_everywhere()
    with context.seat(BRANDS):
        task = DeskTask.objects.get(request_id=request.pk)
        assert task.claimed_by is None and not task.lines.filter(kind="rung").exists()
        opinion = robot.give(task.pk)
        assert opinion is not None and robot.give(task.pk) is None
    deliver_everywhere()
    with context.province("sandbox"):
        chen = User.objects.get(username="sb-chen")
        request = selectors.access_request(chen, request.pk)
        verdict = selectors.standing_verdict(request.items.get())
        assert (request.state, verdict.value) == (AppraisalRequest.State.ANSWERED, "genuine")
        assert verdict.opinion.appraiser_name == "沙箱机器人" and "不是真实鉴定" in verdict.reasons

    # Nothing of it reaches anybody real, nor the other way round.
    with pytest.raises(SandboxApart) as refused:
        _ask(house.product.pk)
    assert refused.value.code == "sandbox_apart" and "沙箱" in refused.value.detail
    with context.province("gx"), pytest.raises(SandboxApart):
        _ask(product_id("genuine"), code="gx", by=bureau.chen)
    with context.province("sandbox"):
        assert bureaux() == [] and other_provinces() == []
        assert {hit.product.brand.name for hit in catalogue.search("沙箱")} == {"沙箱牌"}
        assert catalogue.search(house.product.name) == []
    with context.province("gx"):
        assert catalogue.search("沙箱") == [] and catalogue.search(barcode("genuine")) == []
        assert all("沙箱" not in row.brand.name for row in catalogue.coverage().rows)
        assert all(code != "sandbox" for code, _title in broker.others())
    with context.seat(OFFICE):
        assert all(each.address.name != "sandbox" for each in bureaux())
    assert "sandbox" not in {code for code, _title in province_choices()}
    assert "sandbox" not in client_for("").get("/").content.decode()

    # In the morning all is as it was, for everybody else as it is.
    with context.owner():
        before = Letter.objects.exclude(seats__contains=["sandbox"]).count(), User.objects.count()
    making.reset()
    assert visitor.get("/me/").status_code == 302
    ended = visitor.get("/accounts/login/")
    assert "沙箱已重置" in ended.content.decode() and ended["X-Sandbox-Reset"]
    with context.province("sandbox"):
        assert not AppraisalRequest.objects.exists() and User.objects.filter(username="sb-chen").exists()
        assert authenticated(keys.client_id("case"), keys.secret("case")) is not None
    with context.owner():
        assert (Letter.objects.exclude(seats__contains=["sandbox"]).count(), User.objects.count()) == before
        assert not Letter.objects.filter(seats__contains=["sandbox"]).exists() and not DeskTask.objects.exists()
    with pytest.raises(ValueError, match="not the sandbox"):
        empty("gx")


def test_it_is_made_anew_once_after_four_in_the_morning() -> None:
    """Beijing's four o'clock, whatever the server's clock is set to."""
    four = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    assert making.last_hour(four) == four == making.last_hour(four + timedelta(hours=23, minutes=59))
    assert making.due(four - timedelta(seconds=1), four) and not making.due(four, four + timedelta(hours=20))
    assert making.due(None, four)


def _ask(product, *, code="sandbox", by=None):
    with context.province(code):
        by = by or User.objects.get(username="sb-chen")
        place = services.Place(county_code=people.NANNING, place="某路 1 号")
        site = services.open_site(by=by, place=place)
        item = services.add_product(by=by, site=site, product_id=product)
        shot = catalogue.shot_list(product).shots[0].code
        exhibit = people.sealed_photo(by, "front")
        services.add_photo(by=by, item_id=item.pk, exhibit=exhibit, shot_code=shot, source="camera")
        return services.send(by=by, request_id=item.request_id)
