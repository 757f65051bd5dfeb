"""`province add`: schema, login, rights, host; what each app puts into a new province; a check; then it is served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Post
from accounts.phones import normal_phone
from kernel.errors import BadInput, Words
from operations.errors import ProcedureRefused
from operations.parts import FirstPerson, Opening, found
from operations.procedures import Act, Run, Say, run
from operations.province import checks, removing
from provinces import context, provisioning
from provinces.models import ClosedProvince, Province, SharedSchema
from provinces.passwords import login_made
from provinces.seats import login_name, province_seat

KIND = "province.add"
ROLES = (Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN, Post.Role.AUDIT_ADMIN)


def three(people: Sequence[FirstPerson]) -> tuple[FirstPerson, ...]:
    """The first administrators, one of each office and three different people. Raises BadInput."""
    if sorted(each.role for each in people) != sorted(ROLES):
        raise BadInput(
            gettext_lazy("需要系统、安全、审计管理员各一人。请用三个参数分别写明：账号:姓名:手机号。"),
            code="three_administrators_needed",
        )
    checked = []
    for each in people:
        phone = normal_phone(each.phone)
        if phone is None:
            raise BadInput(gettext_lazy("{phone} 不是手机号。请核对后再运行。"), code="phone_wrong", phone=each.phone)
        checked.append(FirstPerson(each.role, each.username, each.name, phone))
    for what in ("username", "phone"):
        if len({getattr(each, what) for each in checked}) < len(checked):
            raise BadInput(
                gettext_lazy("三类管理员必须是不同的人：账号和手机号都不能相同。请另写一人。"),
                code="administrators_apart",
            )
    return tuple(checked)


def add(new: Opening, *, host: str = "", by: str, say: Say, dry_run: bool = False) -> Run:
    """Open a province. Run again after a break it goes on; a second call for an open province is refused."""
    login_made(province_seat(new.code).login)  # in an earlier try, perhaps, and that was just now
    people = three(new.people) if new.people else ()
    new = Opening(**{**asdict(new), "people": people})
    options = {**asdict(new), "people": [asdict(each) for each in people], "host": host}
    acts = [
        Act("schema", gettext_lazy("数据库模式、登录账号、权限、域名"), _schema, _would_make),
        *(
            Act(f"contents.{label}", str(gettext_lazy("初始内容：{app}")).format(app=label), _contents(function), _told)
            for label, function in found("opening", "open_province")
        ),
        Act("check", gettext_lazy("核对：账号能做什么、不能做什么"), _check, again=True),
        Act("open", gettext_lazy("开放访问"), _open),
        Act("answers", gettext_lazy("域名应答"), _answers, again=True),
    ]
    return run(KIND, new.code, acts, options=options, by=by, say=say, dry_run=dry_run)


def _opening(state: Run) -> Opening:
    given: dict[str, Any] = {name: value for name, value in state.options.items() if name != "host"}
    return Opening(**{**given, "people": tuple(FirstPerson(**each) for each in given["people"])})


def _refuse_taken(state: Run) -> Province | None:
    """The half-made province of an earlier try, or None. Raises ProcedureRefused for a finished one."""
    there: Province | None = Province.objects.filter(schema_name=state.scope).first()
    if there is not None and there.state != Province.State.PROVISIONING:
        raise ProcedureRefused(why=_("已有 {code}（{title}）。").format(code=state.scope, title=there.bureau_title))
    if removing.has_begun(state.scope):
        raise ProcedureRefused(
            why=_("以前的 {code} 还没有撤除完。请先再运行一次 province remove 把它做完。").format(code=state.scope)
        )
    taken = Province.objects.filter(division_code=state.options["division_code"]).exclude(schema_name=state.scope)
    if row := taken.first():
        raise ProcedureRefused(
            why=_("行政区划代码 {code} 已由 {title} 使用。").format(code=row.division_code, title=row.bureau_title)
        )
    return there


def _schema(state: Run) -> dict[str, Any]:
    new = _opening(state)
    with context.owner():
        there = _refuse_taken(state)
    if there is None:
        provisioning.provision(
            new.code,
            name=new.name,
            title=new.title,
            agency_word=new.agency_word,
            division_code=new.division_code,
            host=state.options["host"] or None,
            kind=Province.Kind.SUPERIOR if new.is_superior else Province.Kind.ORDINARY,
            state=Province.State.PROVISIONING,
        )
    with context.owner():
        count = _tables(new.code)
    state.line(
        _("模式 {code}：{count} 张表；登录账号 {login}").format(code=new.code, count=count, login=login_name(new.code))
    )
    return {"tables": count}


def _would_make(state: Run) -> Iterator[Words]:
    there, code = _refuse_taken(state), state.scope
    if there is not None:
        yield _("模式 {code} 已在，接着做").format(code=code)
        return
    ready = SharedSchema.objects.filter(name=provisioning.TEMPLATE, version=provisioning.province_version()).exists()
    if not ready:
        raise ProcedureRefused(why=_("模板不是当前版本。请先运行 manage.py province upgrade --all。"))
    yield _("新建模式 {code}，{count} 张表，版本 {version}").format(
        code=code, count=_tables(provisioning.TEMPLATE), version=provisioning.province_version()
    )
    yield _("新建登录账号 {login}，只能到 {code} 和已声明的共享表").format(login=login_name(code), code=code)
    yield _("新建域名 {host}").format(host=state.options["host"] or f"{code}.{settings.DOMAIN_NAME}")
    if ClosedProvince.objects.filter(code=code).exists():
        yield _("这个代码以前用过，已撤除；新省局看不到以前的任何内容")


def _tables(schema: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [schema])
        return int(cursor.fetchone()[0])


def _contents(function: Any) -> Any:
    def do(state: Run) -> dict[str, Any]:
        with context.province(state.scope):
            said = function(_opening(state))
        for line in filter(None, str(said or "").split("\n")):
            state.line(line)
        return {"said": str(said or "")}

    return do


def _told(state: Run) -> Iterator[Words]:
    for each in state.options["people"]:
        yield f"{each['role']}: {each['username']} {each['name']}"


def _check(state: Run) -> dict[str, Any]:
    for words in checks.of_login(state.scope):
        state.line(words)
    return {}


def _open(state: Run) -> dict[str, Any]:
    with context.owner():
        Province.objects.filter(schema_name=state.scope, state=Province.State.PROVISIONING).update(
            state=Province.State.ACTIVE
        )
        provisioning.changed()
    return {}


def _answers(state: Run) -> dict[str, Any]:
    for words in checks.of_hosts(state.scope, wanted=(200, 302)):
        state.line(words)
    return {}
