"""The doors to referrals: whoever sees the case sees its referral; a platform's program what goes by its connection."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Post, User
from connections import rules
from connections import selectors as connections
from connections.models import Client, Connection
from kernel.errors import NotAllowed, NotFound404
from tenants.cases import selectors as cases
from tenants.cases.models import Case, ReferralDecision
from tenants.linkage.models import LinkageSetting, Mapping, Outgoing, Referral
from tenants.parcels import selectors as parcels


def referrals_of(person: User) -> QuerySet[Referral]:
    """Referrals of the cases this person sees, newest first. An administrator reads no case."""
    if not person.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER):
        return Referral.objects.none()
    seen = cases.cases_of(person).order_by().values("pk")
    return Referral.objects.filter(case__in=seen).select_related("case", "unit", "decision")


def referrals_for(connection: Connection) -> QuerySet[Referral]:
    """Referrals that went out by a connection."""
    out = Referral.objects.filter(connection_id=connection.pk, state__in=Referral.OUT)
    return out.select_related("case", "unit", "decision")


def asked(person: User, connection: Connection | None) -> QuerySet[Referral]:
    """Of a call: a platform's program sees what goes by its connection, anybody else what their cases are."""
    return referrals_for(connection) if connection is not None else referrals_of(person)


def referrals_heard_by(user: Any) -> QuerySet[Referral]:
    """Referrals whose events this person may know of; a platform's program those of its own connection."""
    platforms = Client.objects.filter(user=user, state=Client.State.ON, connection__kind=Connection.Kind.LINKAGE)
    own = list(platforms.values_list("connection_id", flat=True)) if user.is_service else []
    if not own:
        return referrals_of(user)
    return Referral.objects.filter(connection_id__in=own, state__in=[*Referral.OUT, Referral.State.WITHDRAWN])


def access_referral(person: User, referral_id: UUID | str, *, lock: str = "") -> Referral:
    """One referral. lock: "handler" or "head", who is going to write. Raises NotFound404, NotAllowed."""
    found: Referral = _one(referrals_of(person), referral_id)
    if not lock:
        return found
    if lock == "handler" and not cases.handles(person, found.case):
        raise NotAllowed()
    if lock == "head" and not cases.heads(person, found.case.unit_id):
        raise NotAllowed()
    return locked(found.pk)


def locked(referral_id: UUID) -> Referral:
    """The row for writing; who may, was looked at."""
    return Referral.objects.select_for_update(of=("self",)).select_related("case", "unit").get(pk=referral_id)


def referral_of_case(case: Case) -> Referral | None:
    """The referral of a case that was not withdrawn, else the last one."""
    rows = list(Referral.objects.filter(case=case).order_by("-pk"))
    standing = [each for each in rows if each.state != Referral.State.WITHDRAWN]
    return (standing or rows or [None])[0]  # type: ignore[list-item]


def decision_to_refer(case: Case) -> ReferralDecision | None:
    """The head's last decision, if it is to refer."""
    last = case.referrals.order_by("-at", "-pk").first()
    return last if last is not None and last.decision == ReferralDecision.Decision.REFER else None


def open_messages() -> QuerySet[Outgoing]:
    """Messages that have not gone, the oldest first."""
    return Outgoing.objects.filter(state__in=Outgoing.OPEN).select_related("case__unit", "referral").order_by("pk")


def to_push(moment: datetime) -> QuerySet[Outgoing]:
    """What is pushed now: the first of its case, to a platform that is on. What others fetch must not stand before."""
    pushed = LinkageSetting.objects.filter(channel=LinkageSetting.Channel.PUSH).values("connection_id")
    earlier = Outgoing.objects.filter(
        case=OuterRef("case"), connection_id=OuterRef("connection_id"), state__in=Outgoing.OPEN, pk__lt=OuterRef("pk")
    )
    rows = open_messages().filter(state=Outgoing.State.WAITING, next_try_at__lte=moment)
    on = [each.pk for each in platforms()]
    return rows.filter(Q(connection_id__in=pushed) & Q(connection_id__in=on)).exclude(Exists(earlier))


def messages_of(person: User) -> QuerySet[Outgoing]:
    """Messages about cases that this person sees."""
    seen = cases.cases_of(person).order_by().values("pk")
    return Outgoing.objects.filter(case__in=seen).select_related("case", "referral", "withdraws")


def access_message(person: User, message_id: UUID | str) -> Outgoing:
    """One message. Raises NotFound404."""
    found: Outgoing = _one(messages_of(person), message_id)
    return found


def message_for(connection: Connection, message_id: UUID | str) -> Outgoing:
    """One message of a connection. Raises NotFound404."""
    return _one(Outgoing.objects.filter(connection_id=connection.pk).select_related("case", "referral"), message_id)


def waiting_messages(connection_id: UUID) -> int:
    """How many messages have not gone."""
    return Outgoing.objects.filter(connection_id=connection_id, state__in=Outgoing.OPEN).count()


def platforms() -> list[Connection]:
    """Linkage platforms that are switched on."""
    return list(connections.living("linkage"))


def access_platform(person: User, connection_id: UUID | str) -> Connection:
    """A linkage platform, for who keeps it and for who carries its files. Raises NotFound404."""
    found = parcels.access_connection(person, connection_id)
    if found.kind != Connection.Kind.LINKAGE:
        raise NotFound404()
    return found


def mappings_of(connection: Connection) -> QuerySet[Mapping]:
    """All versions, newest first."""
    return Mapping.objects.filter(connection_id=connection.pk)


def access_mapping(connection: Connection, version: int) -> Mapping:
    """One version. Raises NotFound404."""
    found = mappings_of(connection).filter(version=version).first()
    if found is None:
        raise NotFound404()
    return found


def mapping_in_force(connection_id: UUID) -> Mapping | None:
    """The version by which messages are written."""
    return Mapping.objects.filter(connection_id=connection_id, state=Mapping.State.CURRENT).first()


def setting_of(connection_id: UUID) -> LinkageSetting:
    """How messages reach a platform; an unsaved one with what holds unless somebody says otherwise."""
    return LinkageSetting.objects.filter(pk=connection_id).first() or LinkageSetting(connection_id=connection_id)


def may_edit(person: User) -> bool:
    """Whether this person writes mappings: who keeps connections."""
    return rules.may_keep(person)


def may_put_in_force(person: User) -> bool:
    """Whether this person puts a mapping in force: what leaves the house is a matter of security."""
    return rules.may_switch(person)


def _one(rows: QuerySet[Any], pk: UUID | str) -> Any:
    try:
        found = rows.filter(pk=pk).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound404()
    return found
