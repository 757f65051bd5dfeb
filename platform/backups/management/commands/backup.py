"""Write a backup of one province, or of all."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backups import services
from kernel.errors import Problem


class Command(BaseCommand):
    """Safe to repeat: what lies at the place already is not copied again."""

    help = "Write a backup of one province (its code) or of everything (--all) to a folder or s3://bucket/prefix."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("code", nargs="?", help="code of a province")
        which.add_argument("--all", action="store_true", help="every province and what they share")
        parser.add_argument("--to", default=settings.BACKUP_PLACE, help="the place; default: BACKUP_PLACE")
        parser.add_argument("--dry-run", action="store_true", help="say what it would hold")

    def handle(self, *args: Any, **options: Any) -> None:
        code = None if options["all"] else options["code"]
        try:
            made = services.back_up(code, place=options["to"], say=self.stdout.write, dry_run=options["dry_run"])
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        if made is not None and made.ended_at is not None:
            seconds = (made.ended_at - made.began_at).total_seconds()
            self.stdout.write(f"{made.name}: {made.bytes / 1e6:.1f} MB written in {seconds:.1f} s")
