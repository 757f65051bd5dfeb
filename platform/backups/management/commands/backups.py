"""What lies at a place: list it, verify it, rehearse a restoration, take away what no generation needs."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backups import services
from backups.models import Rehearsal
from backups.sealing import new_key
from kernel.errors import Problem


class Command(BaseCommand):
    """`backups list`, `backups verify NAME`, `backups rehearse CODE`, `backups prune`, `backups new-key`."""

    help = "List, verify, rehearse and prune backups; make a key for them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["list", "verify", "rehearse", "prune", "new-key"])
        parser.add_argument("which", nargs="?", default="", help="verify: a backup's name; rehearse: a province's code")
        parser.add_argument("--at", dest="place", default=settings.BACKUP_PLACE, help="default: BACKUP_PLACE")
        parser.add_argument("--name", default="", help="rehearse: which backup; default: the newest")
        parser.add_argument("--days", type=int, default=7)
        parser.add_argument("--weeks", type=int, default=5)
        parser.add_argument("--months", type=int, default=12)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['what'].replace('-', '_')}")(options)
        except Problem as problem:
            raise CommandError(problem.detail) from problem

    def _list(self, options: dict[str, Any]) -> None:
        for each in services.listed(options["place"]):
            when = each.snapshot_at.isoformat(timespec="seconds") if each.snapshot_at else "-"
            self.stdout.write(
                f"{each.name}\t{each.scope}\t{when}\t{each.size_bytes / 1e6:.1f} MB\t{each.why or 'whole'}"
            )

    def _verify(self, options: dict[str, Any]) -> None:
        wrong = services.verify(options["place"], name=options["which"], say=self.stdout.write)
        for each in wrong:
            self.stderr.write(each)
        if wrong:
            raise CommandError(f"{options['which']}: {len(wrong)} wrong")
        self.stdout.write(f"{options['which']}: as it was written")

    def _rehearse(self, options: dict[str, Any]) -> None:
        row = services.rehearse(options["which"], place=options["place"], name=options["name"], say=self.stdout.write)
        for each in row.findings["wrong"]:
            self.stderr.write(each)
        if row.state != Rehearsal.State.PASSED:
            raise CommandError(f"{row.backup_name}: {row.get_state_display()}")
        self.stdout.write(f"{row.backup_name}: {row.get_state_display()}")

    def _prune(self, options: dict[str, Any]) -> None:
        wanted = {name: options[name] for name in ("days", "weeks", "months", "dry_run")}
        gone = services.prune(options["place"], say=self.stdout.write, **wanted)
        self.stdout.write(f"{len(gone)} {'would go' if options['dry_run'] else 'taken away'}")

    def _new_key(self, _options: dict[str, Any]) -> None:
        self.stdout.write(new_key())
