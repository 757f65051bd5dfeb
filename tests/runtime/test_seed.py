"""When a start tells the story, and when it leaves everything alone."""

import pytest
from django.core.management import call_command

from accounts.models import User
from appraisal.catalogue.models import Category
from audit.models import Trail
from divisions.models import Division
from kernel import clock
from provinces import context
from runtime import seed as seeding
from runtime.sample import cast


@pytest.fixture
def nothing_is_drawn(monkeypatch):
    """A story that is not to be told is not drawn either."""

    def refuse(*given):
        raise AssertionError("pictures were asked for")

    monkeypatch.setattr(seeding, "Pictures", refuse)


def test_an_installation_in_use_gets_divisions_and_no_story(border, settings, nothing_is_drawn):
    settings.DEMO = False
    seeding.seed(lambda line: None)
    with context.owner():
        assert Division.objects.filter(code="450103").exists()
        assert not User.objects.exists()
        assert Category.objects.filter(code="baijiu", name="白酒", is_active=True).exists(), (
            "no house could add a product"
        )
        Category.objects.filter(code="baijiu").update(name="酒")
    seeding.seed(lambda line: None)
    with context.owner():
        assert Category.objects.filter(name="酒").exists() and not Category.objects.filter(name="白酒").exists()
    with context.province("gx"):
        assert not User.objects.exists()


def test_a_story_told_to_its_end_is_not_told_again(border, nothing_is_drawn):
    with context.owner():
        Division.objects.create(code="450000", name="广西", short_name="广西", level="province", parent_code="")
        Trail.objects.create(record_label=seeding.LABEL, record_id=seeding.STORY_ID, verb="tell", by_name="系统")
    call_command("seed")
    with context.province("gx"):
        assert not User.objects.exists()


def test_officers_of_a_story_told_earlier_get_a_last_day_for_their_certificates(border, nothing_is_drawn):
    with context.owner():
        Division.objects.create(code="450000", name="广西", short_name="广西", level="province", parent_code="")
        Trail.objects.create(record_label=seeding.LABEL, record_id=seeding.STORY_ID, verb="tell", by_name="系统")
    with context.province("gx"):
        for name, number in (("chen", "450000990001"), ("wei", None), ("newcomer", "450000990999")):
            User.objects.create_user(name, name=name, officer_cert_no=number)
    call_command("seed")
    with context.province("gx"):
        until = dict(User.objects.values_list("username", "officer_cert_until"))
    assert until["chen"] > clock.today() and until["wei"] is None and until["newcomer"] is None


def test_the_printed_sign_ins_are_people_of_the_story_at_their_own_hosts():
    hosts = {each.username: each.host for each in seeding.sign_ins()}
    assert hosts["chen"] == hosts["wei"] == "gx" and hosts["lin"] == "brands" and hosts["zhao"] == "federation"
    phones = {row.phone for row in (*cast.OFFICERS.values(), *cast.STAFF.values())}
    assert {each.phone for each in seeding.sign_ins()} <= phones
