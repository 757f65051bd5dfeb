"""What stands in the bars about clues, and what may leave the house about them."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from tenants.clues.models import Clue
from webui.nav import MOST_SHOWN
from webui.slots import Piece

State = Clue.State
WORKERS = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)
SENTENCES = {
    "clue_arrived": _("有新线索等您分派"),
    "clue_dispatched": _("有一条线索等您签收"),
    "clue_returned": _("有一条线索被退回"),
    "clue_overdue": _("有一条线索已超期"),
    "clue_today": _("有一条线索今天到期"),
    "clue_panel": _("请您发表研判意见"),
    "clue_ask": _("有一条线索等您审批"),
    "clue_disputed": _("有一条线索存在管辖争议"),
    "clue_terms_corrected": _("节假日表更新，有线索的期限重算了"),
}
"""Fixed sentences without anything of a case."""


def waiting(request: HttpRequest) -> int:
    """What waits for this person: to dispatch at their desk, to sign for in their unit."""
    person = request.user
    if not isinstance(person, User):
        return 0
    own = {post.unit_id for post in person.posts.all() if post.role in (Post.Role.DISPATCHER, Post.Role.LEADER)}
    wanted = Q(holder=person, state=State.VERIFYING)
    if person.has_role(Post.Role.DISPATCHER):
        wanted |= Q(desk_unit_id__in=own, state__in=(State.REGISTERED, State.SCREENED, State.RETURNED))
    if person.unit_id is not None and person.has_role(Post.Role.OFFICER):
        own = own | {person.unit_id}
    wanted |= Q(holder_unit_id__in=own, state=State.DISPATCHED)
    return Clue.objects.filter(wanted).order_by()[: MOST_SHOWN + 1].count()


def on_workdays(request: HttpRequest) -> Piece | None:
    """On the page of the table of holidays: where the terms stand that it changed."""
    person = request.user
    works = isinstance(person, User) and person.has_role(*WORKERS)
    return Piece("clues/file/_corrections_link.html") if works else None
