"""Spread the provinces' schemas over the nodes of a Citus cluster."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.errors import Problem
from provinces import context, distributing


class Command(BaseCommand):
    """`distribute [--dry-run]`: what is done by which statements; refuses, with the reason, where it cannot be done."""

    help = "Distribute each province's schema over the nodes of a Citus cluster (schema-based sharding)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="check the rules and print the SQL, change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        with context.owner():
            found = distributing.plan()
            self.stdout.write(f"-- citus: {found.citus or 'not there'}; distributed already: {len(found.there)}")
            self.stdout.write(f"-- {len(found.local)} shared tables stay on the coordinator")
            for rule, what in found.broken.items():
                self.stdout.write(f"-- broken rule {rule}: {', '.join(what)}")
            try:
                if dry_run:
                    for statement in found.statements:
                        self.stdout.write(f"{statement};")
                    if found.broken:
                        found.refuse()
                    return
                for statement in distributing.run(found):
                    self.stdout.write(f"{statement}; -- done")
            except Problem as problem:
                raise CommandError(str(problem)) from problem
