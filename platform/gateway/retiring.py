"""An operation on its way out: warned of long before with its dates, counted by caller, refused after its day.

    class Old(ApiView):
        retiring = Retiring(since=date(2027, 1, 1), until=date(2027, 7, 1), instead="GET /api/v1/new/")

`since`: answers carry `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`. `until`: 410 `operation_retired`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from gateway.models import OldCall
from kernel import clock
from kernel.errors import Problem

PAGE = "/api/v1/"


@dataclass(frozen=True)
class Retiring:
    """since: from this day answers warn. until: the first day on which it is refused. instead: what to call then.

    page: where the change is told; the page of the host's API unless given.
    """

    since: date
    until: date
    instead: str
    page: str = PAGE

    def headers(self) -> dict[str, str]:
        """What an answer of this operation says of its end."""
        links = [f'<{self.page}>; rel="{why}"; type="text/html"' for why in ("deprecation", "sunset")]
        address = self.instead.rpartition(" ")[2]
        if address.startswith("/") and "{" not in address:
            links.append(f'<{address}>; rel="successor-version"')
        return {
            "Deprecation": f"@{int(_midnight(self.since).timestamp())}",
            "Sunset": http_date(_midnight(self.until).timestamp()),
            "Link": ", ".join(links),
        }


class Retired(Problem):
    """The operation's last day is over."""

    code = "operation_retired"
    status = 410
    title = _("接口已停用")
    sentence = _("这个接口已于 {until} 停用。请改用 {instead}；办法见接口说明 {page}。")


Heard = Callable[[Request, str, Retiring], None]
_heard: list[Heard] = []


def on_old_call(fn: Heard) -> None:
    """Have `fn(request, operation, retiring)` told of every call of an operation on its way out."""
    if fn not in _heard:
        _heard.append(fn)


def of(view: Any, method: str) -> Retiring | None:
    """The declaration of a view for one method. `retiring` is one for all, or a mapping by method in lower case."""
    said = getattr(view, "retiring", None)
    found: Retiring | None = said.get(method.lower()) if isinstance(said, Mapping) else said
    return found


class Warned:
    """Mixin for API views: keeps what `retiring` declares."""

    retiring: Retiring | Mapping[str, Retiring] | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc] # of the view this is mixed into
        retiring = of(self, request.method or "")
        if retiring is None or clock.today() < retiring.since:
            return
        _count(request, retiring)
        if clock.today() >= retiring.until:
            raise Retired(until=retiring.until, instead=retiring.instead, page=retiring.page)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        retiring = of(self, request.method or "")
        if retiring is not None and clock.today() >= retiring.since:
            for name, value in retiring.headers().items():
                answer[name] = value
        return answer


def _count(request: Request, retiring: Retiring) -> None:
    operation = f"{request.method} /{request.resolver_match.route}"[:200]
    row, _made = OldCall.objects.get_or_create(
        user_id=request.user.pk,
        seat=request.host.seat.name,
        operation=operation,
        defaults={"until": retiring.until, "instead": retiring.instead[:200], "first_at": clock.now()},
    )
    OldCall.objects.filter(pk=row.pk).update(
        calls=F("calls") + 1, last_at=clock.now(), until=retiring.until, instead=retiring.instead[:200]
    )
    for fn in _heard:
        fn(request, operation, retiring)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
