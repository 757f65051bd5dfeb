"""Show the table of holidays, or load a year into it from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from audit.trail import Actor
from kernel.errors import Problem
from provinces import context
from provinces.seats import OFFICE
from workdays import reading, selectors, services


class Command(BaseCommand):
    """`workdays show`, `workdays load 2027 FILE --basis …`. The trail names the console as the one who did it."""

    help = "Show the table of holidays, or load a year from a file of lines: 2027-01-01至2027-01-03 放假 元旦"

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser("show", help="the years and where they are from")
        load = what.add_parser("load", help="put a year in the table, whole")
        load.add_argument("year", type=int)
        load.add_argument("file", type=Path, help="UTF-8; the days as on the page, or CSV: date,kind,name")
        load.add_argument("--basis", required=True, help="the notice that the arrangement follows")
        load.add_argument("--dry-run", action="store_true", help="say what it would change")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        try:
            with context.seat(OFFICE):
                if what == "show":
                    self._show()
                else:
                    self._load(**options)
        except OSError as error:
            raise CommandError(str(error)) from error
        except UnicodeDecodeError as error:
            raise CommandError(_("文件不是 UTF-8 编码。请另存为 UTF-8 后再录入。")) from error
        except Problem as problem:
            raise CommandError(problem.detail) from problem

    def _show(self) -> None:
        for each in selectors.years():
            basis = each.row.basis if each.row else _("随系统提供")
            self.stdout.write(f"{each.year}: {len(each.days)} · {basis}")

    def _load(self, *, year: int, file: Path, basis: str, dry_run: bool, **_other: Any) -> None:
        days = reading.read_lines(file.read_text(encoding="utf-8-sig"))
        for change in services.preview(year, days):
            self.stdout.write(f"{change.day} {change.before or '-'} → {change.after or '-'}")
        if not dry_run:
            services.load(by=Actor(None, "控制台"), year=year, days=days, basis=basis)
            self.stdout.write(_("{year} 年的节假日表已录入。").format(year=year))
