"""The first administrators of a province are made from the console."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Post, User
from provinces import context
from provinces.seats import OFFICE, province_seat


def add(where: str, role: str, username: str = "wei", phone: str = "13900001111") -> None:
    call_command("administrator", where, role=role, username=username, name="韦某", phone=phone)


def test_the_first_administrator_of_a_province_is_made_from_the_console(border):
    add("gx", "security_admin")
    with context.seat(province_seat("gx")):
        person = User.objects.get(username="wei")
        assert [post.role for post in Post.objects.filter(user=person)] == ["security_admin"]
        assert not person.has_usable_password()
    with context.seat(province_seat("gz")):
        assert not User.objects.filter(username="wei").exists()


def test_the_office_has_its_own_administrator(border):
    add("office", "office_admin")
    with context.seat(OFFICE):
        assert Post.objects.filter(user__username="wei", role="office_admin").exists()


def test_a_role_of_another_house_and_a_taken_name_are_refused(border):
    with pytest.raises(CommandError, match="no office of gx"):
        add("gx", "office_admin")
    add("gx", "bureau_admin")
    with pytest.raises(CommandError):
        add("gx", "bureau_admin")
