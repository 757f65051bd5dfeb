"""Whether a grant still holds, asked at every way to what it covers: page, API, stream, link, cached page, queued job.

    guarded.require(grant_id, "picture", party=own, who=person.display_name)      a page or an operation
    guarded.cached(grant_id, "fact", "summary", make, party=own, who=…)           a cached piece
    guarded.link(grant, item.pk, person_id=…) · guarded.read_link(token, …)       a link for a minute
    guarded.publish(grant_id, ["wall:…"], "changed", {…})                         an event for who looks at it
    @guarded.task("file")                                                         a queued job

Nothing is kept between two questions: the end is one row that the giver writes and every holder reads
(`published.EndedGrant`), so it counts from the commit on, wherever the letter that tells of it may be.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.timezone import localtime

from federation.grants.errors import GrantNotYet, GrantOver, GrantTooNarrow
from federation.grants.models import RANK, ContentWord, Grant, LevelWord, Use
from federation.letters.words import party_names
from federation.published.models import EndedGrant
from kernel import clock
from kernel.errors import NotFound404
from notify import live
from provinces.context import required

log = logging.getLogger(__name__)
T = TypeVar("T")
STREAM = "grant-"
LINK_S = 60
CACHED_S = 300
_LINK_SALT = "grants.link"


# Does it hold? --------------------------------------------------------------------------------------------------------


def ended_at(grants: Iterable[Grant]) -> dict[UUID, datetime]:
    """When each of these ended, by grant id; those that hold are left out. One question for all, asked anew."""
    rows = list(grants)
    said = {
        (row.grant_id, row.giver): row.ended_at
        for row in EndedGrant.objects.filter(grant_id__in={row.grant_id for row in rows})
    }
    now, found = clock.now(), {}
    for row in rows:
        moment = said.get((row.grant_id, row.giver)) or row.ended_at
        if moment is None and row.expires_at <= now:
            moment = row.expires_at
        if moment is not None:
            found[row.grant_id] = moment
    return found


def holding(grants: Iterable[Grant]) -> list[Grant]:
    """Those of them that hold now."""
    rows, now = list(grants), clock.now()
    over = ended_at(rows)
    return [row for row in rows if row.grant_id not in over and row.starts_at <= now]


def check(grant: Grant) -> None:
    """Raise GrantOver or GrantNotYet unless it holds at this moment."""
    over = ended_at([grant]).get(grant.grant_id)
    if over is not None:
        raise GrantOver(giver=party_names([grant.giver])[grant.giver], at=f"{localtime(over):%Y-%m-%d %H:%M:%S}")
    if grant.starts_at > clock.now():
        raise GrantNotYet(at=f"{localtime(grant.starts_at):%Y-%m-%d %H:%M}")


def level_of(grant: Grant, content: str) -> str:
    """How far the grant goes for a kind of content, whether it holds or not."""
    return str(grant.contents.get(content, LevelWord.NONE))


def held(grant_id: UUID, party: str) -> Grant:
    """The holder's copy. Raises NotFound404."""
    found = Grant.objects.filter(grant_id=grant_id, party=party, side=Grant.Side.HELD).first()
    if found is None:
        raise NotFound404()
    return found


def require(
    grant_id: UUID, content: str, *, party: str, who: str, at_least: str = "view", what: str = "", way: str = "page"
) -> Grant:
    """The holder's grant, when it holds now and goes far enough; the look is written down, a refused one too.

    party: the holder as letters write it. who: the person in words, as the giver will read it. what: what is looked
    at. way: page, api, stream, link, cache, task or file. Raises NotFound404, GrantOver, GrantNotYet, GrantTooNarrow.
    """
    grant = held(grant_id, party)
    try:
        check(grant)
        if RANK[level_of(grant, content)] < RANK[at_least]:
            raise GrantTooNarrow(
                content=ContentWord(content).label,
                level=LevelWord(level_of(grant, content)).label,
                wanted=LevelWord(at_least).label,
            )
    except (GrantOver, GrantTooNarrow):
        note(grant, content, who=who, what=what, way="refused")
        raise
    note(grant, content, who=who, what=what, way=way)
    return grant


def note(grant: Grant, content: str, *, who: str, what: str = "", way: str = "page") -> None:
    """Write one look down; the giver is told by letter within minutes."""
    Use.objects.create(grant=grant, who=who[:80], content=content, what=what[:200], way=way)


def unkept(response: HttpResponseBase) -> HttpResponseBase:
    """Mark an answer that no browser, proxy or phone keeps: what a grant covers is asked for each time."""
    response["Cache-Control"] = "private, no-store"
    return response


# Cached pieces --------------------------------------------------------------------------------------------------------


def cached(
    grant_id: UUID, content: str, name: str, make: Callable[[], T], *, party: str, who: str, at_least: str = "view"
) -> T:
    """A piece that is dear to make, kept for some minutes; the grant is asked each time before it is given out."""
    require(grant_id, content, party=party, who=who, at_least=at_least, what=name, way="cache")
    key = f"grant:{grant_id}:{party}:{content}:{name}"
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, CACHED_S)
    return found  # type: ignore[no-any-return] # the cache knows no types


# Links ----------------------------------------------------------------------------------------------------------------


def link(grant: Grant, item_id: UUID, *, person_id: UUID) -> str:
    """A token that leads one person of this seat to one item for a minute, as long as the grant holds."""
    said = {"g": str(grant.grant_id), "p": grant.party, "i": str(item_id), "u": str(person_id), "s": required().name}
    return signing.dumps(said, salt=_LINK_SALT)


def read_link(token: str, *, person_id: UUID, party: str) -> tuple[Grant, UUID]:
    """The grant and the item a token leads to. Raises NotFound404, and GrantOver when the grant is over."""
    try:
        said = signing.loads(token, salt=_LINK_SALT, max_age=timedelta(seconds=LINK_S))
    except signing.BadSignature as error:
        raise NotFound404() from error
    if (said["u"], said["s"], said["p"]) != (str(person_id), required().name, party):
        raise NotFound404()
    grant = held(UUID(said["g"]), party)
    check(grant)
    return grant, UUID(said["i"])


# Streams --------------------------------------------------------------------------------------------------------------


def stream_of(grant_id: UUID) -> str:
    """Name of the stream on which a grant's holder hears of it."""
    return f"{STREAM}{grant_id}"


def ticket_query(grant_ids: Iterable[UUID]) -> str:
    """What a page adds to the address of its ticket, so that its stream ends with these grants."""
    return "&".join(f"also={stream_of(grant_id)}" for grant_id in grant_ids)


def stream_door(request: HttpRequest, name: str) -> None:
    """Let in the holder of a grant that holds. Raises NotFound404, GrantOver."""
    from federation.grants.selectors import parties_of

    grant_id = _named(name)
    if grant_id is None or not request.user.is_authenticated:
        raise NotFound404()
    row = Grant.objects.filter(grant_id=grant_id, side=Grant.Side.HELD, party__in=parties_of(request)).first()
    if row is None:
        raise NotFound404()
    check(row)


def may_write(name: str) -> bool:
    """Whether this seat is giver or holder of the grant whose stream this is, and the grant holds."""
    grant_id = _named(name)
    return grant_id is not None and bool(holding(Grant.objects.filter(grant_id=grant_id)))


def _named(name: str) -> UUID | None:
    try:
        return UUID(name.removeprefix(STREAM))
    except ValueError:
        return None


def publish(grant_id: UUID, topics: Sequence[str], kind: str, data: dict[str, Any]) -> bool:
    """Tell whoever looks at what the grant covers that it changed, after commit. False: it is over, nobody is told."""
    name = stream_of(grant_id)
    if not may_write(name):
        return False
    live.publish(topics, kind, data, party=name)
    return True


def close_stream(grant_id: UUID) -> None:
    """After commit: streams that are open end, tickets given out before are worthless."""
    live.renew_party(stream_of(grant_id))


# Queued jobs ----------------------------------------------------------------------------------------------------------


def task(content: str, *, at_least: str = "view") -> Callable[[Callable[..., T]], Callable[..., T | None]]:
    """Run a job only while the grant holds: the job is called with grant_id and party first, and gets the grant.

    One that was queued before the end and comes up after it does nothing. A long job asks `check(grant)` between steps.
    """

    def decorate(func: Callable[..., T]) -> Callable[..., T | None]:
        @wraps(func)
        def inner(grant_id: str | UUID, party: str, *args: Any, **kwargs: Any) -> T | None:
            try:
                grant = require(
                    UUID(str(grant_id)), content, party=party, who="系统", at_least=at_least, what=func.__name__,
                    way="task",
                )  # fmt: skip
            except (GrantOver, GrantTooNarrow, NotFound404) as error:
                log.info("%s for grant %s not done: %s", func.__name__, grant_id, error.code)
                return None
            return func(grant, *args, **kwargs)

        return inner

    return decorate
