"""Verify a sealed log now, from the stored originals to the time-stamps."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit.verify import OutsideHead, OutsideStamp, Verification
from federation.heads import kept
from provinces import context
from provinces.seats import named_seat


class Command(BaseCommand):
    """Exit code 1 and every bad link in words, the first one first."""

    help = "Verify a log: verify_log --log gx [--against FILE …] [--no-files]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--log", required=True, help="whose log: gx, office, brands")
        parser.add_argument(
            "--against", action="append", default=[], metavar="FILE", help="what others keep of it, by log_heads"
        )
        parser.add_argument("--no-files", action="store_true", help="leave the stored originals unread")

    def handle(self, *args: Any, log: str, against: list[str], no_files: bool, **options: Any) -> None:
        outside: list[OutsideHead] = []
        stamps: list[OutsideStamp] = []
        for name in against:
            try:
                more_heads, more_stamps = kept.read(Path(name).read_text("utf-8"))
            except (OSError, ValueError) as error:
                raise CommandError(f"{name}: {error}") from error
            outside += more_heads
            stamps += more_stamps
        try:
            seat = named_seat(log)
        except ValueError as error:
            raise CommandError(str(error)) from error
        with context.seat(seat):
            report = Verification(log, files=not no_files, progress=self._progress).walk(
                outside=outside, outside_stamps=stamps
            )
        self.stdout.write(
            _(
                "封存日志 {log}：{size} 条，日结 {heads} 次，见证 {countersigned} 份，"
                "时间戳 {stamped} 个（其中演示 {demo} 个），外部留存 {outside} 份"
            ).format(
                log=log,
                size=report.size,
                heads=report.heads,
                countersigned=report.countersigned,
                stamped=report.stamped,
                demo=report.demo_stamps,
                outside=report.outside,
            )
        )
        for fault in report.faults:
            self.stdout.write(f"  ✗ {fault.words}")
        if not report.holds:
            sys.exit(1)
        self.stdout.write(_("逐项核对无误"))

    def _progress(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{done} / {total}", ending="\r")
