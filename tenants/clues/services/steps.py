"""What the steps of a clue share: who is told, how it is announced, the bureau's own terms."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from kernel.errors import BadInput, Words
from notify import live
from notify.services import tell
from tenants.clues import hooks
from tenants.clues.models import Clue, ClueTerms


def terms() -> ClueTerms:
    """The bureau's own terms, or what is usual."""
    return ClueTerms.objects.first() or ClueTerms()


def url(clue: Clue) -> str:
    return reverse("clues:detail", args=[clue.pk], urlconf=settings.URLCONFS["province"])


def need(text: str, sentence: Words, code: str) -> str:
    """`text` without spaces around it. Raises BadInput if there is none."""
    if not text.strip():
        raise BadInput(sentence, code=code)
    return text.strip()


def announce(clue: Clue, verb: str) -> None:
    """Pages that show the clue renew themselves; whoever listens inside the house hears of it."""
    live.publish([f"clue:{clue.pk}", "clues"], "clue", {"clue_id": str(clue.pk), "verb": verb})
    hooks.changed(clue, verb)


def tell_people(
    people: Iterable[User], clue: Clue, code: str, title: Words, *, but: User | None = None, urgent: bool = False
) -> None:
    """A notice with the clue's number and title. The one who acts is not told of it."""
    to: list[UUID] = [each.pk for each in people if but is None or each.pk != but.pk]
    tell(to=to, code=code, title=title, body=f"{clue.number} {clue.title}", url=url(clue), urgent=urgent)
