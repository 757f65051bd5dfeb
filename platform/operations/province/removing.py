"""`province remove`: after an export that verifies, a waiting time, and two people; it leaves a proof and no door.

What was sent to others stays theirs; the ledger keeps the letters under the name `<code>closed<n>`, so that whoever is
opened under the same code later sees none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import log as seal_log
from audit.models import LogEntry
from evidence.errors import StillLocked
from evidence.store import name_and_version, store
from kernel import clock
from kernel.errors import Words
from kernel.ids import uuid7
from operations.errors import NotConfirmed, ProcedureRefused
from operations.models import Procedure, Step
from operations.parts import found
from operations.procedures import Act, Run, Say, run
from operations.province import checks, exporting
from provinces import context, provisioning
from provinces.database.base import POOL
from provinces.grants import quoted
from provinces.models import ClosedProvince, Domain, Province
from provinces.seats import OFFICE, login_name
from retention.kinds import model_of
from retention.models import HeldThing, Hold
from retention.reach import Reach

KIND = "province.remove"
WAIT = timedelta(days=7)
SEALED_AS = "province.removed"
SHOWN = 20
FIRST_TO_TAKE = "letters"
"""The step before which nothing is changed, and after which the export cannot be compared any more."""


def remove(
    code: str,
    *,
    export: Path,
    confirm: str,
    operators: tuple[str, ...],
    at_once: bool = False,
    why: str = "",
    by: str,
    say: Say,
    dry_run: bool = False,
) -> Run:
    """Take a suspended province away for good. Raises NotConfirmed, ProcedureRefused, ExportWrong before it begins."""
    names = [" ".join(name.split()) for name in operators]
    if confirm != code:
        raise NotConfirmed(why=_("--confirm 后面要再写一次 {code}。").format(code=code))
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise NotConfirmed(why=_("撤除要两名不同的经办人，都写姓名。"))
    if at_once and not why.strip():
        raise NotConfirmed(why=_("不等七天要写明原因（--why）。"))
    options = {"export": str(export.absolute()), "operators": names, "now": at_once, "why": why}
    acts = [
        Act("ready", gettext_lazy("核对：已暂停、已导出、没有未了的事"), _ready, _would_check, again=True),
        Act(FIRST_TO_TAKE, gettext_lazy("在途来件退回；函件改挂在已撤除的名下"), _letters, _would_rename),
        Act("objects", gettext_lazy("对象存储"), _objects, _would_delete),
        Act("caches", gettext_lazy("缓存和实时流"), _caches),
        Act("schema", gettext_lazy("数据库模式、域名"), _schema, _would_drop),
        Act("login", gettext_lazy("登录账号"), _login),
        Act("proof", gettext_lazy("省际协作办公室封存日志"), _proof),
        Act("answers", gettext_lazy("域名应答"), _answers, again=True),
    ]
    return run(KIND, code, acts, options=options, by=by, say=say, dry_run=dry_run)


def has_begun(code: str) -> bool:
    """Whether a removal that is not finished has taken away something, or may have. As the owner."""
    steps = Step.objects.filter(procedure__kind=KIND, procedure__scope=code, procedure__state__in=Procedure.OPEN)
    return steps.filter(name=FIRST_TO_TAKE).exists()


# Before anything is touched -------------------------------------------------------------------------------------------


def _would_check(state: Run) -> Iterator[Words]:
    if FIRST_TO_TAKE in state.found:
        return
    row = _row(state)
    yield _("{title}：{state}").format(title=row.bureau_title, state=row.get_state_display())
    for problem in _problems(state, row):
        yield _("还不行：{why}").format(why=problem)


def _row(state: Run) -> Province:
    row: Province | None = Province.objects.filter(schema_name=state.scope).first()
    if row is None:
        raise ProcedureRefused(why=_("没有 {code}。").format(code=state.scope))
    return row


def _problems(state: Run, row: Province) -> Iterator[str]:
    if row.state != Province.State.SUSPENDED or row.suspended_at is None:
        yield _("要先暂停：manage.py province suspend {code}").format(code=state.scope)
        return
    until = row.suspended_at + WAIT
    if clock.now() < until and not state.options["now"]:
        yield _("暂停满七天才能撤除，到 {at:%Y-%m-%d %H:%M} UTC").format(at=until)
    for _label, function in found("closing", "outstanding"):
        for what, count in function(state.scope).items():
            if count:
                yield f"{what}: {count}"


def _check_same(state: Run, row: Province | None) -> None:
    """Raises ProcedureRefused for a province that was served, or made, since it was looked at; None: it is gone."""
    if row is None or row.state == Province.State.SUSPENDED and _since(row) == state.found["ready"].get("suspended_at"):
        return
    raise ProcedureRefused(
        why=_("{code} 在核对以后又使用过。请先用 --abandon 放弃这次撤除，再暂停、导出、撤除。").format(code=state.scope)
    )


def _since(row: Province) -> str:
    return row.suspended_at.isoformat() if row.suspended_at else ""


def _ready(state: Run) -> dict[str, Any]:
    if FIRST_TO_TAKE in state.found:
        with context.owner():
            _check_same(state, Province.objects.filter(schema_name=state.scope).first())
        looked_at: dict[str, Any] = state.found["ready"]
        return looked_at
    folder = Path(state.options["export"])
    with context.owner():
        row = _row(state)
        problems = list(_problems(state, row))
    if problems:
        raise ProcedureRefused(why="；".join(problems))
    manifest = exporting.verify(state.scope, folder, say=state.line)
    if manifest["state"] != Province.State.SUSPENDED or _moment(manifest["began_at"]) < row.suspended_at:
        raise ProcedureRefused(why=_("那次导出开始时 {code} 还没有暂停。请重新导出。").format(code=state.scope))
    if changed := exporting.changed_since(state.scope, folder, manifest):
        raise ProcedureRefused(why=_("导出以后还有变化：{what}。请重新导出。").format(what=", ".join(changed[:5])))
    with context.owner():
        number = ClosedProvince.objects.filter(code=state.scope).count() + 1
        domains = list(Domain.objects.filter(tenant=row).values_list("domain", flat=True))
    return {
        "closed_id": str(uuid7()),
        "former": f"{state.scope}closed{number}",
        "hosts": domains,
        "suspended_at": _since(row),
        "manifest_sha256": exporting.digest_of(folder),
        "rows": sum(part["rows"] for part in manifest["tables"]),
        "objects": sum(part["rows"] for part in manifest["objects"]),
    }


def _moment(text: str) -> Any:
    return parse_datetime(text)


# Taking away ----------------------------------------------------------------------------------------------------------


def _would_rename(state: Run) -> Iterator[Words]:
    number = ClosedProvince.objects.filter(code=state.scope).count() + 1
    yield _("名下函件改记为 {former}，收件方手里的不变").format(former=f"{state.scope}closed{number}")


def _letters(state: Run) -> dict[str, Any]:
    told: dict[str, int] = {}
    with context.owner(), transaction.atomic():
        # Looking at everything takes long: whoever serves the province again meanwhile waits here, or was first.
        _check_same(state, _locked(state))
        for _label, function in found("closing", "close_province"):
            told |= function(state.scope, state.found["ready"]["former"])
    for name, count in told.items():
        state.line(f"{name}: {count}")
    return told


def _locked(state: Run) -> Province | None:
    row: Province | None = Province.objects.select_for_update(no_key=True).filter(schema_name=state.scope).first()
    return row


def _held_names(code: str) -> set[str]:
    """Objects, in all their versions, of records that a legal hold reaches. In the province's seat."""
    reach = Reach(code, ())
    things = HeldThing.objects.filter(hold__seat=code, hold__state__in=Hold.HOLDING)
    for label, record_id in things.values_list("label", "record_id"):
        reach.rows.setdefault(model_of(label), set()).add(record_id)
    return {name_and_version(key)[0] for key in reach.objects()}


def _left_before(code: str) -> set[str]:
    """What a hold kept when a province of the same code was removed earlier: its rows are gone, the proof names it."""
    with context.owner():
        proofs = ClosedProvince.objects.filter(code=code).values_list("proof", flat=True)
        lists = [proof.get("objects_staying", ()) for proof in proofs]
    return {name_and_version(each["key"])[0] for stays in lists for each in stays if each["why"] == "hold"}


def _would_delete(state: Run) -> Iterator[Words]:
    yield _("删除 {code}/ 下的全部文件；锁定期内的和被法律保留的留下，逐件列出").format(code=state.scope)


def _objects(state: Run) -> dict[str, Any]:
    gone, stays = 0, []
    held = _left_before(state.scope)
    with context.province(state.scope):
        held |= _held_names(state.scope)
        for key, _size in store().walk():
            if name_and_version(key)[0] in held:
                stays.append({"key": key, "until": "", "why": "hold"})
                continue
            try:
                store().let_go(key)
                gone += 1
            except StillLocked as locked:
                stays.append({"key": key, "until": str(locked.data.get("until", "")), "why": "lock"})
    state.line(_("删除 {gone} 件，留下 {stays} 件").format(gone=gone, stays=len(stays)))
    for each in stays[:SHOWN]:
        state.line(f"  {each['key']}  {each['why']} {each['until']}")
    if len(stays) > SHOWN:
        state.line(f"  … {len(stays) - SHOWN}")
    if stays:
        state.line(_("lock：到期后在对象存储里删除；hold：等决定保留的单位书面解除后再删除。全部清单在撤除证明里"))
    return {"stays": stays}


def _caches(state: Run) -> dict[str, Any]:
    if not settings.VALKEY_URL:
        return {}
    client = redis.Redis.from_url(settings.VALKEY_URL, socket_timeout=5, socket_connect_timeout=2)
    gone = 0
    try:
        for pattern in (f"*:{state.scope}:*", f"*:{state.scope}"):
            for keys in _some(client.scan_iter(match=pattern, count=1000)):
                gone += int(client.delete(*keys))
    finally:
        client.close()
    state.line(_("删除 {gone} 项").format(gone=gone))
    return {"gone": gone}


def _some(found_keys: Any, size: int = 500) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    for key in found_keys:
        chunk.append(key)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _would_drop(state: Run) -> Iterator[Words]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [state.scope])
        tables = cursor.fetchone()[0]
    yield _("删除模式 {code}（{tables} 张表）和登录账号 {login}").format(
        code=state.scope, tables=tables, login=login_name(state.scope)
    )
    for name in Domain.objects.filter(tenant__schema_name=state.scope).values_list("domain", flat=True):
        yield _("{host} 此后应答 410：已撤出").format(host=name)


def _schema(state: Run) -> dict[str, Any]:
    ready = state.found["ready"]
    with context.owner(), transaction.atomic():
        row = _locked(state)
        if row is None:
            return {}
        _check_same(state, row)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
            cursor.execute(f"DROP SCHEMA IF EXISTS {quoted(state.scope)} CASCADE")
        ClosedProvince.objects.create(
            id=UUID(ready["closed_id"]),
            code=state.scope,
            division_code=row.division_code,
            name=row.name,
            bureau_title=row.bureau_title,
            hosts=ready["hosts"],
            opened_at=row.created_at,
            by_names=state.options["operators"],
            proof=_what(state),
        )
        Domain.objects.filter(tenant=row).delete()
        Province.objects.filter(pk=row.pk).delete()
        provisioning.changed()
    return {}


def _what(state: Run) -> dict[str, Any]:
    """What the proof says: counts and digests, no contents."""
    ready, objects = state.found["ready"], state.found["objects"]
    return {
        "code": state.scope,
        "former": ready["former"],
        "operators": list(state.options["operators"]),
        "why": state.options["why"],
        "manifest_sha256": ready["manifest_sha256"],
        "rows": ready["rows"],
        "objects": ready["objects"],
        "objects_deleted": ready["objects"] - len(objects["stays"]),
        "objects_staying": objects["stays"],
    }


def _login(state: Run) -> dict[str, Any]:
    login = login_name(state.scope)
    with context.owner():
        POOL.close_idle()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login])
            if cursor.fetchone():
                # Connections that processes keep would outlive the login, and serve whoever is opened under the code.
                cursor.execute(f"ALTER ROLE {quoted(login)} NOLOGIN")
                cursor.execute(f"GRANT {quoted(login)} TO CURRENT_USER WITH INHERIT TRUE, SET FALSE")
                cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login])
                for statement in _farewell(login):
                    cursor.execute(statement)
                cursor.execute(f"DROP ROLE {quoted(login)}")
    return {"login": login}


def _farewell(login: str) -> Sequence[str]:
    """What still hangs on a login when its schema is gone: settings, the right to connect, groups."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        database = cursor.fetchone()[0]
        cursor.execute(
            "SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = %s::regrole", [quoted(login)]
        )
        groups = [name.strip('"') for (name,) in cursor.fetchall()]
    return [
        f"REVOKE ALL ON DATABASE {quoted(database)} FROM {quoted(login)}",
        *(f"REVOKE {quoted(group)} FROM {quoted(login)}" for group in groups),
    ]


def _proof(state: Run) -> dict[str, Any]:
    record = UUID(state.found["ready"]["closed_id"])
    with context.seat(OFFICE):
        if not LogEntry.objects.filter(record_id=record, kind=SEALED_AS).exists():
            with transaction.atomic():
                seal_log.append(SEALED_AS, record, _what(state))
    state.line(_("清单摘要 {digest}").format(digest=state.found["ready"]["manifest_sha256"]))
    return {}


def _answers(state: Run) -> dict[str, Any]:
    for words in checks.ask(state.found["ready"]["hosts"], wanted=(410,)):
        state.line(words)
    return {}
