"""What stands on a paper, said once: Word and PDF are two writings of the same blocks.

Text is plain; what it says comes from records and was frozen when the paper was made. Nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from kernel.canonical import canonical_json, sha256_hex


class Role(StrEnum):
    """Who puts a name to a paper."""

    OFFICER = "officer"
    PARTY = "party"
    WITNESS = "witness"
    HEAD = "head"
    BRAND = "brand"
    KEEPER = "keeper"


class Tone(StrEnum):
    """How a paragraph is set."""

    BODY = "body"
    PLAIN = "plain"
    HEADING = "heading"
    NOTE = "note"
    RIGHT = "right"


@dataclass(frozen=True, kw_only=True)
class Text:
    """One paragraph; line breaks are kept."""

    words: str
    tone: Tone = Tone.BODY


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Labels with what stands beside them, ruled as on the official forms."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Columns as (heading, share of the width), and rows as long as the columns. Its head is repeated on each page."""

    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row has as many cells as the table has columns")


@dataclass(frozen=True, kw_only=True)
class Glass:
    """A name that was written on glass elsewhere, drawn from the record of its strokes (`webui.signatures`)."""

    words: str
    strokes: str


@dataclass(frozen=True, kw_only=True)
class Seal:
    """落款: who issues, the day, and the seal over both: drawn, or a place kept for it."""

    unit: str
    day: str
    drawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Break:
    """A new page; `words` stand at its top as a line to cut along."""

    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Red head of an official letter (函), instead of the plain heading."""

    issuer: str = ""
    urgency: str = ""


Block: TypeAlias = Text | Facts | Table | Glass | Seal | Break
_KINDS: dict[str, type[Block]] = {
    "text": Text,
    "facts": Facts,
    "table": Table,
    "glass": Glass,
    "seal": Seal,
    "break": Break,
}


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A place for a signature. each_page: on every page, else at the end only.

    user_id: the one account that may sign here; None for those who have none. certificate_no: of an officer.
    """

    role: Role
    name: str
    user_id: UUID | None = None
    certificate_no: str = ""
    each_page: bool = False
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class PaperContent:
    """A whole paper. bureau: the heading above the title. form_no: number of the official form, 0 for none."""

    title: str
    bureau: str
    blocks: tuple[Block, ...]
    signers: tuple[Signer, ...] = ()
    form_no: int = 0
    document_no: str = ""
    seal_place: str = ""
    landscape: bool = False
    letterhead: Letterhead | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept: JSON without floats, blocks with their kind."""
        kinds = {made: name for name, made in _KINDS.items()}
        said = asdict(self)
        if self.letterhead is None:
            del said["letterhead"]  # digests of papers made before there was one still hold
        said["blocks"] = [{"kind": kinds[type(each)], **asdict(each)} for each in self.blocks]
        for signer in said["signers"]:
            signer["user_id"] = str(signer["user_id"]) if signer["user_id"] else None
        return said

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> PaperContent:
        """What `as_json` wrote."""
        head = said.get("letterhead")
        return cls(
            **{
                **said,
                "letterhead": Letterhead(**head) if head else None,
                "blocks": tuple(_block(each) for each in said["blocks"]),
                "signers": tuple(
                    Signer(
                        **{
                            **each,
                            "role": Role(each["role"]),
                            "user_id": UUID(each["user_id"]) if each["user_id"] else None,
                        }
                    )
                    for each in said["signers"]
                ),
            }
        )

    def digest(self) -> str:
        """SHA-256 of the canonical content: what a signature refers to."""
        return sha256_hex(canonical_json(self.as_json()))

    @property
    def weight(self) -> int:
        """Cells and paragraphs: what making it takes grows with these."""
        return sum(
            len(each.rows) * len(each.columns)
            if isinstance(each, Table)
            else len(each.rows) * 2
            if isinstance(each, Facts)
            else 1
            for each in self.blocks
        )


def _block(said: Mapping[str, Any]) -> Block:
    fields = {name: value for name, value in said.items() if name != "kind"}
    if said["kind"] == "text":
        return Text(words=fields["words"], tone=Tone(fields["tone"]))
    if said["kind"] in ("glass", "seal", "break"):
        return _KINDS[said["kind"]](**fields)
    fields = {name: tuple(tuple(row) for row in value) for name, value in fields.items()}
    return Facts(**fields) if said["kind"] == "facts" else Table(**fields)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One signature as it is drawn: a PNG. page: 1 and up. place: of the signer among the paper's."""

    place: int
    page: int
    png: bytes
    at: str


@dataclass(frozen=True, kw_only=True)
class Printing:
    """A paper as it is printed now: its content, what was signed, and what keeps copies apart.

    absences: sentences on who did not sign and why. watermark: across each page, empty for none.
    """

    content: PaperContent
    check_code: str
    version: int = 1
    watermark: str = ""
    marks: Sequence[Mark] = ()
    absences: Sequence[str] = ()


ROLE_WORDS = {
    Role.OFFICER: "执法人员",
    Role.PARTY: "当事人",
    Role.WITNESS: "见证人",
    Role.HEAD: "负责人",
    Role.BRAND: "权利人代表",
    Role.KEEPER: "保管人",
}
"""As printed. Papers are Chinese whatever the reader's language: they have effect in that language only."""


def signer_words(signer: Signer) -> str:
    """What stands before the line that is signed."""
    named = f"{ROLE_WORDS[signer.role]}（{signer.name}）" if signer.name else ROLE_WORDS[signer.role]
    return f"{named} 执法证号 {signer.certificate_no}" if signer.certificate_no else named
