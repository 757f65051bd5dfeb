"""One answer to "may this person still act?", for pages, API tokens, streams and queued work."""

from __future__ import annotations

from uuid import UUID

from accounts.admission import admitted
from accounts.models import Post, User
from provinces.context import current
from provinces.kept import Kept

_POSTS = Kept(lambda people: Post.objects.filter(user_id__in=people).select_related("unit"))


def in_good_standing(user_id: UUID | str | None) -> bool:
    """Whether the person exists here, is not suspended, and belongs on this host. Reads the row each time."""
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    return user is not None and admitted(user)


def stands(user: User) -> bool:
    """The same of a row just read, whose person is active: the holder of a key. Takes the posts along."""
    if not admitted(user):
        return False
    take_posts_along(user)
    return True


def take_posts_along(user: User) -> None:
    """Read the posts with their units once for all that a request asks of them. A house's people have none."""
    seat = current()
    if seat is not None and seat.kind != "brands":
        _POSTS.hang([user], "posts")
        for post in user.posts.all():
            if post.unit_id is not None and post.unit_id == user.unit_id:
                user.unit = post.unit
