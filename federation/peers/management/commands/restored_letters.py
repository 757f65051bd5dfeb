"""After a restoration: letters that a province wrote and forgot, and what other installations still have to say."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backups.hooks import Return
from backups.models import Restoration
from federation.letters import restored
from federation.peers import returning
from kernel.errors import Problem
from provinces import context


class Command(BaseCommand):
    """Lists what is open; `--release` lets another letter like one of these be written."""

    help = "Letters that a restored province wrote after its backup; --release ID, --rejoin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", default="", help="code of a province")
        parser.add_argument("--release", type=UUID, help="a person has looked: such a letter may be written again")
        parser.add_argument("--rejoin", action="store_true", help="ask all peers once more")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rejoin"]:
            self._rejoin()
        elif options["code"]:
            self._list(options["code"], options["release"])
        else:
            raise CommandError("a province's code, or --rejoin")

    def _list(self, code: str, letter_id: UUID | None) -> None:
        with context.province(code):
            try:
                if letter_id is not None:
                    restored.release(letter_id)
            except Problem as problem:
                raise CommandError(problem.detail) from problem
            for row in restored.open_ones():
                letter = row.letter
                self.stdout.write(f"{row.pk}\t{letter.written_at:%F %T}\t{letter.document_no or letter.kind}")

    def _rejoin(self) -> None:
        with context.owner():
            done = Restoration.objects.filter(new_host=True, state=Restoration.State.DONE)
            last = done.exclude(report__has_key="part_of").first()
        if last is None:
            raise CommandError("nothing was restored on a new host here")
        until = last.closed_at or last.began_at
        backs = {
            code: Return(restoration_id=last.pk, code=code, since=last.snapshot_at, until=until, whole=True)
            for code in last.report["provinces"]
        }
        returning.rejoin(backs)
        for peer, said in next(iter(backs.values())).found.get("peers", {}).items():
            self.stdout.write(f"{peer}: {said}")
