"""The life of a province, one command each: add, upgrade, suspend, resume, export, remove, list."""

from __future__ import annotations

import getpass
import socket
import time
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.errors import Problem
from operations import procedures
from operations.parts import FirstPerson, Opening
from operations.province import adding, exporting, removing, suspending, upgrading
from provinces.errors import BorderError

ROLES = {"system_admin": "bureau_admin", "security_admin": "security_admin", "audit_admin": "audit_admin"}


class Command(BaseCommand):
    """Each says what it does, changes nothing with --dry-run, and goes on where it was broken off when run again."""

    help = "省局的开通、升级、暂停、恢复、导出、撤除 / the life of a province"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        deeds: _SubParsersAction[Any] = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("list", help="代码、名称、状态、域名、版本 / code, title, state, hosts, version")
        self._add(deeds.add_parser("add", help="开通 / open a province"))
        upgrade = deeds.add_parser("upgrade", help="升级数据库 / bring schemas to the version on disk")
        upgrade.add_argument("codes", nargs="*", help="provinces; none with --all")
        upgrade.add_argument("--all", action="store_true", help="all provinces")
        upgrade.add_argument("--processes", type=int, help="provinces at once; default: processor cores")
        suspend = deeds.add_parser("suspend", help="暂停 / serve it no more, keep all")
        suspend.add_argument("code")
        suspend.add_argument("--why", required=True, help="原因，留在运维记录里 / kept in the journal")
        deeds.add_parser("resume", help="恢复 / serve it again").add_argument("code")
        export = deeds.add_parser("export", help="导出全部 / everything of a province in an open form")
        export.add_argument("code")
        export.add_argument("--to", type=Path, help="文件夹 / a folder, made if missing")
        export.add_argument("--verify", type=Path, metavar="FOLDER", help="只核对 / only check what lies there")
        remove = deeds.add_parser("remove", help="撤除 / export first, then take it away")
        remove.add_argument("code")
        remove.add_argument("--export-verified", type=Path, required=True, metavar="FOLDER", help="the export")
        remove.add_argument("--confirm", required=True, metavar="CODE", help="the code once more")
        remove.add_argument("--operators", nargs=2, required=True, metavar="NAME", help="两名经办人 / two people")
        remove.add_argument("--now", action="store_true", help="不等七天，须写 --why / without the waiting time")
        remove.add_argument("--why", default="", help="原因 / the reason")
        for name, each in deeds.choices.items():
            each.add_argument("--by", default=f"{getpass.getuser()}@{socket.gethostname()}"[:80], help="经办人 / who")
            if name != "list":
                each.add_argument("--dry-run", action="store_true", help="只说要做什么 / only say what would happen")
                each.add_argument("--abandon", action="store_true", help="放弃没做完的 / give up the unfinished run")

    @staticmethod
    def _add(parser: ArgumentParser) -> None:
        parser.add_argument("code", help="schema and host name, e.g. gx")
        parser.add_argument("--name", required=True, help="e.g. 广西")
        parser.add_argument("--title", required=True, help="the bureau's full title")
        parser.add_argument("--agency-word", required=True, help="机关代字, e.g. 桂市监")
        parser.add_argument("--division", required=True, help="GB/T 2260 code, six digits, e.g. 450000")
        parser.add_argument("--superior", action="store_true", help="总局: decides between provinces; division 000000")
        parser.add_argument("--host", default="", help="default: CODE.<domain>")
        for option, words in (("system", "系统"), ("security", "安全"), ("audit", "审计")):
            parser.add_argument(f"--{option}-admin", required=True, metavar="账号:姓名:手机号", help=f"{words}管理员")

    def handle(self, *args: Any, deed: str, **options: Any) -> None:
        began = time.monotonic()
        try:
            if options.get("abandon"):
                scope = options.get("code") or ",".join(sorted(options.get("codes") or ())) or "all"
                gone = procedures.abandon(f"province.{deed}", scope, by=options["by"], why="--abandon")
                self.stdout.write("abandoned" if gone else "nothing unfinished")
                return
            self._deeds[deed](self, options)
        except Problem as problem:
            raise CommandError(f"{problem.code}: {problem.detail}") from problem
        except (BorderError, ValueError) as error:
            raise CommandError(str(error)) from error
        if deed != "list":
            self.stdout.write(f"{time.monotonic() - began:.1f} s")

    def _how(self, options: Any) -> dict[str, Any]:
        return {"by": options["by"], "say": self._say, "dry_run": options["dry_run"]}

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _list(self, options: Any) -> None:
        for line in upgrading.listed():
            self.stdout.write(line)

    def _add_one(self, options: Any) -> None:
        people = []
        for option, role in ROLES.items():
            parts = options[option].split(":")
            if len(parts) != 3:
                raise CommandError(f"--{option.replace('_', '-')}: 账号:姓名:手机号")
            people.append(FirstPerson(role, *parts))
        new = Opening(
            code=options["code"],
            name=options["name"],
            title=options["title"],
            agency_word=options["agency_word"],
            division_code=options["division"],
            is_superior=options["superior"],
            people=tuple(people),
        )
        adding.add(new, host=options["host"], **self._how(options))

    def _upgrade(self, options: Any) -> None:
        if bool(options["codes"]) == options["all"]:
            raise CommandError("upgrade CODE… | --all")
        codes = None if options["all"] else options["codes"]
        outcome = upgrading.upgrade(codes, processes=options["processes"], **self._how(options))
        for difference in outcome.remaining:
            self.stderr.write(f"not as declared, and the owner may not mend it: {difference}")
        if not options["dry_run"]:
            self.stdout.write(f"{len(outcome.migrated)} migrated")

    def _suspend(self, options: Any) -> None:
        suspending.suspend(options["code"], why=options["why"], **self._how(options))

    def _resume(self, options: Any) -> None:
        suspending.resume(options["code"], **self._how(options))

    def _export(self, options: Any) -> None:
        if options["verify"]:
            exporting.verify(options["code"], options["verify"], say=self._say)
        elif options["to"]:
            exporting.export(options["code"], to=options["to"], **self._how(options))
        else:
            raise CommandError("export CODE --to FOLDER | --verify FOLDER")

    def _remove(self, options: Any) -> None:
        removing.remove(
            options["code"],
            export=options["export_verified"],
            confirm=options["confirm"],
            operators=tuple(options["operators"]),
            at_once=options["now"],
            why=options["why"],
            **self._how(options),
        )

    _deeds = {
        "list": _list,
        "add": _add_one,
        "upgrade": _upgrade,
        "suspend": _suspend,
        "resume": _resume,
        "export": _export,
        "remove": _remove,
    }
