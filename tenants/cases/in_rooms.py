"""Cases beside rooms of joint cases: which one may put there. Nothing of them is sent."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from federation.jointcases import matters
from federation.jointcases.matters import Found
from tenants.cases import selectors
from tenants.cases.models import Case

OFFERED = 30


def _found(case: Case) -> Found:
    return Found(case.pk, f"{case.number} {case.title}", reverse("cases:detail", args=[case.pk]))


def find(person: User, case_id: UUID) -> Found | None:
    """The case, for who may see it."""
    case = selectors.cases_of(person).filter(pk=case_id).first()
    return _found(case) if case else None


def recent(person: User) -> list[Found]:
    """Cases to choose from, newest first."""
    return [_found(case) for case in selectors.cases_of(person).order_by("-pk")[:OFFERED]]


def register_all() -> None:
    """Called when the app is ready."""
    matters.register("case", _("案件"), find=find, recent=recent)
