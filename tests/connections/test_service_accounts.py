"""A program's account is no person: it comes in by no door, and stands in no list."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from accounts import selectors as people
from accounts.codes import last_codes
from accounts.imports import jobs
from accounts.models import Post, User
from appraisal.opinions import selectors as opinions
from connections import services
from evidence.selectors import colleagues, officers
from federation.agreements import selectors as agreements
from federation.broker.services import common
from federation.grants import selectors as grants
from federation.transfers import selectors as transfers
from kernel.errors import NotFound404
from notify.services import tell
from tenants.campaigns.selectors import action, roster
from tenants.cases import selectors as cases
from tenants.clues import selectors as clues
from tenants.clues.ledger import rows as ledger
from tenants.clues.routing import proposing

PASSWORD = "three green mangoes 9"


@pytest.fixture
def account(joined) -> User:
    """The account with all that would let a person in."""
    user = User.objects.get(pk=joined.client.user_id)
    user.set_password(PASSWORD)
    user.phone, user.phone_verified, user.email = "+8613800000077", True, "svc@example.test"
    user.save()
    return user


def test_it_signs_in_by_no_door(account, client_for):
    browser = client_for("gx")
    for login in (account.username, "13800000077"):
        browser.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert browser.get("/me/").status_code == 302, "password"
    before = len(last_codes())
    browser.post("/accounts/login/code/", {"phone": "13800000077"})
    assert len(last_codes()) == before, "a code was sent"
    browser.force_login(account)  # whatever door made the session: a passkey, a provider, a door of tomorrow
    assert browser.get("/me/").status_code == 302, "session"
    assert authenticate(RequestFactory().get("/"), username=account.username, password=PASSWORD) is None


def test_it_stands_in_no_list_of_people(account, joined):
    assert account not in people.officers() and account not in people.holders(Post.Role.OFFICER)
    assert account not in officers() and account not in colleagues(joined.chen)
    account.posts.create(role=Post.Role.LEADER, unit=joined.unit)
    assert account not in people.heads_of(joined.unit)
    with pytest.raises(NotFound404):
        people.person(account.pk)
    counted = {unit.code: unit.people_count for _depth, unit in people.unit_tree()}
    assert counted[joined.unit.code] == User.objects.filter(unit=joined.unit, is_service=False).count()
    assert tell(to=[account.pk], code="x", title="通知", url="/") == []


def test_nobody_is_offered_or_given_it_for_a_colleague_an_officer_or_a_desk(account, joined):
    """Two officers are two people; what is proposed to somebody, or told to a desk, is for somebody there."""
    for role in (Post.Role.DISPATCHER, Post.Role.LEADER):
        account.posts.create(role=role, unit=joined.unit)
    chen, unit = joined.chen, joined.unit
    offered = {
        "notices": opinions.colleagues(chen),
        "cases": cases.colleagues(chen),
        "officers of a unit": clues.officers_of_unit(unit.pk),
        "officers inside": clues.officers_inside(unit),
        "panel": clues.possible_panel(chen),
        "panel of the ledger": ledger.panel_to_choose(chen),
        "dispatchers": clues.dispatchers_of(unit),
        "people of a unit": clues.people_of_unit(unit),
        "proposed": [each for each, _held in proposing.officers_with_load(unit)],
        "desk between provinces": common.desk(),
        "duty": roster.colleagues(unit),
        "joint action": action.officers_offered(unit, everybody=True),
    }
    assert {name for name, found in offered.items() if account in found} == set()
    assert opinions.officers_by_id([account.pk]) == [] == cases.officers_by_id([account.pk])
    assert account.pk not in {*transfers.receivers(), *agreements.keepers(), *grants.overseers("gx")}
    assert not Post.held.filter(user=account).exists() and not User.people.filter(pk=account.pk).exists()


def test_a_complete_list_of_officers_does_not_miss_it(account, joined):
    content = "单位编码,单位名称,行政区划代码,账号,姓名,角色\ngx-1,青秀区局,450103,chen,陈某,执法人员\n"
    job = jobs.upload(content=content.encode(), file_name="a.csv", is_complete=True, by=joined.huang)
    assert job.expected["missing"] == 1, "韦处 alone is missing"


def test_the_administrators_pages_of_people_do_not_know_it(account, joined, client_for):
    browser = client_for("gx", user=joined.huang)
    assert browser.get(f"/admin/officers/{account.pk}/").status_code == 404
    assert browser.post(f"/admin/officers/{account.pk}/appoint/", {"role": "leader"}).status_code == 404
    assert browser.get(f"/api/v1/officers/{account.pk}/").status_code == 404


def test_its_name_is_the_connections(joined):
    assert joined.row.name in joined.client.user.display_name
    renamed = services.make_client(
        joined.row, by=joined.huang, name="另一个", wanted=["me:read"], unit=joined.unit, roles=["officer"]
    )[0]
    assert joined.row.name in renamed.user.display_name and renamed.user.username != joined.client.user.username
