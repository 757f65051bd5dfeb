"""A request that is too large is refused before anything of it is parsed or kept."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evidence.errors import too_large
from gateway.middleware import problem_json, wants_json

FIELDS_BYTES = 1_000_000
_DRAIN_TIMES = 4
_CHUNK_BYTES = 1 << 20


class UploadLimitMiddleware:
    """Answers 413 when the announced length is above settings.MAX_UPLOAD_BYTES and a megabyte of fields.

    Stands before whatever reads the body (the CSRF check does). The body is read and thrown away up to four times the
    limit, because a browser whose sending is cut off shows a broken network and not the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        announced = int(length) if length.isdigit() else 0
        in_pieces = request.path_info.startswith("/uploads/")  # written as it comes, within a limit of its own
        if in_pieces or announced <= settings.MAX_UPLOAD_BYTES + FIELDS_BYTES:
            return self.get_response(request)
        left = min(announced, _DRAIN_TIMES * settings.MAX_UPLOAD_BYTES)
        while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, _CHUNK_BYTES))):
            left -= len(chunk)
        problem = too_large()
        if wants_json(request):
            return problem_json(problem)
        return render(request, "problem.html", {"problem": problem, "page_kind": "error"}, status=problem.status)
