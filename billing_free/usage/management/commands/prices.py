"""The price table of running it at home, from the console: what holds, and new rows from a file."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.trail import Actor
from billing_free.prices import selectors
from billing_free.usage import pricing
from billing_free.usage.meters import METERS
from kernel import clock
from kernel.errors import Problem
from kernel.tables import csv_line
from provinces import context
from provinces.seats import OFFICE


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == len("2026-09") else text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: write a month as 2026-09, or its first day as 2026-09-01") from error


def _lines(problem: Problem) -> list[str]:
    found = problem.data.get("problems", [])
    return [str(each) for each in found] if isinstance(found, list) else []


class Command(BaseCommand):
    """Written as the office; the trail names the console. What the file says again is not written twice."""

    help = "prices list [--on 2026-09] | prices add FILE.csv --from 2026-10 [--dry-run]; columns: meter,yuan,note"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listed = actions.add_parser("list", help="what each meter costs, as a CSV that `add` reads")
        listed.add_argument("--on", type=_month, default=None, help="in this month; default: the present one")
        added = actions.add_parser("add", help="write new prices: all rows of the file or none")
        added.add_argument("file", type=Path, help="CSV or XLSX with the columns meter, yuan, note")
        added.add_argument("--from", dest="valid_from", type=_month, required=True, help="a month that has not begun")
        added.add_argument("--dry-run", action="store_true", help="look at every row, write nothing")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            with context.seat(OFFICE):
                if action == "list":
                    self._list(options["on"] or clock.today().replace(day=1))
                else:
                    self._add(options["file"], options["valid_from"], dry_run=options["dry_run"])
        except Problem as problem:
            raise CommandError("\n".join([problem.detail, *_lines(problem)])) from problem

    def _list(self, month: date) -> None:
        held = selectors.in_force(month)
        self.stdout.write(csv_line(["meter", "yuan", "note", "valid_from", "per"]).rstrip())
        for meter in sorted(METERS.values(), key=lambda each: (each.order, each.code)):
            row = held.get(meter.code)
            fen = row.fen if row else meter.fen
            yuan = "" if fen is None else f"{fen // 100}.{fen % 100:02d}"
            since = row.valid_from.isoformat() if row else ""
            cells = [meter.code, yuan, row.note if row else "", since, f"{meter.priced_per}"]
            self.stdout.write(csv_line(cells).rstrip())

    def _add(self, file: Path, valid_from: date, *, dry_run: bool) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        lines = pricing.read(content, valid_from=valid_from)
        for line in lines:
            self.stdout.write(f"{line.meter}: {line.fen // 100}.{line.fen % 100:02d}")
        if dry_run:
            self.stdout.write(f"{len(lines)} rows are right; nothing was written")
            return
        made = pricing.write(lines, valid_from=valid_from, by=Actor(None, "控制台"))
        self.stdout.write(f"{len(made)} prices from {valid_from:%Y-%m} on, {len(lines) - len(made)} stood already")
