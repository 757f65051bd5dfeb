"""Compare what two parties say of the letters between them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from federation.contracts.addresses import Address
from federation.letters.reconciliation import Direction, reconcile


class Command(BaseCommand):
    """Exit code 1 and the letters by id where the two do not agree."""

    help = "Compare what two parties sent and received: reconcile --a province:gx --b organisation:UUID"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--a", required=True, metavar="PARTY", help="province:gx, organisation:UUID or office")
        parser.add_argument("--b", required=True, metavar="PARTY")

    def handle(self, *args: Any, a: str, b: str, **options: Any) -> None:
        try:
            parties = Address.parse(a), Address.parse(b)
        except ValueError as error:
            raise CommandError(str(error)) from error
        directions = reconcile(*parties)
        for each in directions:
            self._tell(each)
        if not all(each.agrees for each in directions):
            sys.exit(1)

    def _tell(self, way: Direction) -> None:
        self.stdout.write(
            _("{sender} → {addressee}：发出 {sent} 封，收到 {received} 封，在途 {waiting} 封，退回 {back} 封").format(
                sender=way.sender,
                addressee=way.addressee,
                sent=len(way.sent.letters),
                received=len(way.received.letters),
                waiting=len(way.sent.waiting),
                back=len(way.sent.sent_back),
            )
        )
        self.stdout.write(f"  {way.sent.root}\n  {way.received.root}")
        for words, letters in (
            (_("发出未到"), way.missing),
            (_("收到但无发出记录"), way.unsent),
            (_("内容不一致"), way.differing),
        ):
            for letter_id in letters:
                self.stdout.write(f"  {words}: {letter_id}")
