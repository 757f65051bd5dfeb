"""Write what a seat keeps of a sealed log to standard output: to be laid up outside this installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from federation.heads import kept
from provinces import context
from provinces.seats import named_seat


class Command(BaseCommand):
    """`log_heads --log gx --kept-by gd > gx-by-gd.json`; without --kept-by what the log's own seat keeps."""

    help = "Print the heads of a log that a party has countersigned, and their time-stamps, as JSON"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--log", required=True, help="whose log: gx, office, brands")
        parser.add_argument("--kept-by", default="", help="whose keeping: gd, office")

    def handle(self, *args: Any, log: str, kept_by: str, **options: Any) -> None:
        try:
            seat = named_seat(kept_by or log)
        except ValueError as error:
            raise CommandError(str(error)) from error
        with context.seat(seat):
            self.stdout.write(kept.as_text(log))
