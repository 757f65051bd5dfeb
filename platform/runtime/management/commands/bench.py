"""Measure: one JSON line a bench."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from runtime.bench import found, run_apart, run_here


class Command(BaseCommand):
    """`bench NAME…`, `bench --all`, `bench --list`. Starts what it needs and cleans up."""

    help = "Run benches; each prints one JSON line: name, n, figures, ratio, reference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*")
        parser.add_argument("--all", action="store_true", help="run all of them")
        parser.add_argument("--list", action="store_true", help="name all of them")
        parser.add_argument("--here", action="store_true", help="in this process: used by bench itself")

    def handle(self, *args: Any, **options: Any) -> None:
        benches = found()
        if options["list"]:
            self.stdout.write("\n".join(benches))
            return
        names = list(benches) if options["all"] else options["names"]
        if unknown := [name for name in names if name not in benches]:
            raise CommandError(f"no bench is called {', '.join(unknown)}; there are: {', '.join(benches)}")
        if not names:
            raise CommandError(f"name one of: {', '.join(benches)}; or --all")
        if options["here"]:
            self.stdout.write(run_here(names[0]))
            return
        failed = [name for name in names if run_apart(name, Path(settings.BASE_DIR, "manage.py"))]
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")
