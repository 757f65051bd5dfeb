"""Letters about grants: what one party lets another see, for what, how far, until when; and what became of it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

Content = Literal["fact", "person", "picture", "file", "fingerprint"]
Level = Literal["none", "masked", "view", "copy"]
CONTENTS: tuple[Content, ...] = ("fact", "person", "picture", "file", "fingerprint")
LEVELS: tuple[Level, ...] = ("none", "masked", "view", "copy")


@contract
class GrantGivenV1(Message):
    """共享授权: a share begins. contents: how far each kind of content goes; what is not named does not go at all.

    subject_kind, subject_id: what it is about, as the giver names it; subject_title: what the holder may read of that.
    """

    kind = "grant.given"

    grant_id: UUID
    purpose: str = Field(min_length=1, max_length=300)
    holder_unit: str = Field("", max_length=80)
    contents: dict[Content, Level]
    subject_kind: str = Field(max_length=40)
    subject_id: UUID
    subject_title: str = Field("", max_length=200)
    starts_at: AwareDatetime
    expires_at: AwareDatetime
    replaces: UUID | None = None
    who: str = Field(max_length=40)
    at: AwareDatetime


class SharedItemV1(Frozen):
    """One thing that is shown under a grant: words (facts, people; masked where the level says so) or a file.

    sha256: of the file in the manifest, empty for words.
    """

    item_id: UUID
    content: Content
    level: Literal["masked", "view", "copy"]
    title: str = Field(min_length=1, max_length=200)
    text: str = Field("", max_length=20_000)
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")


@contract
class GrantContentsV1(Message):
    """What is shown under a grant. More may follow."""

    kind = "grant.contents"

    grant_id: UUID
    items: tuple[SharedItemV1, ...] = Field(min_length=1, max_length=60)
    at: AwareDatetime


@contract
class GrantEndedV1(Message):
    """The giver ends a grant. The end itself holds from the moment it was written, before this arrives."""

    kind = "grant.ended"

    grant_id: UUID
    why: str = Field(min_length=1, max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


class UseV1(Frozen):
    """One look: who, where they belong, at what, by which way."""

    use_id: UUID
    at: AwareDatetime
    who: str = Field(max_length=80)
    content: Content
    what: str = Field("", max_length=200)
    way: Literal["page", "api", "stream", "link", "cache", "task", "file", "refused"]


@contract
class GrantUsedV1(Message):
    """使用情况: the holder tells the giver who looked at what."""

    kind = "grant.used"

    grant_id: UUID
    uses: tuple[UseV1, ...] = Field(min_length=1, max_length=500)
