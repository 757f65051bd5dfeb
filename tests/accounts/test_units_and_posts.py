"""The bureau's tree, who holds which office, and the three administrators kept apart."""

import pytest

from accounts import rules, selectors, services, signals
from accounts.models import Post, Unit
from audit import trail
from kernel.errors import Conflict, NotAllowed, NotFound404

Role = Post.Role


def test_units_are_listed_parents_first_with_their_depth(bureau, chen):
    tree = [(depth, unit.code, unit.people_count) for depth, unit in selectors.unit_tree()]
    assert tree == [(0, "450000", 0), (1, "450100", 1), (2, "450103", 0)]


def test_a_zone_committee_and_a_branch_stand_beside_the_county_tree(bureau, nanning, huang):
    for code, kind in (("zone", "zone_committee"), ("branch", "branch_bureau")):
        unit = services.create_unit(by=huang, code=code, name=code, kind=kind, division_code="450103", parent=nanning)
        assert unit.parent == nanning
    assert Unit.objects.filter(division_code="450103").count() == 3


def test_a_unit_code_is_given_once(bureau, huang):
    with pytest.raises(Conflict) as refused:
        services.create_unit(by=huang, code="450100", name="又一个", kind="section_office", division_code="450100")
    assert refused.value.code == "unit_code_taken"


def test_a_unit_is_renamed_and_the_trail_keeps_the_old_name(nanning, huang):
    services.edit_unit(unit=nanning, by=huang, name="南宁局")
    assert trail.of(nanning).last().data["name"] == ["南宁市市场监督管理局", "南宁局"]


def test_a_unit_cannot_be_moved_below_itself(bureau, qingxiu, huang):
    with pytest.raises(Conflict) as refused:
        services.move_unit(unit=bureau, parent=qingxiu, by=huang)
    assert refused.value.code == "unit_in_itself"


def test_a_unit_with_people_or_units_is_not_closed(nanning, qingxiu, chen, huang):
    with pytest.raises(Conflict) as refused:
        services.close_unit(unit=nanning, by=huang)
    assert refused.value.data["people"] == 1
    assert refused.value.data["units"] == 1
    services.close_unit(unit=qingxiu, by=huang)
    assert "450103" not in {unit.code for _depth, unit in selectors.unit_tree()}


def test_an_officer_cannot_arrange_units(nanning, chen):
    with pytest.raises(NotAllowed):
        services.edit_unit(unit=nanning, by=chen, name="我的局")


def test_a_moved_officer_takes_his_posts_along_and_the_old_unit_is_named_to_whoever_holds_open_work(
    chen, nanning, qingxiu, huang, django_capture_on_commit_callbacks
):
    heard = []

    def listen(**said):
        heard.append((said["user_id"], said["from_unit_id"], said["to_unit_id"]))

    signals.unit_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        services.move_person(user=chen, unit=qingxiu, by=huang, why="轮岗")
        services.move_person(user=chen, unit=qingxiu, by=huang)
    signals.unit_changed.disconnect(listen)
    assert chen.unit == qingxiu
    assert [post.unit_id for post in chen.posts.all()] == [qingxiu.pk]
    assert heard == [(chen.pk, nanning.pk, qingxiu.pk)]


def test_nobody_is_moved_into_a_closed_unit(chen, qingxiu, huang):
    services.close_unit(unit=qingxiu, by=huang)
    qingxiu.refresh_from_db()
    with pytest.raises(Conflict):
        services.move_person(user=chen, unit=qingxiu, by=huang)


# Three administrators -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SECURITY_DEPUTY])
def test_one_person_is_not_given_two_of_the_three_offices(huang, lan, bureau, role):
    with pytest.raises(rules.AdministratorsApart) as refused:
        services.appoint(user=huang, role=role, unit=bureau, by=lan)
    assert "黄管理员" in refused.value.detail


def test_the_database_itself_refuses_two_of_the_three_offices(huang, bureau):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(user=huang, unit=bureau, role=Role.AUDIT_ADMIN)


def test_everyday_roles_are_the_system_administrators_and_offices_the_security_administrators_to_give(
    chen, huang, lan, nanning
):
    services.appoint(user=chen, role=Role.DISPATCHER, unit=nanning, by=huang)
    with pytest.raises(NotAllowed):
        services.appoint(user=chen, role=Role.LEADER, unit=nanning, by=lan)
    with pytest.raises(NotAllowed):
        services.appoint(user=chen, role=Role.AUDIT_ADMIN, unit=nanning, by=huang)
    services.appoint(user=chen, role=Role.AUDIT_ADMIN, unit=nanning, by=lan)


def test_nobody_appoints_himself(lan, huang, bureau):
    with pytest.raises(NotAllowed) as refused:
        services.appoint(user=huang, role=Role.LEADER, unit=bureau, by=huang)
    assert refused.value.code == "not_on_yourself"


def test_an_appointment_given_twice_is_one_post(chen, huang, nanning):
    for _ in range(2):
        services.appoint(user=chen, role=Role.LEADER, unit=nanning, by=huang)
    assert Post.objects.filter(user=chen, role=Role.LEADER).count() == 1
    assert trail.of(chen).filter(verb="appoint", by_id=huang.pk).count() == 1


@pytest.fixture
def deputies(bureau, lan, make_person):
    people = [make_person(name, name, unit=bureau) for name in ("mo", "nong")]
    for person in people:
        services.appoint(user=person, role=Role.SECURITY_DEPUTY, unit=bureau, by=lan)
    return people


def withdraw_security(lan):
    services.withdraw(post=lan.posts.get(role=Role.SECURITY_ADMIN), by=lan, why="调离")


def test_the_last_security_administrator_cannot_leave_without_two_deputies(lan, huang):
    with pytest.raises(rules.LastSecurityAdministrator) as refused:
        withdraw_security(lan)
    assert refused.value.data == {"name": "蓝管理员", "deputies": 0, "needed": 2}
    with pytest.raises(rules.LastSecurityAdministrator):
        services.suspend(user=lan, by=huang, why="停用")
    assert lan.posts.filter(role=Role.SECURITY_ADMIN).exists()


def test_a_suspended_deputy_does_not_count(lan, huang, deputies):
    services.suspend(user=deputies[0], by=huang, why="停用")
    with pytest.raises(rules.LastSecurityAdministrator):
        withdraw_security(lan)


def test_with_two_deputies_the_last_one_may_leave_and_the_two_together_appoint_the_next(lan, huang, deputies, chen):
    withdraw_security(lan)
    first, second = deputies
    with pytest.raises(NotAllowed):
        services.recover_security_administrator(deputies=(first, first), user=chen)
    with pytest.raises(NotAllowed):
        services.recover_security_administrator(deputies=(first, huang), user=chen)
    with pytest.raises(rules.AdministratorsApart):
        services.recover_security_administrator(deputies=(first, second), user=huang)
    services.recover_security_administrator(deputies=(first, second), user=chen)
    assert {entry.by_id for entry in trail.of(chen).filter(verb="recover")} == {first.pk, second.pk}
    with pytest.raises(Conflict):
        services.recover_security_administrator(deputies=(first, second), user=lan)


# Doors ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", [selectors.person, selectors.unit, selectors.import_job])
def test_what_is_not_here_is_not_found(gx, door):
    from uuid import uuid4

    for absent in (uuid4(), "no uuid", ""):
        with pytest.raises(NotFound404):
            door(absent)


def test_an_officer_who_moves_to_another_province_has_a_second_account_there_and_nothing_comes_along(
    border, make_person
):
    """Two accounts, no data carried along."""
    from accounts.models import User
    from provinces import context

    with context.province("gx"):
        unit = services.create_unit(
            by=trail.Actor(None, "系统"), code="1", name="广西局", kind="provincial_bureau", division_code="450000"
        )
        gone = make_person("chen", "陈勇", Role.OFFICER, unit=unit, phone="+8613800000001", officer_cert_no="A1")
    with context.province("gd"):
        assert not User.objects.exists()
        come = make_person("chen", "陈勇", phone="+8613800000001", officer_cert_no="A1")
        assert come.pk != gone.pk
        assert come.unit is None
        assert not come.posts.exists()
    with context.province("gx"):
        assert User.objects.get().unit_id == unit.pk
