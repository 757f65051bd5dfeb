"""`rotate logins`: new passwords for all database logins, while the product runs.

Connections that are open stay; who opens one finds the next generation by itself (`provinces.passwords`). A pooler that
keeps verifiers in a file must read the new one: its file is written, and its reload called, right after the change.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import clock
from kernel.errors import Words
from operations.errors import ProcedureRefused
from operations.procedures import Act, Run, Say, run
from provinces import context, grants, passwords
from provinces.grants import Installation
from provinces.models import LoginGeneration

KIND = "rotate.logins"


def rotate(*, pgbouncer: Path | None, reload: str, by: str, say: Say, dry_run: bool = False) -> Run:
    """Give every login its next password. pgbouncer: its auth_file. reload: a command that has it read the file."""
    acts = [
        Act("generation", gettext_lazy("下一代口令的编号"), _number),
        Act("passwords", gettext_lazy("更换全部登录账号的口令"), _change, _would),
        Act("check", gettext_lazy("核对：新口令可用，旧口令不可用"), _check, again=True),
    ]
    options = {"pgbouncer": str(pgbouncer or ""), "reload": reload}
    return run(KIND, "all", acts, options=options, by=by, say=say, dry_run=dry_run)


def _number(state: Run) -> dict[str, Any]:
    with context.owner():
        return {"generation": grants.current_generation() + 1}


def _would(state: Run) -> Iterator[Words]:
    here = Installation.here()
    yield _("{count} 个登录账号，第 {old} 代换为第 {new} 代；已打开的连接不断").format(
        count=len(here.seats), old=grants.current_generation(), new=grants.current_generation() + 1
    )


def set_all(generation: int) -> int:
    """All logins and the number of the generation in one transaction. Returns how many logins."""
    with context.owner(), transaction.atomic():
        grants.reset_passwords(generation)
        LoginGeneration.objects.update_or_create(id=1, defaults={"generation": generation, "rotated_at": clock.now()})
        return len(Installation.here().seats)


def tell_pooler(file: str, reload: str, say: Say) -> None:
    """Write PgBouncer's file and have it read."""
    if file:
        call_command("logins", pgbouncer=Path(file))
        say(file)
    if reload:
        subprocess.run(reload, shell=True, check=True)


def _change(state: Run) -> dict[str, Any]:
    count = set_all(int(state.found["generation"]["generation"]))
    tell_pooler(state.options["pgbouncer"], state.options["reload"], state.line)
    state.line(_("{count} 个").format(count=count))
    return {"logins": count}


def _check(state: Run) -> dict[str, Any]:
    check(int(state.found["generation"]["generation"]))
    return {}


def check(generation: int) -> None:
    """Log in as each with its new password, and not with the one before. Raises ProcedureRefused."""
    with context.owner():
        wrong = grants.locked_out()
        if wrong:
            raise ProcedureRefused(why=_("这些登录账号没有用上新口令：{logins}").format(logins=", ".join(wrong)))
        login = Installation.here().seats[-1].login
        if generation and _lets_in(login, passwords.login_password(login, generation - 1)):
            raise ProcedureRefused(why=_("旧口令仍能登录。数据库可能没有要求口令（pg_hba.conf 的 trust）。"))


def _lets_in(login: str, password: str) -> bool:
    import psycopg2

    params = connection.settings_dict
    try:
        psycopg2.connect(
            dbname=params["NAME"], host=params["HOST"], port=params["PORT"], user=login, password=password,
            connect_timeout=5,
        ).close()  # fmt: skip
    except psycopg2.OperationalError:
        return False
    return True
