"""Look after the database logins: the password of each, and every declared right."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from provinces import context, grants
from provinces.grants.common import Installation
from provinces.passwords import login_password, scram_verifier
from provinces.seats import login_name

POOLER_ADMIN = "pooler"
"""Whoever may say RELOAD to PgBouncer: name it in admin_users, with the installation's prefix."""


class Command(BaseCommand):
    """Names each login whose password was changed, and each right that is not as declared. Status 1 if there is one."""

    help = "Compare logins, passwords and rights with what is declared; --mend puts them right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="set passwords and rights as declared")
        parser.add_argument(
            "--pgbouncer",
            type=Path,
            metavar="FILE",
            help="only write PgBouncer's auth_file: each login with its SCRAM verifier, no password",
        )
        parser.add_argument("--reload", metavar="HOST:PORT", help="then have that PgBouncer read it")
        parser.add_argument("--every", type=float, metavar="SECONDS", help="go on, looking for new logins that often")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["pgbouncer"]:
            self._keep_auth_file(options["pgbouncer"], options["reload"] or "", options["every"] or 0)
            return
        with context.owner():
            found = [f"{login}: another password than the derived one" for login in grants.locked_out()]
            found += [str(difference) for difference in grants.differences()]
            left = found
            if options["mend"]:
                grants.reset_passwords()
                left = [str(difference) for difference in grants.apply()]
        for each in found:
            self.stdout.write(f"{'left' if each in left else 'mended'}: {each}")
        if left:
            raise CommandError(f"{len(left)} not as declared")
        self.stdout.write("as declared")

    def _keep_auth_file(self, file: Path, pooler: str, every_s: float) -> None:
        """Write the file when it is not as it should be, and have PgBouncer read it. every_s: 0 means once."""
        asked = ""
        while True:
            try:
                text = _auth_file()
                if not file.exists() or file.read_text() != text:
                    _write_whole(file, text)
                    self.stdout.write(f"{file}: {text.count(chr(10))} logins")
                if pooler and asked != text:
                    _reload(pooler)
                    asked = text
                    self.stdout.write(f"{pooler}: read again")
            except (psycopg2.Error, DatabaseError) as error:
                if not every_s:
                    raise
                self.stderr.write(f"not yet: {error}")
            if not every_s:
                return
            time.sleep(every_s)


def _auth_file() -> str:
    with context.owner():
        logins = [seat.login for seat in Installation.here().seats]
        generation = grants.current_generation()
    names = [*logins, login_name(POOLER_ADMIN)]
    return "".join(f'"{login}" "{scram_verifier(login, generation)}"\n' for login in names)


def _write_whole(file: Path, text: str) -> None:
    """Whole at once, for PgBouncer may read it at any time; for its owner and group only."""
    number, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(number, "w") as stream:
        stream.write(text)
    Path(draft).chmod(0o640)
    Path(draft).replace(file)


def _reload(pooler: str) -> None:
    """RELOAD at PgBouncer's console. The login is PgBouncer's own: the database knows none of that name."""
    host, _, port = pooler.rpartition(":")
    login = login_name(POOLER_ADMIN)
    console = psycopg2.connect(
        dbname="pgbouncer", host=host, port=port, user=login, password=login_password(login), connect_timeout=5
    )
    try:
        console.autocommit = True
        with console.cursor() as cursor:
            cursor.execute("RELOAD")
    finally:
        console.close()
