"""The door before Django: how many requests a web process works on at once, how many wait, and who goes first.

Beyond its capacity a server that takes everybody serves nobody: each answer comes after its reader has given up. Here
a few requests run, a bounded number waits for a bounded time, and who finds the waiting room full is told at once when
to come again (503 with Retry-After), which costs almost nothing.

Lanes: `first` is what an officer in a shop and the appraiser who answers wait for; `ordinary` are pages; `last` are
exports and figures. Some slots are kept for `first`, `last` has a share only; uploads, which wait for slow phones more
than they work, have slots of their own; static files and health need none. Within a lane whoever belongs to the seat
with the fewest running requests goes next, so that one province's crowd waits for itself; all names that nobody has are
one seat.
"""

from __future__ import annotations

import json
import logging
import random
import re
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from gateway.limits import ON_SITE
from gateway.scopes import API
from kernel.errors import Problem

log = logging.getLogger(__name__)
Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]
Watcher = Callable[[str, int, int, str], None]
"""Is told a lane, how many of it run and wait now, and what became of one: "served", "turned_away" or nothing yet."""

FREE, UPLOAD, FIRST, ORDINARY, LAST = "free", "upload", "first", "ordinary", "last"
ORDER = (FIRST, ORDINARY, LAST)
_IN_A_FRAME = re.compile(r"/embedded/[0-9a-f-]{36}(?=/)")
"""Before every address of a page that a case system opened: an officer there stands in a shop like any other."""
_FREE = re.compile(r"/(static/|healthz$|readyz$|metrics$|favicon\.ico$)")
_UPLOAD = re.compile(r"/uploads/")
_FIRST = re.compile(
    r"/(check|items|photos?|sites|supplements|onsite|phone|lots|scene)/|/(requests|desk|inspections)/[0-9a-f]{8}-"
    r"|/desk/next/"
)
_LAST = re.compile(r"/(exports?|figures|assessments|leader|bulk|sheet|packages|counts)(/|$)|/export\.xlsx$")
_HTML = "text/html; charset=utf-8"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class Busy(Problem):
    """More people at once than can be served."""

    code = "busy"
    status = 503
    title = _("现在人多")
    sentence = _("现在使用的人多，系统先保证现场查验。请 {wait_s} 秒后再试；已拍的照片保存在手机里，会自动发送。")


def lane_of(method: str, path: str) -> str:
    """The lane of a request, by its address alone: nothing else of it has been read yet."""
    path = _IN_A_FRAME.sub("", path, count=1)
    if _FREE.match(path):
        return FREE
    if _UPLOAD.match(path) or (path.startswith(f"/{API}uploads/")):
        return FIRST if method in ("GET", "HEAD") else UPLOAD
    if _LAST.search(path):
        return LAST
    if path.startswith(f"/{API}"):
        return FIRST if path[len(API) + 1 :].partition("/")[0] in ON_SITE else ORDINARY
    return FIRST if _FIRST.match(path) else ORDINARY


@dataclass(frozen=True)
class Limits:
    """Of one process. slots: requests that work at once. uploads: likewise, of pieces of files. waiting: how many wait.

    patience_s: how long by lane. longest_s: after that a request hangs, and the process is replaced.
    """

    slots: int
    uploads: int
    waiting: int
    patience_s: float
    longest_s: float = 120.0

    @property
    def kept(self) -> int:
        """Slots that only `first` may take: a quarter, at least one where there are two."""
        return max(1, self.slots // 4) if self.slots > 1 else 0

    @property
    def last(self) -> int:
        """Slots that `last` may take together: a quarter, at least one."""
        return max(1, self.slots // 4)

    def patience_of(self, lane: str) -> float:
        return self.patience_s * {FIRST: 1.0, UPLOAD: 1.0, ORDINARY: 0.6, LAST: 0.2}[lane]

    def room_of(self, lane: str) -> int:
        """Places in the waiting room: who is less urgent leaves some to the others."""
        return max(1, int(self.waiting * {FIRST: 1.0, UPLOAD: 0.25, ORDINARY: 0.6, LAST: 0.2}[lane]))


@dataclass(eq=False)
class _Waiter:
    lane: str
    seat: str
    called: threading.Event = field(default_factory=threading.Event)
    admitted: bool = False


class Gate:
    """A WSGI application around another.

    seat_of: whose a Host header is, from memory; empty for a name that nobody has. route_of: the name of what a Host
    header and a path lead to: a path itself may hold names and ids. stuck: called once when a request runs for longer
    than `longest_s`. watcher: told of each change, with the lock held, so it must be quick and ask nothing of the door.
    """

    def __init__(
        self,
        application: Application,
        limits: Limits,
        *,
        seat_of: Callable[[str], str],
        route_of: Callable[[str, str], str],
        stuck: Callable[[], None] | None = None,
        watcher: Watcher | None = None,
    ) -> None:
        self.application, self.limits, self._stuck, self._watcher = application, limits, stuck, watcher
        self._seat_of, self._route_of = seat_of, route_of
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._seats: Counter[str] = Counter()
        self._waiting: list[_Waiter] = []
        self._since: dict[int, tuple[float, str, str]] = {}
        self.turned_away: Counter[str] = Counter()
        self.served: Counter[str] = Counter()
        self._busy: dict[bool, bytes] = {}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
        lane = lane_of(method, path)
        if lane == FREE:
            return self.application(environ, start_response)
        host = environ.get("HTTP_HOST", "")
        seat = self._seat_of(host)
        if not self._enter(lane, seat):
            return self._turn_away(lane, environ, start_response)
        me = threading.get_ident()
        self._since[me] = time.monotonic(), host, path
        try:
            # A streamed body goes out after its slot was given back: it waits for the reader and works no more.
            return self.application(environ, start_response)
        finally:
            self._since.pop(me, None)
            self._leave(lane, seat)

    def counts(self) -> dict[str, dict[str, int]]:
        """By lane: running and waiting now, served and turned away since the start."""
        with self._lock:
            waiting = Counter(each.lane for each in self._waiting)
            running = self._running.copy()
        shown = {"running": running, "waiting": waiting, "served": self.served, "turned_away": self.turned_away}
        return {name: {lane: each[lane] for lane in (*ORDER, UPLOAD)} for name, each in shown.items()}

    # Inside -----------------------------------------------------------------------------------------------------------

    def _enter(self, lane: str, seat: str) -> bool:
        with self._lock:
            ahead = any(each.lane == lane for each in self._waiting)
            if not ahead and self._fits(lane):
                self._take(lane, seat)
                return True
            self._look_for_stuck()
            mine = sum(each.seat == seat for each in self._waiting)
            full = len(self._waiting) >= self.limits.room_of(lane)
            if full and lane == FIRST:
                full = not self._send_one_home()
            # Half of the waiting room at most for one seat, unless nobody else is there.
            if full or (mine >= max(1, self.limits.waiting // 2) and mine < len(self._waiting)):
                self.turned_away[lane] += 1
                self._tell(lane, "turned_away")
                return False
            waiter = _Waiter(lane, seat)
            self._waiting.append(waiter)
            self._tell(lane)
        waiter.called.wait(self.limits.patience_of(lane))
        with self._lock:
            if waiter.admitted:
                return True
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            self.turned_away[lane] += 1
            self._tell(lane, "turned_away")
            return False

    def _send_one_home(self) -> bool:
        """Somebody less urgent leaves the waiting room for one of `first`. Whether there was one."""
        for lane in (LAST, ORDINARY):
            for each in reversed(self._waiting):
                if each.lane == lane:
                    self._waiting.remove(each)
                    each.called.set()
                    return True
        return False

    def _leave(self, lane: str, seat: str) -> None:
        with self._lock:
            self._running[lane] -= 1
            self._seats[seat] -= 1
            if not self._seats[seat]:
                del self._seats[seat]
            self.served[lane] += 1
            self._tell(lane, "served")
            self._call_next()

    def _call_next(self) -> None:
        for lane in (*ORDER, UPLOAD):
            while self._fits(lane) and (of_lane := [each for each in self._waiting if each.lane == lane]):
                chosen = min(of_lane, key=lambda each: self._seats[each.seat])  # the first of those with the fewest
                self._waiting.remove(chosen)
                self._take(lane, chosen.seat)
                chosen.admitted = True
                chosen.called.set()

    def _fits(self, lane: str) -> bool:
        limits, running = self.limits, self._running
        if lane == UPLOAD:
            return running[UPLOAD] < limits.uploads
        others = running[ORDINARY] + running[LAST]
        if running[FIRST] + others >= limits.slots:
            return False
        return lane == FIRST or (others < limits.slots - limits.kept and (lane != LAST or running[LAST] < limits.last))

    def _take(self, lane: str, seat: str) -> None:
        self._running[lane] += 1
        self._seats[seat] += 1
        self._tell(lane)

    def _tell(self, lane: str, became: str = "") -> None:
        if self._watcher is not None:
            self._watcher(lane, self._running[lane], sum(each.lane == lane for each in self._waiting), became)

    def _look_for_stuck(self) -> None:
        """A thread cannot be ended from outside: the process says where it hangs, and leaves its place to another."""
        before = time.monotonic() - self.limits.longest_s
        hung = [(who, host, path) for who, (since, host, path) in list(self._since.items()) if since < before]
        if hung and self._stuck is not None:
            frames = sys._current_frames()
            for who, host, path in hung:
                where = "".join(traceback.format_stack(frames[who])) if who in frames else ""
                route = self._route_of(host, _IN_A_FRAME.sub("", path, count=1))
                log.error("a request to %s runs for more than %g s:\n%s", route, self.limits.longest_s, where)
            stuck, self._stuck = self._stuck, None
            stuck()

    # The answer -------------------------------------------------------------------------------------------------------

    def _turn_away(self, lane: str, environ: Environ, start_response: Any) -> Iterable[bytes]:
        accept = environ.get("HTTP_ACCEPT", "")
        as_json = environ.get("PATH_INFO", "").startswith(f"/{API}") or ("json" in accept and "text/html" not in accept)
        wait_s = {FIRST: 2, UPLOAD: 3, ORDINARY: 4, LAST: 15}[lane] + random.randrange(4)
        body = self._words(as_json=as_json, wait_s=wait_s)
        headers = [
            ("Content-Type", "application/problem+json" if as_json else _HTML),
            ("Content-Length", str(len(body))),
            ("Retry-After", str(wait_s)),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", _POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
        ]
        if int(environ.get("CONTENT_LENGTH") or 0):
            headers.append(("Connection", "close"))  # nobody reads the body that is still coming
        start_response("503 Service Unavailable", headers)
        return [body]

    def _words(self, *, as_json: bool, wait_s: int) -> bytes:
        if as_json:
            with override("zh-hans"):
                return json.dumps(Busy(wait_s=wait_s).as_problem(), ensure_ascii=False).encode()
        if as_json not in self._busy:
            from django.template.loader import render_to_string

            with override("zh-hans"):
                self._busy[as_json] = render_to_string("busy.html", {"page_kind": "error"}).encode()
        return self._busy[as_json]
