"""Make the sandbox of integrators, or make it anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provinces.hosts import DIRECTORY
from runtime.sandbox import making


class Command(BaseCommand):
    """`create` opens it where there is none; `reset` drops what was written and puts the sample back."""

    help = "Make the sandbox of integrators, or make it anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=["create", "reset"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"] == "create":
            if not making.create(self.stdout.write):
                self.stdout.write("there is a sandbox already")
            return
        if DIRECTORY.sandbox() is None:
            raise CommandError("there is no sandbox: `manage.py sandbox create` makes one")
        making.reset(self.stdout.write)
