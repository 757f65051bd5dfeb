"""Keys and passwords are changed while the product runs."""

from __future__ import annotations

import getpass
import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.errors import Problem
from operations import procedures
from operations.rotation import courier, log_keys, logins, master

PARTS: dict[str, Any] = {"logins": logins, "master-key": master, "log-keys": log_keys, "courier-key": courier}


class Command(BaseCommand):
    """Nobody is signed out, no request fails. Run again after a break it goes on."""

    help = "更换口令和密钥，不停机 / change passwords and keys without stopping"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=[*PARTS, "secret-key", "sign-on"])
        parser.add_argument("--log", default="", metavar="NAME", help="只换这一个日志的 / of log-keys: this log only")
        parser.add_argument("--pgbouncer", type=Path, metavar="FILE", help="PgBouncer's auth_file, written anew")
        parser.add_argument("--reload", default="", metavar="COMMAND", help="has PgBouncer read it, right after")
        parser.add_argument("--by", default=f"{getpass.getuser()}@{socket.gethostname()}"[:80], help="经办人 / who")
        parser.add_argument("--dry-run", action="store_true", help="只说要做什么 / only say what would happen")
        parser.add_argument("--abandon", action="store_true", help="放弃没做完的 / give up the unfinished run")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "sign-on":
            call_command("rotate_sign_on_keys", stdout=self.stdout)
            return
        if what == "secret-key":
            self._secret_key()
            return
        part = PARTS[what]
        how = {"by": options["by"], "dry_run": options["dry_run"]}
        if part in (logins, master):
            how |= {"pgbouncer": options["pgbouncer"], "reload": options["reload"]}
        if part is log_keys:
            how |= {"only": options["log"]}
        try:
            if options["abandon"]:
                scope = options["log"] or "all"
                gone = procedures.abandon(part.KIND, scope, by=options["by"], why="--abandon")
                self.stdout.write("abandoned" if gone else "nothing unfinished")
                return
            part.rotate(say=self.stdout.write, **how)
        except Problem as problem:
            raise CommandError(f"{problem.code}: {problem.detail}") from problem

    def _secret_key(self) -> None:
        """Signatures of the old key count as long as it is named; nothing has to be written anew."""
        if not settings.SECRET_KEY_FALLBACKS:
            self.stdout.write("把新钥匙写进 SECRET_KEY、旧钥匙写进 SECRET_KEY_PREVIOUS，逐个重启各部分。")
            self.stdout.write(
                "Put the new key into SECRET_KEY, the old one into SECRET_KEY_PREVIOUS, restart the parts."
            )
            return
        self.stdout.write("旧钥匙仍有效：登录最长 14 天后可以去掉 SECRET_KEY_PREVIOUS。")
        self.stdout.write("The old key still counts. Empty SECRET_KEY_PREVIOUS after 14 days: all sessions are new.")
