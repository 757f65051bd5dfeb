"""The front door of a province: buttons of its providers, and the rule that only one of them is used."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.entrance import Way
from accounts.models import User
from signon import rules, selectors
from signon.adapters import turned_away


def ways(request: HttpRequest) -> list[Way]:
    """A button for each provider that is on."""
    return [
        Way(
            url=reverse("signon:enter", kwargs={"slug": row.slug}),
            label=_("用{name}登录").format(name=row.name),
            only=row.only,
            prove_url=reverse("signon:enter", kwargs={"slug": row.slug}) + "?prove=1",
        )
        for row in selectors.open_providers()
    ]


def gate(request: HttpRequest, user: User, by_provider: bool) -> HttpResponse | None:
    """Where only a provider lets people in, passwords and codes are for administrators.

    Whoever a system of the bureau's own has sent, with its signature (`launch`), has not come by a password.
    """
    sent = any(each["method"] == "launch" for each in get_authentication_records(request, user))
    row: Any = None if by_provider or sent else selectors.only_provider()
    if row is None or rules.breaks_glass(user):
        return None
    answer: HttpResponse = turned_away(request, "only", row)
    return answer
