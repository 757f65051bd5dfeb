"""Bring `public`, the template and all provinces to the version on disk."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provinces.provisioning import migrate_all


class Command(BaseCommand):
    """Exit status 1 when a province failed; run it again to try that one again."""

    help = "Migrate all schemas and apply the declared grants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--processes", type=int, default=None, help="provinces at once; default: processor cores")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        outcome = migrate_all(processes=options["processes"], say=self.stdout.write)
        for difference in outcome.remaining:
            self.stderr.write(f"not as declared, and the owner may not mend it: {difference}")
        self.stdout.write(f"{len(outcome.migrated)} migrated, {time.monotonic() - began:.1f} s")
        if outcome.failed:
            raise CommandError("failed: " + "; ".join(f"{code}: {why}" for code, why in outcome.failed.items()))
