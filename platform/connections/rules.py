"""Who may do what with connections.

In a province two people do it: the system administrator makes and changes, the security administrator switches on, for
whoever joins a system can read cases. Any of the two may switch off. At the brands host the house's administrator does
both, at the office its own; the apps that know them say who they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.rules import roles_of
from audit.trail import Person
from kernel.errors import NotAllowed
from provinces.context import required

Role = Post.Role
SERVICE_ROLES = (Role.OFFICER, Role.DISPATCHER)
"""Posts a program may hold. A leader decides, and a decision is a person's."""


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """How a kind of host other than a province knows who keeps connections.

    may_keep: whether this person keeps any at all. organisations: the houses they keep them for (brands). people: all
    who do, to be told. name_of: what a house is called. admit: makes a
    program's account one of the house. people_only_of: who belongs, or belonged, to these houses and to no other.
    """

    may_keep: Callable[[User], bool]
    organisations: Callable[[User], Collection[UUID]] | None = None
    people: Callable[[], Iterable[UUID]] = tuple
    name_of: Callable[[UUID], str] = str
    admit: Callable[[User, UUID], object] | None = None
    people_only_of: Callable[[Collection[UUID]], Collection[UUID]] | None = None


_keepers: dict[str, Keeper] = {"office": Keeper(may_keep=lambda user: Role.OFFICE_ADMIN in roles_of(user))}


def register(kind: str, keeper: Keeper) -> None:
    """Say who keeps connections on hosts of a kind ("brands")."""
    _keepers[kind] = keeper


def people_of(kind: str) -> Iterable[UUID]:
    """All who keep connections on a kind of host."""
    return _keepers[kind].people() if kind in _keepers else ()


def may_see(user: Any) -> bool:
    """Whether the pages of connections are this person's."""
    return may_keep(user) or (required().kind == "province" and may_switch(user))


def may_keep(user: Any) -> bool:
    """Whether this person makes and changes connections here."""
    if not isinstance(user, User) or user.is_service or not user.is_active:
        return False
    kind = required().kind
    if kind == "province":
        return Role.BUREAU_ADMIN in roles_of(user)
    return kind in _keepers and _keepers[kind].may_keep(user)


def may_switch(user: Any) -> bool:
    """Whether this person switches connections on here, and agrees to what widens one."""
    if not isinstance(user, User) or user.is_service or not user.is_active:
        return False
    return Role.SECURITY_ADMIN in roles_of(user) if required().kind == "province" else may_keep(user)


def organisations(user: User) -> Collection[UUID] | None:
    """The houses whose connections this person may keep; None where connections belong to the whole seat."""
    keeper = _keepers.get(required().kind)
    return None if keeper is None or keeper.organisations is None else keeper.organisations(user)


def admit(account: User, organisation_id: UUID | None) -> None:
    """Make a program's account one of the house, where there are houses."""
    keeper = _keepers.get(required().kind)
    if keeper is not None and keeper.admit is not None and organisation_id is not None:
        keeper.admit(account, organisation_id)


def people_only_of(houses: Collection[UUID]) -> Collection[UUID]:
    """People who belong, or belonged, to these houses and to no other."""
    keeper = _keepers.get(required().kind)
    return () if keeper is None or keeper.people_only_of is None else keeper.people_only_of(houses)


def houses(user: User) -> list[tuple[str, str]] | None:
    """The houses to choose from on a form; None where there is nothing to choose."""
    keeper, ids = _keepers.get(required().kind), organisations(user)
    return None if keeper is None or ids is None else [(str(each), keeper.name_of(each)) for each in ids]


def require_keeper(by: Person) -> None:
    """Raise NotAllowed unless `by` makes and changes connections. A machine was let in by whoever started it."""
    if isinstance(by, User) and not may_keep(by):
        raise NotAllowed(_("对接由系统管理员设置。请联系本单位系统管理员。"), code="not_keeper")


def require_switcher(by: Person) -> None:
    """Raise NotAllowed unless `by` may switch on."""
    if isinstance(by, User) and not may_switch(by):
        raise NotAllowed(
            _("对接能读到案件数据，启用和放宽由安全管理员办理。请通知本单位安全管理员。"), code="not_switcher"
        )


def sees(request: HttpRequest) -> bool:
    """Whether the entry of the menu is offered."""
    return bool(request.user.is_authenticated and may_see(request.user))
