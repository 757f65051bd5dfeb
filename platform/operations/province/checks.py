"""What must hold before a province is served, tried out: its login, its rights, its hosts."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from operations.errors import ProcedureRefused
from provinces import context, grants, provisioning
from provinces.grants import quoted
from provinces.hosts import DIRECTORY
from provinces.models import Domain, Province

_MUST = (
    "SELECT 1 FROM accounts_user LIMIT 1",
    "SELECT 1 FROM provinces_directoryversion",
    "SELECT 1 FROM letters_letter LIMIT 1",
)
_MUST_NOT = (
    "CREATE TABLE public.czj_probe (id int)",
    "SELECT 1 FROM public.accounts_user LIMIT 1",
    "SELECT 1 FROM public.operations_procedure LIMIT 1",
    "UPDATE public.provinces_province SET name = name",
)


def of_login(code: str) -> Iterator[str]:
    """Try what the province's login can and cannot do. Raises ProcedureRefused with the first that is not so."""
    with context.owner():
        row = Province.objects.get(schema_name=code)
        others = [name for name in Province.objects.values_list("schema_name", flat=True) if name != code]
        wrong = grants.differences(only=code)
    if row.schema_version != provisioning.province_version():
        raise ProcedureRefused(why=_("{code} 的数据库不是当前版本。请先运行 province upgrade。").format(code=code))
    if wrong:
        raise ProcedureRefused(why=_("权限与声明不符：{what}").format(what="; ".join(map(str, wrong[:3]))))
    yield _("权限与声明一致")
    must_not = [*_MUST_NOT, *(f"TABLE {quoted(name, 'accounts_user')} LIMIT 1" for name in others[:3])]
    with context.province(code):
        for sql in _MUST:
            with connection.cursor() as cursor:
                cursor.execute(sql)
        for sql in must_not:
            if _may(sql):
                raise ProcedureRefused(why=_("登录账号不该能做这件事：{sql}").format(sql=sql))
    yield _("登录账号能读本省和已声明的共享表，到不了别处（试了 {count} 项）").format(count=len(must_not))


def _may(sql: str) -> bool:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sql)
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


def of_hosts(code: str, *, wanted: Collection[int]) -> Iterator[str]:
    """Ask each host of a province for its front page, in this process. Raises ProcedureRefused for another answer."""
    with context.owner():
        names = list(Domain.objects.filter(tenant__schema_name=code).values_list("domain", flat=True))
    yield from ask(names, wanted=wanted)


def ask(names: Collection[str], *, wanted: Collection[int]) -> Iterator[str]:
    """The same for hosts by name: those of a removed province have no rows."""
    DIRECTORY.clear()
    for name in names:
        status = _status(name)
        if status not in wanted:
            raise ProcedureRefused(why=_("{host} 应答 {status}").format(host=name, status=status))
        yield _("{host} 应答 {status}").format(host=name, status=status)


def _status(name: str) -> int:
    """What the pages answer there now. In this process: the machine that runs commands may reach no web server."""
    port = urlsplit(f"//{settings.DOMAIN}").port
    heard: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": name,
        "SERVER_PORT": str(port or (443 if settings.SCHEME == "https" else 80)),
        "HTTP_HOST": f"{name}:{port}" if port else name,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": settings.SCHEME,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.version": (1, 0),
    }
    with context.seat(None):
        answer = WSGIHandler()(environ, lambda status, headers, *more: heard.append(status))  # type: ignore[arg-type]
        try:
            for _part in answer:
                break
        finally:
            answer.close()
    return int(heard[0].split()[0])
