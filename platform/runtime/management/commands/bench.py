"""Measure: one JSON line a bench."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from runtime.bench import Bench, Option, found, run_apart, run_here


class Command(BaseCommand):
    """`bench NAME…`, `bench --all`, `bench --list`. Starts what it needs and cleans up."""

    help = (
        "Run benches; each prints one JSON line: name, n, figures, ratio, reference. Those that score a file print it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*")
        parser.add_argument("--all", action="store_true", help="run all that need no option")
        parser.add_argument("--list", action="store_true", help="name all of them")
        parser.add_argument("--json", action="store_true", help="print a score as one JSON object")
        parser.add_argument("--here", action="store_true", help="in this process: used by bench itself")
        for option, names in _options(found()).items():
            parser.add_argument(option.flag, type=option.type, help=f"{option.help} ({', '.join(names)})")

    def handle(self, *args: Any, **options: Any) -> None:
        benches = found()
        if options["list"]:
            self.stdout.write("\n".join(benches))
            return
        names = (
            [name for name in benches if not _missing(benches[name], options)] if options["all"] else options["names"]
        )
        if unknown := [name for name in names if name not in benches]:
            raise CommandError(f"no bench is called {', '.join(unknown)}; there are: {', '.join(benches)}")
        if not names:
            raise CommandError(f"name one of: {', '.join(benches)}; or --all")
        for name in names:
            if missing := _missing(benches[name], options):
                raise CommandError(f"{name} needs {', '.join(missing)}")
        taken = {option.flag for name in names for option in benches[name].options}
        if stray := [
            option.flag for option in _options(benches) if _given(option, options) and option.flag not in taken
        ]:
            raise CommandError(f"{', '.join(names)} does not take {', '.join(stray)}")
        if options["here"]:
            bench = benches[names[0]]
            values = {o.name: options[o.name] if _given(o, options) else o.default for o in bench.options}
            self.stdout.write(run_here(names[0], values, as_json=options["json"]))
            return
        manage = Path(settings.BASE_DIR, "manage.py")
        failed = [name for name in names if run_apart(name, manage, _arguments(benches[name], options))]
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")


def _options(benches: dict[str, Bench]) -> dict[Option, list[str]]:
    """Each flag once, with the benches that take it. The first to declare it says how it is read."""
    first: dict[str, Option] = {}
    names: dict[Option, list[str]] = {}
    for name, bench in benches.items():
        for option in bench.options:
            names.setdefault(first.setdefault(option.flag, option), []).append(name)
    return names


def _given(option: Option, options: dict[str, Any]) -> bool:
    return options.get(option.name) is not None


def _missing(bench: Bench, options: dict[str, Any]) -> list[str]:
    return [option.flag for option in bench.options if option.required and not _given(option, options)]


def _arguments(bench: Bench, options: dict[str, Any]) -> list[str]:
    """The options of one bench, for the command line of its process."""
    given = [f"{option.flag}={options[option.name]}" for option in bench.options if _given(option, options)]
    return [*given, "--json"] if options["json"] else given
