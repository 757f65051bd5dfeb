"""Periods are set by two administrators with a basis; holds spread, are reviewed, and lifted by a second person."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from harness import people
from harness.proofs import asks, grown_old

from accounts.models import Post, User
from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem, Site
from evidence.models import Exhibit
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404
from kernel.ids import uuid7
from retention import clearing, holds, kinds, rules, services
from retention.models import Hold, Rule
from webui import slots


@pytest.fixture
def here(gx, administrators):
    """广西, rolled back: 陈队长, 韦处, a second leader and the administrators; no brand."""
    made = people.bureau("gx")
    other = User.objects.create_user("mo1", name="莫某", title="莫处", unit=made.wei.unit)
    Post.objects.create(user=other, unit=made.wei.unit, role=Post.Role.LEADER)
    return SimpleNamespace(chen=made.chen, wei=made.wei, mo=other, unit=made.unit, **vars(administrators(made)))


def a_request(here, words="held"):
    site = Site.objects.create(unit=here.unit, opened_by=here.chen, county_code=people.NANNING)
    return AppraisalRequest.objects.create(
        number=f"N{words}", site=site, unit=here.unit, officer=here.chen, brand_name="某", state="cancelled"
    )


def test_x15_a_period_holds_when_a_second_administrator_agrees_and_from_its_first_day(here):
    today = clock.today()
    given = {"days": 365, "basis": "某文件第三条", "valid_from": today + timedelta(days=10)}
    rule = rules.ask("clues", by=here.system, **given)
    kind = kinds.kinds()["clues"]
    for nobody in (here.system, here.chen, here.auditor, here.wei):
        with pytest.raises(NotAllowed):
            rules.agree(rule, by=nobody)
        if nobody is not here.system:
            with pytest.raises(NotAllowed):
                rules.ask("clues", by=nobody, **given)
    assert rules.period(kind, today + timedelta(days=20)).days is None, "proposed only"
    rules.agree(rule, by=here.security)
    assert rules.period(kind, today + timedelta(days=9)).days is None
    assert rules.period(kind, today + timedelta(days=10)).days == 365
    with pytest.raises(MoveRefused):
        rules.agree(rule, by=here.security)
    # Dated data: the one that began last holds; for ever is a decision too.
    later = rules.ask("clues", by=here.system, days=None, basis="某文件第四条", valid_from=today + timedelta(days=30))
    rules.agree(later, by=here.security)
    assert rules.period(kind, today + timedelta(days=29)).days == 365
    assert rules.period(kind, today + timedelta(days=30)).days is None
    refused = rules.ask("clues", by=here.system, **given)
    with pytest.raises(BadInput):
        rules.refuse(refused, by=here.security, answer=" ")
    rules.refuse(refused, by=here.security, answer="依据不对")
    assert rules.period(kind, today + timedelta(days=20)).rule == rule


@pytest.mark.parametrize(
    ("code", "given", "refused"),
    [
        ("sign_ins", {"days": 179}, "period_too_short"),
        ("clues", {"days": 0}, "period_too_short"),
        ("clues", {"days": 36_501}, "period_too_long"),
        ("clues", {"basis": "  "}, "basis_missing"),
        ("clues", {"valid_from": clock.today() - timedelta(days=1)}, "valid_from_past"),
        ("traffic", {}, "period_fixed"),
    ],
)
def test_a_period_that_may_not_be_is_refused_with_what_to_do(here, code, given, refused):
    with pytest.raises(BadInput) as told:
        rules.ask(code, by=here.system, **{"days": 400, "basis": "x", "valid_from": clock.today()} | given)
    assert told.value.code == refused
    with pytest.raises(NotFound404):
        rules.ask("nothing", by=here.system, days=1, basis="x", valid_from=clock.today())


def test_x15_a_hold_spreads_over_what_is_linked_and_a_second_person_lifts_it(here, objects):
    row, exhibit = a_request(here), people.sealed_photo(here.chen, "held")
    hung = RequestItem.objects.create(
        request=row, position=1, product_id=uuid7(), product_name="某", claimed_brand="某", shot_list_version=1,
        shot_list=[],
    )  # fmt: skip
    ItemPhoto.objects.create(item=hung, exhibit=exhibit, shot_code="front_label", source="camera")
    with pytest.raises(BadInput):
        services.place("request", row.pk, by=here.chen, reason="", ordered_by="某法院")
    with pytest.raises(NotAllowed):
        services.place("request", row.pk, by=here.system, reason="x", ordered_by="x")
    hold = services.place("request", row.pk, by=here.chen, reason="复议", ordered_by="某法院", review_months=3)
    assert holds.held(row) and holds.held(exhibit) and not holds.held(uuid7())
    with pytest.raises(Conflict):
        services.place("request", row.pk, by=here.wei, reason="x", ordered_by="x")
    # What is linked later is reached too, by the next pass.
    second = people.sealed_photo(here.chen, "later")
    ItemPhoto.objects.create(item=hung, exhibit=second, shot_code="batch_code", source="camera")
    services.renew()
    assert holds.held(second)
    services.ask_lift(hold, by=here.chen, reason="复议已结束")
    for nobody in (here.chen, here.system):
        with pytest.raises(NotAllowed):
            services.lift(hold, by=nobody)
    assert holds.held(row), "asked for only"
    services.keep_on(hold, by=here.wei, reason="再等等")
    hold = services.ask_lift(hold, by=here.wei, reason="已结束")
    with pytest.raises(NotAllowed):
        services.lift(hold, by=here.wei)
    services.lift(hold, by=here.mo)
    assert not holds.held(row) and Exhibit.objects.filter(pk=exhibit.pk).exists()


def test_a_hold_that_is_due_for_review_is_told_and_stays(here):
    row = a_request(here)
    hold = services.place("request", row.pk, by=here.chen, reason="复议", ordered_by="某法院", review_months=1)
    assert services.remind() == 0
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert services.remind() == 1 and services.remind() == 0
        assert holds.held(row)
        hold.refresh_from_db()
        services.review(hold, by=here.chen)
        assert hold.review_on > clock.today()


def test_pages_and_api_lead_two_administrators_through_a_period_and_show_holds(here, client_for):
    row = a_request(here)
    system, security, auditor = (client_for("gx", user=each) for each in (here.system, here.security, here.auditor))
    asked = {"days": "400", "basis": "某文件第三条", "valid_from": clock.today().isoformat()}
    page = system.post("/retention/kinds/clues/", asked, follow=True)
    assert page.status_code == 200 and "等安全管理员批准" in page.content.decode()
    rule = Rule.objects.get(kind="clues")
    assert "批准" in security.get("/retention/kinds/clues/").content.decode()
    assert security.post(f"/retention/rules/{rule.pk}/agree/").status_code == 302
    listed = auditor.get("/retention/").content.decode()
    assert "400 天" in listed and "案件（案卷）" in listed
    assert auditor.get("/retention/proofs/", {"id": str(row.pk)}).status_code == 200
    chen = client_for("gx", user=here.chen)
    assert chen.get("/retention/").status_code == 403
    address = f"/retention/holds/new/?kind=request&id={row.pk}"
    assert row.number in chen.get(address).content.decode()
    given = {"reason": "复议", "ordered_by": "某法院", "review_months": "6"}
    placed = chen.post(address, given, follow=True)
    hold = Hold.objects.get()
    assert "复议" in placed.content.decode() and f"/retention/holds/{hold.pk}/" in placed.redirect_chain[0][0]
    request = RequestFactory().get("/")
    request.user = here.chen
    (badge,) = (
        each for each in slots.ask("requests:now", request, asked=row, may_write=True) if each.context.get("held")
    )
    assert badge.template == "retention/_badge.html" and badge.context["held"] == hold
    assert chen.get(f"/retention/holds/new/?kind=request&id={uuid7()}").status_code == 404
    # The same by API.
    kinds_told = {each["kind"]: each for each in system.get("/api/v1/retention/kinds/").json()}
    assert kinds_told["clues"]["days"] == 400 and kinds_told["cases"]["days"] is None
    assert chen.get("/api/v1/retention/kinds/").status_code == 404
    (told,) = chen.get("/api/v1/retention/holds/").json()
    assert told["subject_title"] == row.number and told["reached"] >= 1
    ask = f"/api/v1/retention/holds/{hold.pk}/ask-lift/"
    assert chen.post(ask, json.dumps({"reason": "已结束"}), content_type="application/json").status_code == 200
    lift = f"/api/v1/retention/holds/{hold.pk}/lift/"
    body = json.dumps({"agree": True})
    assert chen.post(lift, body, content_type="application/json").status_code == 403
    wei = client_for("gx", user=here.wei)
    assert wei.post(lift, body, content_type="application/json").json()["state"] == "lifted"
    gone = auditor.get("/api/v1/retention/gone/", {"id": str(row.pk)}).json()
    assert gone == {"gone": False, "model": None, "at": None, "proof": None}


def test_agreeing_to_a_period_and_lifting_a_hold_ask_for_a_proof_and_refusing_does_not(here, client_for):
    asked = {"days": 400, "basis": "某文件第三条", "valid_from": clock.today()}
    rule = rules.ask("clues", by=here.system, **asked)
    hold = services.place("request", a_request(here).pk, by=here.chen, reason="复议", ordered_by="某法院")
    services.ask_lift(hold, by=here.chen, reason="已结束")
    security, wei = client_for("gx", user=here.security), client_for("gx", user=here.wei)
    grown_old(security)
    grown_old(wei)
    program = {"content_type": "application/json", "data": {"agree": True}}
    assert asks(security, f"/retention/rules/{rule.pk}/agree/")
    assert asks(security, f"/api/v1/retention/rules/{rule.pk}/answer/", **program)
    assert asks(wei, f"/retention/holds/{hold.pk}/lift/")
    assert asks(wei, f"/api/v1/retention/holds/{hold.pk}/lift/", **program)
    rule.refresh_from_db()
    hold.refresh_from_db()
    assert (rule.state, hold.state) == (Rule.State.ASKED, Hold.State.LIFTING), "nothing was done yet"
    refusal = {"content_type": "application/json", "data": {"agree": False, "answer": "不妥", "reason": "不妥"}}
    assert not asks(security, f"/retention/rules/{rule.pk}/refuse/", {"answer": "不妥"})
    assert not asks(wei, f"/api/v1/retention/holds/{hold.pk}/lift/", **refusal)
    rule.refresh_from_db()
    assert rule.state == Rule.State.REFUSED


def test_the_dry_run_says_what_goes_in_the_next_ninety_days(here):
    row = a_request(here)
    rule = rules.ask("requests", by=here.system, days=60, basis="x", valid_from=clock.today())
    rules.agree(rule, by=here.security)
    (said,) = (each for each in clearing.preview() if each["kind"] == "requests")
    assert (said["due"], said["soon"]) == (0, 1)
    with clock.frozen(clock.now() + timedelta(days=61)):
        (said,) = (each for each in clearing.preview() if each["kind"] == "requests")
        assert said["due"] == 1
    row.refresh_from_db()
