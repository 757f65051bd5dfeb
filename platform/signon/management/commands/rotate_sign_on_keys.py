"""A new key with which a province signs what it says about its people."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from provinces import context
from provinces.hosts import DIRECTORY
from signon.idp import keys


class Command(BaseCommand):
    """Systems notice nothing: the new key is published two hours before it signs."""

    help = "Change the signing key of a province's own sign-on: rotate_sign_on_keys gx [--at-once]; all without a code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("where", nargs="*", help="codes of provinces; all that live here by default")
        parser.add_argument("--at-once", action="store_true", help="after a leak: old keys are worthless from now on")

    def handle(self, *args: Any, where: list[str], at_once: bool, **options: Any) -> None:
        for code in where or sorted(host.seat.name for host in DIRECTORY.provinces()):
            with context.province(code):
                made = keys.rotate(at_once=at_once)
            self.stdout.write(f"{code}: {made.kid} signs from {made.not_before:%Y-%m-%d %H:%M} UTC")
