"""Make an administrator where nobody can yet: the first ones of a new province, and of the office."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import Post
from accounts.phones import normal_phone
from audit.trail import Actor
from kernel.errors import Problem
from provinces import context
from provinces.seats import OFFICE, province_seat

ROLES = {
    "province": (Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN, Post.Role.AUDIT_ADMIN),
    "office": (Post.Role.OFFICE_ADMIN,),
}


class Command(BaseCommand):
    """The first sign-in is by phone code. The trail names the console as the one who did it."""

    help = "Add one administrator: administrator gx --role bureau_admin --username huang --name … --phone …"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("where", help='a province\'s code, or "office"')
        parser.add_argument("--role", required=True, choices=[str(role) for roles in ROLES.values() for role in roles])
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--phone", required=True, help="mobile number; codes are sent to it")

    def handle(self, *args: Any, where: str, role: str, **options: Any) -> None:
        seat = OFFICE if where == "office" else province_seat(where)
        if role not in ROLES[seat.kind]:
            raise CommandError(f"{role} is no office of {where}; there are: {', '.join(ROLES[seat.kind])}")
        phone = normal_phone(options["phone"])
        if phone is None:
            raise CommandError(f"{options['phone']} is no phone number")
        try:
            with context.seat(seat):
                user = services.create_person(
                    by=Actor(None, "控制台"),
                    username=options["username"],
                    name=options["name"],
                    phone=phone,
                    roles=(role,),
                )
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(f"{user.username}: {role} of {where}")
