"""Errors become answers: a page that says what to do, or problem details (RFC 9457) for a program."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from kernel.errors import BadInput, DiskFull, NotFound404, Problem, ReadOnly, Unavailable, disk_full, is_read_only

log = logging.getLogger(__name__)
PAGES = {400: "400.html", 403: "403.html", 404: "404.html", 429: "429.html", 503: "503.html"}


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: under /api/, or it accepts JSON and not HTML (uploads, live tickets)."""
    accept = request.headers.get("Accept", "")
    return request.path_info.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def problem_json(problem: Problem) -> JsonResponse:
    """A problem as `application/problem+json`."""
    return JsonResponse(problem.as_problem(), status=problem.status, content_type="application/problem+json")


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as this request wants it: problem details, or a page that says what to do."""
    if wants_json(request):
        response: HttpResponse = problem_json(problem)
    else:
        # The same 404 page for what is absent and for what is not yours: nothing of the error is shown on it.
        shown = None if isinstance(problem, NotFound404) else problem
        template = PAGES.get(problem.status, "problem.html")
        said = {"problem": shown, "page_kind": "error"}
        if isinstance(problem, Unavailable):  # whose page it is may stand in what is away, so nobody asks
            said |= {"request_id": getattr(request, "request_id", "")}
            response = HttpResponse(render_to_string(template, said), status=problem.status)
        else:
            response = render(request, template, said, status=problem.status)
    if problem.status == 503:
        response["Retry-After"] = "5"
    if problem.status == 429 and "wait_s" in problem.data:
        response["Retry-After"] = str(problem.data["wait_s"])
    response.problem_code = problem.code  # type: ignore[attr-defined] # for the log
    return response


def comes_to(error: BaseException | None) -> Problem | None:
    """What an error is for whoever asked: a problem, no room, a database away or read-only. None: our fault."""
    if full := disk_full(error):
        return full
    if isinstance(error, DatabaseError) and is_read_only(error):
        return ReadOnly()
    if isinstance(error, OperationalError | InterfaceError):
        return Unavailable()
    return error if isinstance(error, Problem) else None


def answer_to(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The answer for an error, from a view or from what stands before it; None where it is our fault."""
    problem = comes_to(error)
    if problem is None:
        return None
    number = getattr(request, "request_id", "")
    if isinstance(problem, DiskFull):
        log.error("request %s found no room: %s", number, error)
    elif problem is not error:
        log.warning("request %s refused: %s", number, error)
    return answer(request, problem)


def _for_programs(response: HttpResponse) -> HttpResponse:
    """What Django itself answered with a page (an address that is none, an error of ours) as problem details."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return response
    if response.status_code == 404:
        return problem_json(NotFound404())
    problem = Problem() if response.status_code >= 500 else BadInput(code="unreadable")
    problem.status = response.status_code
    return problem_json(problem)


class ProblemMiddleware:
    """Turns `kernel.errors.Problem` and a database that is away into answers; gives every answer its request id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = getattr(request, "request_id", None) or uuid.uuid4().hex
        response = self.get_response(request)
        if request.path_info.startswith("/api/") and response.status_code >= 400:
            response = _for_programs(response)
        response.setdefault("X-Request-Id", request.request_id)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer for an error a view raised; None leaves it to Django."""
        return answer_to(request, error)
