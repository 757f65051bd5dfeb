"""The resources that we speak of with directories (RFC 7643): people, units and roles, and nothing we do not keep.

An attribute that stands here in no class is passed over when it comes: addresses, photographs and passwords of
officers are none of our business.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, ClassVar

import scim2_models
from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.resource import AnyExtension

from accounts.models import Unit
from accounts.rules import EVERYDAY_ROLES

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
OFFICER = "urn:ietf:params:scim:schemas:extension:chazhenjia:2.0:Officer"
UNIT = "urn:ietf:params:scim:schemas:extension:chazhenjia:2.0:Unit"
MOST_RESULTS, MOST_OPERATIONS, MOST_BYTES = 500, 1_000, 2_000_000


class PersonName(ComplexAttribute):
    """A person's name as it is written, or in its parts."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class PersonEmail(ComplexAttribute):
    """An address of electronic mail; the primary one, or else the first, is used."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class PersonPhone(ComplexAttribute):
    """A telephone number; of type mobile, primary, or else the first that is a mobile, is used to sign in."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class PersonGroup(ComplexAttribute):
    """A unit or role of a person, as groups."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    ref: Annotated[Reference[scim2_models.Group[Any]] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    display: Annotated[str | None, Mutability.read_only] = None
    type: Annotated[str | None, Mutability.read_only] = None


class Person(Resource[AnyExtension]):
    """Somebody who works for the bureau."""

    __schema__ = URN(USER)

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: PersonName | None = None
    display_name: str | None = None
    title: str | None = None
    active: bool | None = None
    emails: list[PersonEmail] | None = None
    phone_numbers: list[PersonPhone] | None = None
    groups: Annotated[list[PersonGroup] | None, Mutability.read_only] = None

    Name: ClassVar[type[ComplexAttribute]] = PersonName
    Emails: ClassVar[type[ComplexAttribute]] = PersonEmail
    PhoneNumbers: ClassVar[type[ComplexAttribute]] = PersonPhone
    Groups: ClassVar[type[ComplexAttribute]] = PersonGroup


class Officer(Extension):
    """What a bureau keeps of an officer beyond the name."""

    __schema__ = URN(OFFICER)

    cert_no: Annotated[str | None, Uniqueness.server] = None
    cert_until: str | None = None
    unit_code: Annotated[str | None, CaseExact.true] = None
    division_code: Annotated[str | None, Mutability.read_only, Returned.request] = None
    roles: list[str] | None = Field(None, examples=sorted(EVERYDAY_ROLES))


class GroupMember(ComplexAttribute):
    """A person in a unit, or who holds a role."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[scim2_models.User[Any]] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    display: Annotated[str | None, Mutability.read_only, Returned.request] = None


class Group(Resource[AnyExtension]):
    """A unit of the bureau, or one of the everyday roles."""

    __schema__ = URN(GROUP)

    display_name: Annotated[str | None, Required.true] = None
    members: list[GroupMember] | None = None

    Members: ClassVar[type[ComplexAttribute]] = GroupMember


class UnitFacts(Extension):
    """What a bureau keeps of a unit; whoever says any of it says what no unit is without. Roles have none of it."""

    __schema__ = URN(UNIT)

    code: Annotated[str | None, CaseExact.true, Required.true, Uniqueness.server] = None
    kind: Annotated[str | None, Required.true] = Field(None, examples=[kind.value for kind in Unit.Kind])
    parent_code: Annotated[str | None, CaseExact.true] = None
    division_code: Annotated[str | None, Required.true] = None


POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""How far the payloads of real directories may depart from the letter: more than ours do."""


def _resource_type(resource: Any, name: str, endpoint: str, description: str) -> ResourceType:
    made = ResourceType.from_resource(resource)
    made.id, made.name, made.endpoint, made.description = name, name, endpoint, description
    return made


@cache
def provider() -> ScimProvider:
    """What this service is, for the discovery addresses and for reading what comes."""
    return ScimProvider(
        models=[Person, Officer, Group, UnitFacts],
        resource_types=[
            _resource_type(Person[Officer], "User", "/Users", "执法人员和其他工作人员"),
            _resource_type(Group[UnitFacts], "Group", "/Groups", "机构，以及三种日常角色"),
        ],
        config=ServiceProviderConfig(
            patch=Patch(supported=True),
            bulk=Bulk(supported=True, max_operations=MOST_OPERATIONS, max_payload_size=MOST_BYTES),
            filter=Filter(supported=True, max_results=MOST_RESULTS),
            change_password=ChangePassword(supported=False),
            sort=Sort(supported=True),
            etag=ETag(supported=True),
            authentication_schemes=[
                AuthenticationScheme(
                    type="oauthbearertoken",
                    name="OAuth Bearer Token",
                    description="An access token of a client of this connection, with the scope people:write.",
                    primary=True,
                )
            ],
        ),
        policy=POLICY,
    )


def person_model() -> type[Any]:
    """The resource of a person, extension included."""
    return provider().model_for("User")  # type: ignore[return-value]


def group_model() -> type[Any]:
    """The resource of a unit or role, extension included."""
    return provider().model_for("Group")  # type: ignore[return-value]
