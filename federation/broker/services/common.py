"""What the matters share: who we are, who the superior is, who is told."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from audit.numbering import issue
from audit.trail import Actor
from federation.contracts.addresses import Address
from kernel.errors import BadInput, NotAllowed, Words
from notify.services import tell
from provinces.context import required
from provinces.hosts import DIRECTORY, Host

MACHINE = Actor(None, "系统")
WORKERS = (Post.Role.DISPATCHER, Post.Role.LEADER)


def own() -> str:
    """Name of the seat that is held: a province's code, or "office"."""
    return required().name


def host_of(code: str) -> Host | None:
    """A province's host, the superior's too."""
    return next((host for host in DIRECTORY.provinces() if host.seat.name == code), None)


def superior() -> Address | None:
    """The common superior where it has an active seat."""
    host = DIRECTORY.superior()
    return Address.province(host.seat.name) if host is not None and host.state == "active" else None


def is_superior(code: str) -> bool:
    """Whether that is the common superior's code."""
    host = DIRECTORY.superior()
    return host is not None and host.seat.name == code


def pages() -> str:
    """Which URL map this seat's pages are in."""
    seat = required()
    return "superior" if is_superior(seat.name) else seat.kind


def url(name: str, *args: object) -> str:
    """Path of one of our pages at the seat that is held."""
    return reverse(f"broker:{name}", args=args, urlconf=settings.URLCONFS[pages()])


def title_of(code: str) -> str:
    """A bureau's full title; the code where it is not known."""
    host = host_of(code)
    return host.title if host and host.title else code


def need(text: str, sentence: Words, code: str, *, longest: int = 4000) -> str:
    """Text without its margins. Raises BadInput when nothing is left, or too much."""
    said = text.strip()
    if not said:
        raise BadInput(sentence, code=code)
    if len(said) > longest:
        raise BadInput(_("内容太长：最多 {longest} 字。请精简后再提交。"), code="text_too_long", longest=longest)
    return said


def top_unit() -> Unit | None:
    """The bureau itself: the unit above all others."""
    return Unit.objects.filter(parent=None, is_active=True).order_by("code").first()


def next_number(word: str) -> str:
    """The next document number of this seat's bureau. Taken last in the transaction."""
    top = top_unit()
    if top is None or not top.agency_word:
        raise BadInput(
            _("本机关没有机关代字，不能编文号。请系统管理员先在单位信息中填写。"), code="agency_word_missing"
        )
    return issue(top.agency_word, word)


def require_leader(by: object) -> None:
    """What binds the whole bureau is said by whoever leads it. A machine was let in by whoever started it."""
    if isinstance(by, User) and not by.posts.filter(role=Post.Role.LEADER, unit__parent=None).exists():
        raise NotAllowed(_("这一步由本机关（省级）负责人作出。请报负责人办理。"), code="leader_only")


def desk() -> list[User]:
    """Who looks after matters between provinces here: the bureau's own dispatchers and heads; the office's people."""
    if required().kind == "office":
        return list(User.people.filter(is_active=True, posts__role=Post.Role.OFFICE_ADMIN).distinct())
    wanted = Q(posts__role__in=WORKERS, posts__unit__parent=None)
    return list(User.people.filter(wanted, is_active=True).distinct())


def tell_desk(
    code: str,
    title: Words,
    body: Words,
    url: str,
    *,
    also: Iterable[User] = (),
    but: object = None,
    urgent: bool = False,
) -> None:
    """A notice to the desk, once for each person."""
    to = {each.pk for each in [*desk(), *also]} - {getattr(but, "pk", None)}
    tell(to=to, code=code, title=title, body=body, url=url, urgent=urgent)
