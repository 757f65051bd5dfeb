"""Every refusal of the API as problem details (RFC 9457) with a stable code."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from gateway.middleware import comes_to
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem, TooLarge

MEDIA_TYPE = "application/problem+json"
UNIQUE_VIOLATION = "23505"


class NotSignedIn(Problem):
    """Nobody is known to be asking."""

    code = "not_signed_in"
    status = 401
    title = _("尚未登录")
    sentence = _("请先登录，或在请求头 Authorization 里带上本网址的接口密钥。")


class MethodWrong(Problem):
    """The address does not take this method."""

    code = "method_not_allowed"
    status = 405
    title = _("方法不对")
    sentence = _("这个地址不支持 {method}。请看接口说明。")


class MediaTypeWrong(Problem):
    """The body is of a kind that is not read here."""

    code = "media_type_unsupported"
    status = 415
    title = _("格式不支持")
    sentence = _("不支持 {media_type}。请按接口说明发送 JSON 或表单。")


class NotAcceptable(Problem):
    """Only JSON is written."""

    code = "not_acceptable"
    status = 406
    title = _("格式不支持")
    sentence = _("这里只输出 JSON。请把请求头 Accept 设为 application/json。")


class TooMany(Problem):
    """Too many calls in a short time."""

    code = "too_many_requests"
    status = 429
    title = _("请求过于频繁")
    sentence = _("请求太快，请 {wait_s} 秒后再试。")


def as_problem(error: Exception) -> Problem | None:
    """The problem that an error of Django or REST framework stands for; None if it is none of theirs."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Http404 | exceptions.NotFound):
        return NotFound404()
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        coded = _code(error, "not_authenticated")
        return NotSignedIn() if coded == "not_authenticated" else NotSignedIn(str(error.detail), code=coded)
    if isinstance(error, exceptions.PermissionDenied):
        coded = _code(error, "permission_denied")
        return NotAllowed() if coded == "permission_denied" else NotAllowed(str(error.detail), code=coded)
    if isinstance(error, PermissionDenied):
        return NotAllowed()
    if isinstance(error, exceptions.ValidationError):
        return BadInput(code="bad_input", fields=_plain(error.detail))
    if isinstance(error, ValidationError):
        return BadInput(code="bad_input", fields={"": error.messages})
    if isinstance(error, exceptions.ParseError):
        return BadInput(_("请求内容读不出来：请检查 JSON 或表单的写法。"), code="unreadable")
    if isinstance(error, exceptions.MethodNotAllowed):
        return MethodWrong(method=str(error.args[0]) if error.args else "")
    if isinstance(error, exceptions.UnsupportedMediaType):
        return MediaTypeWrong(media_type=str(error.args[0]) if error.args else "")
    if isinstance(error, exceptions.NotAcceptable):
        return NotAcceptable()
    if isinstance(error, exceptions.Throttled):
        return TooMany(wait_s=int(error.wait or 1))
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, IntegrityError) and getattr(error.__cause__, "pgcode", "") == UNIQUE_VIOLATION:
        # An id of the caller's choosing that stands on another row, or two equal calls in the same moment.
        return Conflict()
    return comes_to(error)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's hook (`EXCEPTION_HANDLER`)."""
    problem = as_problem(error)
    if problem is None:
        return None
    response = Response(problem.as_problem(), status=problem.status, content_type=MEDIA_TYPE)
    if problem.status == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if problem.status == status.HTTP_503_SERVICE_UNAVAILABLE:
        response["Retry-After"] = "5"
    if problem.status == status.HTTP_429_TOO_MANY_REQUESTS and "wait_s" in problem.data:
        response["Retry-After"] = str(problem.data["wait_s"])
    response.problem_code = problem.code
    return response


def _code(error: exceptions.APIException, default: str) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else default


def _plain(detail: Any) -> Any:
    if isinstance(detail, dict):
        return {key: _plain(value) for key, value in detail.items()}
    if isinstance(detail, list):
        return [_plain(value) for value in detail]
    return str(detail)
