"""Put a backup in the place of what is there."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backups import services
from kernel.errors import Problem


class Command(BaseCommand):
    """One province comes back into the running installation; all only on a host that is meant to be replaced."""

    help = "Restore one province (its code) or everything (--all) from a backup, and rejoin the others."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("code", nargs="?", help="code of a province")
        which.add_argument("--all", action="store_true", help="every province and what they share")
        parser.add_argument("--from", dest="place", default=settings.BACKUP_PLACE, help="default: BACKUP_PLACE")
        parser.add_argument("--name", default="", help="which backup; default: the newest")
        parser.add_argument("--dry-run", action="store_true", help="check the backup and say what would be done")
        parser.add_argument("--to-new-host", action="store_true", help="this host is new, or is to be replaced whole")
        parser.add_argument(
            "--people-of-backup", action="store_true", help="accounts and posts go back too, suspended ones included"
        )
        parser.add_argument(
            "--without-safety", action="store_true", help="write no backup of what is there before it is replaced"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        code = None if options["all"] else options["code"]
        try:
            done = services.restore(
                code,
                place=options["place"],
                name=options["name"],
                say=self.stdout.write,
                dry_run=options["dry_run"],
                to_new_host=options["to_new_host"],
                people_of_backup=options["people_of_backup"],
                safety=not options["without_safety"],
            )
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        if done is not None:
            self.stdout.write(json.dumps(done.report, ensure_ascii=False, indent=1, default=str))
