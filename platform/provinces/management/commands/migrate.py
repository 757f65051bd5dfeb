"""Django's `migrate` knows one schema; here there are many, each with its own login and version."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as MigrateCommand


class Command(MigrateCommand):
    """Refuses, and names the command that does it."""

    help = "Refused: use province upgrade --all."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit("migrate: refused. There is one schema per province: run `manage.py province upgrade --all`.")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("There is one schema per province: use provinces.provisioning.migrate_all().")
