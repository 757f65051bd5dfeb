"""People, units and roles as SCIM resources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from scim2_models import Meta

from accounts.models import Post, Unit, User
from accounts.rules import EVERYDAY_ROLES
from kernel.canonical import canonical_json, sha256_hex
from scim.models import KnownPerson
from scim.schemas import (
    Group,
    GroupMember,
    Officer,
    PersonGroup,
    UnitFacts,
    group_model,
    person_model,
)
from scim.selectors import ROLE_GROUPS

ROOT = "/scim/v2"
_GROUP_OF_ROLE = {role: group_id for group_id, role in ROLE_GROUPS.items()}


def person_resource(user: User, known: KnownPerson | None, *, base: str = ROOT) -> Any:
    """A person. What the directory said in more words than we keep comes back as it came, unless changed here since."""
    said = dict(known.said) if known else {}
    was = said.get("was", {})
    payload: dict[str, Any] = {"userName": user.username, "active": user.is_active}
    if said and was.get("name") == user.name:
        payload |= {key: said[key] for key in ("displayName", "name") if key in said}
    else:
        payload |= {"displayName": user.name, "name": {"formatted": user.name}}
    if user.title:
        payload["title"] = user.title
    if said and was.get("email") == user.email:
        payload |= {"emails": said["emails"]} if "emails" in said else {}
    elif user.email:
        payload["emails"] = [{"value": user.email, "type": "work", "primary": True}]
    if said and was.get("phone") == (user.phone or ""):
        payload |= {"phoneNumbers": said["phoneNumbers"]} if "phoneNumbers" in said else {}
    elif user.phone:
        payload["phoneNumbers"] = [{"value": user.phone, "type": "mobile", "primary": True}]
    resource = person_model().model_validate(payload)
    resource.id = str(user.pk)
    resource.external_id = (known.external_id or None) if known else None
    roles = sorted({post.role for post in user.posts.all() if post.role in EVERYDAY_ROLES})
    unit = user.unit
    resource[Officer] = Officer(
        cert_no=user.officer_cert_no or None,
        cert_until=user.officer_cert_until.isoformat() if user.officer_cert_until else None,
        unit_code=unit.code if unit else None,
        division_code=unit.division_code if unit else None,
        roles=roles or None,
    )
    groups = []
    if unit is not None:
        groups.append(PersonGroup(value=str(unit.pk), ref=f"{base}/Groups/{unit.pk}", display=unit.name, type="direct"))
    for role in roles:
        group_id = _GROUP_OF_ROLE[role]
        groups.append(
            PersonGroup(
                value=str(group_id), ref=f"{base}/Groups/{group_id}", display=str(Post.Role(role).label), type="direct"
            )
        )
    resource.groups = groups or None
    changed = max(filter(None, [user.created_at, known.changed_at if known else None, user.suspended_at]))
    resource.meta = _meta("User", f"{base}/Users/{user.pk}", user.created_at, changed, resource)
    return resource


def unit_resource(unit: Unit, members: Iterable[User] | None, *, base: str = ROOT) -> Any:
    """A unit as a group. members: None leaves them out. external_id, changed_at: annotated by `selectors.units`."""
    resource = group_model()(display_name=unit.name)
    resource.id = str(unit.pk)
    resource.external_id = getattr(unit, "external_id", None) or None
    resource[UnitFacts] = UnitFacts(
        code=unit.code,
        kind=unit.kind,
        parent_code=unit.parent.code if unit.parent else None,
        division_code=unit.division_code,
    )
    resource.members = _members(members, base)
    made = _made_at(unit.pk)
    changed = getattr(unit, "changed_at", None) or made
    resource.meta = _meta("Group", f"{base}/Groups/{unit.pk}", made, changed, resource)
    return resource


def role_resource(group_id: UUID, members: Iterable[User] | None, *, base: str = ROOT) -> Any:
    """An everyday role as a group."""
    resource: Group[Any] = group_model()(display_name=str(Post.Role(ROLE_GROUPS[group_id]).label))
    resource.id = str(group_id)
    resource.members = _members(members, base)
    resource.meta = _meta("Group", f"{base}/Groups/{group_id}", None, None, resource)
    return resource


def _members(people: Iterable[User] | None, base: str) -> list[GroupMember] | None:
    if people is None:
        return None
    return [
        GroupMember(value=str(user.pk), ref=f"{base}/Users/{user.pk}", type="User", display=user.name)
        for user in people
    ] or None


def _made_at(row_id: UUID) -> datetime:
    """When a row with an id by time was made."""
    return datetime.fromtimestamp((row_id.int >> 80) / 1000, UTC)


def _meta(kind: str, location: str, created: datetime | None, changed: datetime | None, resource: Any) -> Meta:
    facts = resource.model_dump(exclude={"groups", "members"})
    facts["members"] = sorted(each.value for each in getattr(resource, "members", None) or [])
    digest = sha256_hex(canonical_json(facts))[:20]
    return Meta(resource_type=kind, created=created, last_modified=changed, location=location, version=f'W/"{digest}"')
