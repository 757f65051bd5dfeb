"""What every kind of letter is made of: a frozen, versioned message, and the files that travel with it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Sha256 = Field(pattern=r"^[0-9a-f]{64}$")


class Frozen(BaseModel):
    """A part of a message. Unknown fields are refused: a new field is a new version of the kind."""

    # Checked by what is built at the first letter of a kind: most processes meet few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)


class Attachment(Frozen):
    """A file that travels with a letter.

    object_key: where the bytes lie in the store of the one who holds this manifest. size_bytes, sha256, sm3: of these
    bytes (lower-case hex). original_*: digests of the sealed original that this view was made from, where it was.
    """

    object_key: str = Field(max_length=300)
    media_type: str = Field(max_length=80)
    size_bytes: int = Field(ge=0)
    sha256: str = Sha256
    sm3: str = Sha256
    what: str = Field(max_length=80, description="shot code, or what the file is")
    original_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    original_sm3: str = Field("", pattern=r"^([0-9a-f]{64})?$")


class Message(Frozen):
    """Base of all letter bodies. kind and version never change once a letter of them was sent."""

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    due: ClassVar[tuple[int, Literal["working_day", "calendar_day", "hour", "minute"]] | None] = None
    numbered: ClassVar[bool] = False  # a numbered letter is a 函; the others are 往来
    settles: ClassVar[tuple[str, ...]] = ()  # kinds it answers: their clock stops when this is written (`letters.post`)
    yields: ClassVar[bool] = (
        False  # at its addressee it waits until every letter of a kind that does not yield is there
    )

    def to_body(self) -> dict[str, Any]:
        """Plain JSON values, ready for `kernel.canonical.canonical_json`."""
        return self.model_dump(mode="json")


KINDS: dict[tuple[str, int], type[Message]] = {}
M = TypeVar("M", bound=type[Message])


def contract(message: M) -> M:
    """Register a kind. A kind and version can be registered once."""
    key = (message.kind, message.version)
    if key in KINDS:
        raise ValueError(f"{key} is registered already")
    KINDS[key] = message
    return message


def read(kind: str, version: int, body: dict[str, Any]) -> Message:
    """The typed message of a body. Raises KeyError for an unknown kind, pydantic.ValidationError for a bad body."""
    return KINDS[kind, version].model_validate(body)


__all__ = ["KINDS", "Attachment", "AwareDatetime", "Frozen", "Message", "contract", "read"]
