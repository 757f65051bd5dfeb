"""How much a minute a person, a key and a whole tenant may ask, and the headers that say so.

Counted in Valkey in windows of a minute, in one round trip a request. A program is counted per client or personal key,
and all programs of a tenant together (`pacing`, fair use); a person is counted in the browser, and all of a host
together. Whoever is refused for a budget of his own takes nothing from that of the others. Reads and writes have one
budget.

An appraisal that an officer asks for on the premises is never held up below a generous limit of its own: what else is
done in that minute does not count against it, and it counts in no sum. Pictures, event streams, health checks and
static files are not counted. Without Valkey everybody is let through.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from gateway import pacing, valkey
from gateway.middleware import answer
from gateway.problems import TooMany
from gateway.scopes import API

log = logging.getLogger(__name__)
WINDOW_S = 60
ON_SITE = (
    "sites", "items", "photos", "supplements", "requests", "onsite", "inspections", "lots", "queue", "tasks",
)  # fmt: skip
"""First parts of the addresses by which an appraisal is asked for and answered while somebody waits in a shop."""
ON_SITE_PAGES = (*ON_SITE, "check", "phone", "uploads", "consultations", "desk", "scene", "live")
"""The same of pages: choose, photograph, send, look what came, and the desk that answers."""
UNCOUNTED = ("static", "photo", "healthz", "readyz", "sw.js", "manifest.webmanifest", "words.js", "i18n", "offline")
"""What a page brings along with it."""
_COUNT = """
local counts = {}
for at, key in ipairs(KEYS) do
  local used = redis.call('INCR', key)
  if used == 1 then redis.call('EXPIRE', key, ARGV[1]) end
  counts[at] = used
  if used > tonumber(ARGV[at + 1]) then break end
end
return counts
"""


class TenantFull(TooMany):
    """All programs, or all people, of a tenant together ask too much. Data: wait_s."""

    code = "tenant_busy"
    sentence = _("本单位这一分钟的访问总量已到上限，请 {wait_s} 秒后再试。现场鉴定不受影响。")


@dataclass(frozen=True)
class Budget:
    """What is left. limit: calls in a window. resets_s: until the next window."""

    limit: int
    left: int
    resets_s: int


@dataclass(frozen=True)
class Counter:
    """One thing that is counted in a window. most: how often."""

    key: str
    most: int


def limit_of(auth: Any, *, on_site: bool) -> int:
    """Calls a minute for the holder of this key. What is asked on the premises is never narrowed by an own limit."""
    own = int(getattr(auth, "per_minute", 0) or 0) or int(settings.API_CALLS_PER_MINUTE)
    return max(own, int(settings.API_ON_SITE_PER_MINUTE)) if on_site else own


def is_on_site(path: str) -> bool:
    """Whether an address belongs to an appraisal on the premises."""
    path = path.lstrip("/")
    first = path.removeprefix(API).partition("/")[0]
    return first in (ON_SITE if path.startswith(API) else ON_SITE_PAGES)


class KeyThrottle(BaseThrottle):
    """DRF's hook: one command of Valkey a call. Sets `request.budget` for the headers. Raises TenantFull."""

    def __init__(self) -> None:
        self.budget: Budget | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        auth = request.auth
        if auth is None:
            return True
        on_site = is_on_site(request.path)
        seat = request.host.seat.name
        counters = [Counter(f"{seat}:{_holder(auth)}:{'site' if on_site else 'all'}", limit_of(auth, on_site=on_site))]
        share = None if on_site else pacing.share("api_calls", user=request.user)
        if share is not None:
            counters.append(Counter(f"{seat}:sum:{share.tenant}", share.most))
        counted = count(counters)
        if counted is None:
            return True
        used, resets_s = counted
        self.budget = Budget(counters[0].most, max(0, counters[0].most - used[0]), resets_s)
        request._request.budget = self.budget
        if len(used) > 1 and used[1] > counters[1].most:
            request._request.budget = Budget(counters[1].most, 0, resets_s)
            raise TenantFull(wait_s=resets_s)
        return used[0] <= counters[0].most

    def wait(self) -> float | None:
        return None if self.budget is None else float(self.budget.resets_s)


def _holder(auth: Any) -> str:
    """One budget for all tokens of a client, and for one personal key."""
    return f"client-{auth.client_id}" if hasattr(auth, "client_id") else f"key-{auth.pk}"


class PeopleMiddleware:
    """People in a browser: many pages a minute for each, and a sum for all of one host. The last of the middlewares."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """The answer for one who asks too much; None goes on."""
        try:
            if not _is_counted(request):
                return None
        except DatabaseError:
            return None  # who it is cannot be looked up: the view says so
        seat, person = request.host.seat.name, f"person-{request.user.pk}"  # type: ignore[attr-defined]
        if is_on_site(request.path):
            counters = [Counter(f"{seat}:{person}:site", settings.PERSON_ON_SITE_PER_MINUTE)]
        else:
            counters = [
                Counter(f"{seat}:{person}:all", settings.PERSON_CALLS_PER_MINUTE),
                Counter(f"{seat}:sum:people", settings.HOST_CALLS_PER_MINUTE),
            ]
        counted = count(counters)
        if counted is None:
            return None
        used, resets_s = counted
        if used[0] > counters[0].most:
            return answer(request, TooMany(wait_s=resets_s))
        if len(used) > 1 and used[1] > counters[1].most:
            return answer(request, TenantFull(wait_s=resets_s))
        return None


def _is_counted(request: HttpRequest) -> bool:
    """Whether a signed-in person asks for more than what a page brings along. A key is counted by `KeyThrottle`."""
    if not settings.PERSON_CALLS_PER_MINUTE or "Authorization" in request.headers:
        return False
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(request, "host"):
        return False
    return request.path.lstrip("/").partition("/")[0] not in UNCOUNTED and request.user.is_authenticated


def count(counters: Sequence[Counter]) -> tuple[list[int], int] | None:
    """Count one more in each, up to the first that is full; how often now, and seconds to the next window.

    One round trip. None: Valkey is away, nothing is counted.
    """
    server = valkey.client()
    if server is None:
        return None
    now = time.time()
    window, resets_s = int(now // WINDOW_S), WINDOW_S - int(now % WINDOW_S)
    keys = [f"calls:{each.key}:{window}" for each in counters]
    try:
        found = valkey.run(server, _COUNT, keys, [2 * WINDOW_S, *(each.most for each in counters)])
    except valkey.AWAY as error:
        valkey.failed(error, "limits of calls are not counted")
        return None
    return cast("list[int]", found), resets_s


def counted(key: str) -> int | None:
    """How often something was counted in this window. None: nobody counts, Valkey is away."""
    server = valkey.client()
    if server is None:
        return None
    try:
        return int(cast("Any", server.get(f"calls:{key}:{int(time.time() // WINDOW_S)}")) or 0)
    except valkey.AWAY as error:
        valkey.failed(error, "limits of calls are not counted")
        return None


def say(request: Any, response: HttpResponse) -> None:
    """RateLimit headers (IETF draft, the three plain ones), and Retry-After on a refusal."""
    budget: Budget | None = getattr(request, "budget", None)
    if budget is None:
        return
    response["RateLimit-Limit"] = str(budget.limit)
    response["RateLimit-Remaining"] = str(budget.left)
    response["RateLimit-Reset"] = str(budget.resets_s)
    if response.status_code == 429 and "Retry-After" not in response:
        response["Retry-After"] = str(budget.resets_s)
