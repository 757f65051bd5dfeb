"""Errors that a person or a program can act on: a stable code, data, and a sentence saying what to do."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeAlias
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_PG_DISK_FULL = "53100"

Words: TypeAlias = str | Promise
"""Text, or text that is translated when it is shown."""


class _Gaps(dict[str, object]):
    """Leaves a placeholder standing when its datum is missing: a wrong sentence must not hide the error."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Problem(Exception):
    """Base of every error that is shown to somebody.

    code: stable, for programs. status: the HTTP status. title: what kind of thing happened.
    sentence: what to do; `{names}` in it are filled from the data. A subclass sets the class
    attributes; a single place may pass its own sentence and code:

        raise BadInput(_("还差 {missing} 张照片。"), code="photos_missing", missing=2)
    """

    code: str = "problem"
    status: int = 500
    title: Words = _("出了问题")
    sentence: Words = _("系统没有完成这一步，没有保存任何内容。请稍后再试；仍不行，请联系管理员。")

    def __init__(self, sentence: Words | None = None, /, *, code: str | None = None, **data: object) -> None:
        super().__init__()
        if sentence is not None:
            self.sentence = sentence
        if code is not None:
            self.code = code
        self.data = data

    @property
    def detail(self) -> str:
        """The sentence with its data, in the language that is active now. Plain text, not HTML."""
        return str(self.sentence).format_map(_Gaps({key: _spoken(item) for key, item in self.data.items()}))

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from positional arguments by default; ours are keywords, and a task's
        # error crosses processes.
        return _rebuild, (type(self), self.sentence, self.code, self.data)

    def as_problem(self) -> dict[str, Any]:
        """Problem details (RFC 9457) ready for JSON: type, title, status, detail, code, data."""
        return {
            "type": f"urn:chazhenjia:{self.code}",
            "title": str(self.title),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "data": {key: _plain(item) for key, item in self.data.items()},
        }


class NotFound404(Problem):
    """Not there, or not yours: the two are told alike on purpose."""

    code = "not_found"
    status = 404
    title = _("没有找到")
    sentence = _("没有这一项，或您无权查看。请核对网址，或从首页重新进入。")


class BadInput(Problem):
    """What was sent cannot be used. `data["fields"]`, if there, maps a field to its sentences."""

    code = "bad_input"
    status = 400
    title = _("填写有误")
    sentence = _("有内容填写不对。请按提示改正后再提交。")


class NotAllowed(Problem):
    """The person is known and the thing may be seen, but this is not theirs to do."""

    code = "not_allowed"
    status = 403
    title = _("没有权限")
    sentence = _("您的岗位不能做这一步。如确需办理，请联系本单位管理员。")


class Conflict(Problem):
    """Somebody else was first, or the same thing was sent twice with different contents."""

    code = "conflict"
    status = 409
    title = _("已有变动")
    sentence = _("这一项刚被改动过。请刷新页面，看过最新内容后再操作。")


class TooLarge(Problem):
    """More bytes, rows or items than the limit. Data: limit_bytes, or whatever the sentence names."""

    code = "too_large"
    status = 413
    title = _("超出限制")
    sentence = _("内容太大。请减少后分次提交。")


class Unavailable(Problem):
    """A part this needs is down for the moment; trying again later may work."""

    code = "unavailable"
    status = 503
    title = _("暂时不可用")
    sentence = _("服务暂时不可用，您填写的内容没有丢失。请稍后再试。")


class DiskFull(Unavailable):
    """There is no room left: on the disk, in the database or in the object store. Nothing was half written."""

    code = "disk_full"
    status = 507
    title = _("存储空间不足")
    sentence = _("服务器的存储空间满了，这次没有保存。照片还在您的手机上，腾出空间后会自动重发。请通知系统管理员。")


def disk_full(error: BaseException | None) -> DiskFull | None:
    """What to say when an error, or its cause, is that there is no room: of a file system, or of PostgreSQL."""
    while error is not None:
        if isinstance(error, DiskFull):
            return error
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return DiskFull()
        if getattr(error, "pgcode", None) == _PG_DISK_FULL:
            return DiskFull()
        error = error.__cause__
    return None


def told(error: BaseException) -> str:
    """An error as a journal keeps it: our own in a sentence, of files and servers in their words, all else by kind.

    What a database says of a row quotes the row: of it the SQLSTATE alone is kept. The rest is where errors are logged.
    """
    if isinstance(error, Problem):
        return error.detail
    state = getattr(error.__cause__, "pgcode", None) or getattr(error, "pgcode", None) or ""
    words = f": {error}" if isinstance(error, OSError) else ""
    return f"{type(error).__name__}{words} {state}".strip()


class ReadOnly(Unavailable):
    """The database answers and takes no changes: a replica has taken over, or somebody keeps it so while mending it."""

    code = "database_read_only"
    title = _("暂时只能查看")
    sentence = _("系统正在维护，现在只能查看，不能提交。您填写的内容还在本页，照片还在手机里；几分钟后再提交一次即可。")


def is_read_only(error: BaseException) -> bool:
    """Whether a database error says that no changes are taken now (SQLSTATE 25006)."""
    return getattr(error.__cause__, "pgcode", None) == "25006" or getattr(error, "pgcode", None) == "25006"


class MoveRefused(Conflict):
    """The step is not open from the state the record is in. Nothing was written.

    Data: record (label), record_id, state, verb, possible (verbs that are open now). The sentence
    shows the names, given where the codes alone would mean nothing to a reader.
    """

    code = "move_refused"
    title = _("现在不能这样做")
    sentence = _("现在的状态是“{state_name}”，不能“{verb_name}”。可以做的是：{possible_names}。请刷新页面后再操作。")

    def __init__(
        self,
        sentence: Words | None = None,
        /,
        *,
        record: str,
        record_id: UUID | str | None,
        state: str,
        verb: str,
        possible: Sequence[str] = (),
        state_name: Words | None = None,
        verb_name: Words | None = None,
        possible_names: Sequence[Words] | None = None,
        code: str | None = None,
        **data: object,
    ) -> None:
        names: Sequence[Words] = possible if possible_names is None else possible_names
        super().__init__(
            sentence,
            code=code,
            record=record,
            record_id=record_id,
            state=state,
            verb=verb,
            possible=list(possible),
            state_name=state if state_name is None else state_name,
            verb_name=verb if verb_name is None else verb_name,
            possible_names=list(names) or [_("无")],
            **data,
        )


def _rebuild(kind: type[Problem], sentence: Words, code: str, data: dict[str, Any]) -> Problem:
    return kind(sentence, code=code, **data)


def _spoken(value: object) -> object:
    """A datum inside a sentence: lists are enumerated as Chinese does."""
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(str(item) for item in value)
    return value


def _plain(value: object) -> Any:
    """A datum as JSON knows it; what JSON does not know becomes text."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
