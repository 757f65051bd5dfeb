"""What pages share: what a form is bound to, how a refusal is said to a person and to a script."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from kernel.errors import Problem

View = Callable[..., HttpResponse]
PER_PAGE = 20


class Bounded(Paginator):  # type: ignore[type-arg] # django-stubs names the type of rows, Django at run time does not
    """Pages of rows that may be a million: counted to `MOST` and turned to no further, whatever is stored.

    found: they are found by words, which may have to be looked for far; then nothing is counted beyond the page.
    """

    MOST = 1000

    def __init__(self, rows: Any, per_page: int, *, found: bool = False) -> None:
        super().__init__(rows, per_page)
        self.found, self._beyond = found, 0

    @cached_property
    def _counted(self) -> int:
        rows = self.object_list
        # In no order, so that the cheapest way to so many is taken.
        return rows.order_by()[: self.MOST + 1].count() if isinstance(rows, QuerySet) else len(rows)

    @property
    def count(self) -> int:  # type: ignore[override]
        return min(self._counted, self.MOST)

    @property
    def more(self) -> int:
        """So many rows there are and more, if not all were counted; else 0."""
        return self._beyond or (self.MOST if self._counted > self.MOST else 0)

    @property
    def said(self) -> str:
        """The count as a page says it: `37`, `1000+`."""
        return f"{self.more}+" if self.more else str(self.count)

    def get_page(self, number: Any) -> Page[Any]:
        """The page, or the last that can be turned to. What it shows of the end is its own count."""
        if not isinstance(self.object_list, QuerySet):
            return super().get_page(number)
        furthest = max(1, self.MOST // self.per_page)
        asked = int(number) if str(number or "").isdecimal() and len(str(number)) < 9 else 1
        at = min(max(asked, 1), furthest)
        while True:
            begin = (at - 1) * self.per_page
            rows = list(self.object_list[begin : begin + self.per_page + 1])
            if rows or at == 1:
                break
            at = max(1, min(at - 1, -(-self.count // self.per_page)))
        if len(rows) <= self.per_page:
            self.__dict__["_counted"] = begin + len(rows)
        elif self.found:
            self.__dict__["_counted"], self._beyond = begin + len(rows), begin + self.per_page
        return self._get_page(rows[: self.per_page], at, self)


def paged(rows: Any, request: HttpRequest, per_page: int = PER_PAGE, *, found: bool = False) -> Page[Any]:
    """The page of a list that the address asks for. found: as of `Bounded`."""
    return Bounded(rows, per_page, found=found).get_page(request.GET.get("page"))


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def speaks_json(view: View) -> View:
    """A refusal goes to a script as problem details, and to a page without scripts as a sentence on the page before."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            if not wants_json(request):
                raise
            return JsonResponse(problem.as_problem(), status=problem.status, content_type="application/problem+json")

    return inner


def turn_back(request: HttpRequest, problem: Problem, to: str) -> HttpResponse:
    """Say why not on the page the person comes back to."""
    messages.error(request, problem.detail)
    return redirect(to)


def show_page(
    request: HttpRequest, template: str, context: dict[str, Any], problem: Problem | None = None
) -> HttpResponse:
    """A page; with a problem its sentence above the form, and what was typed is kept by the browser too."""
    if problem is not None:
        messages.error(request, problem.detail)
        return render(request, template, {**context, "page_kind": "error"}, status=problem.status)
    return render(request, template, context)


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: also an empty POST is one."""
    return request.POST if request.method == "POST" else None


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
