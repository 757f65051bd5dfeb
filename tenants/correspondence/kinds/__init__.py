"""Which kinds of official letters there are (文种).

The core drafts, numbers, seals, sends and follows all of them alike; a kind says what it asks for, what crosses, and
what taking it on does.

register(KindSpec(code="clue_transfer", words=_("线索移送函"), number_word="线移", …))   in `AppConfig.ready`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django import forms

from accounts.models import Unit, User
from federation.contracts.messages import Attachment, Message
from federation.contracts.official import HeadV1
from federation.letters.post import Envelope
from kernel.errors import NotFound404, Words
from papers.content import Block
from tenants.cases.models import Case
from tenants.clues.models import Clue
from tenants.correspondence.models import OfficialLetter
from webui.slots import Piece

To = Literal["unit", "partner", "provinces"]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """In what a draft is written: who, for which unit, about which clue or case, as answer to what."""

    person: User
    unit: Unit
    clue: Clue | None = None
    case: Case | None = None
    letter: OfficialLetter | None = None
    refers_to: OfficialLetter | None = None


FormMaker = Callable[[Mapping[str, Any] | None, Setting], forms.Form]


@dataclass(frozen=True, kw_only=True)
class KindSpec:
    """One kind.

    number_word: stands in the document number between 机关代字 and year (桂市监协查〔2026〕12号: 协查).
    messages: the contracts that arrive as this kind, the newest first.
    form: what is asked beside the common parts; pages show it and the API is checked by it. `fields` of a letter are
    `keep(cleaned_data)`, JSON. started: common parts and fields that a draft begins with (title, summary, …).
    build: the message that crosses. head_of, read: its head and the `fields` of one that arrived. files: attachments
    beside the views of the list of evidence and the printed letter. texts: what of `fields` people wrote freely, to be
    looked over before it is issued. paper: blocks between the salutation and the list of evidence. facts: labels with
    what stands beside them, for its page.
    needs: a letter of it is about a clue or case. to: whom it may be written to.
    terms_kind: as agreements call it; empty where nothing but a receipt is owed. takes_on: the addressee accepts or
    returns it; else signing for it is all. answered: results are told (`OfficialResultV1`) until it is closed.
    form_no: of the official form it is printed as.
    on_issue, on_arrive, on_sign, on_accept, on_return, on_receipt: in the transaction of that step. on_sign: it was
    signed for here. on_accept gives the number under which the matter runs here. on_receipt hears, at the sender, each
    step of the addressee.
    accept_form: what is asked of who accepts. piece: its own part of the letter's page.
    """

    code: str
    words: Words
    number_word: str
    messages: tuple[type[Message], ...]
    build: Callable[[OfficialLetter, HeadV1], Message]
    form: FormMaker = lambda data, setting: forms.Form(data)
    keep: Callable[[dict[str, Any]], dict[str, Any]] = dict
    started: Callable[[Setting], dict[str, Any]] = lambda setting: {}
    read: Callable[[Any, Envelope], dict[str, Any]] = lambda message, envelope: {}
    texts: Callable[[Mapping[str, Any]], Sequence[tuple[Words, str]]] = lambda fields: ()
    paper: Callable[[OfficialLetter], Sequence[Block]] = lambda letter: ()
    facts: Callable[[OfficialLetter], Sequence[tuple[str, str]]] = lambda letter: ()
    head_of: Callable[[Any], HeadV1] = lambda message: message.head
    files: Callable[[OfficialLetter], Sequence[Attachment]] = lambda letter: ()
    needs: Literal["clue", "case", ""] = ""
    to: frozenset[To] = field(default_factory=lambda: frozenset({"unit"}))
    terms_kind: str = ""
    takes_on: bool = True
    answered: bool = True
    form_no: int = 0
    hidden: bool = False  # not offered on the page of new letters: it begins elsewhere
    on_issue: Callable[[OfficialLetter, User], None] | None = None
    on_arrive: Callable[[OfficialLetter, Any, Envelope], None] | None = None
    on_sign: Callable[[OfficialLetter, User], object] | None = None
    on_accept: Callable[[OfficialLetter, User, Mapping[str, Any]], str] | None = None
    on_return: Callable[[OfficialLetter, User], None] | None = None
    on_receipt: Callable[[OfficialLetter, str], None] | None = None
    accept_form: Callable[[Mapping[str, Any] | None, OfficialLetter, User], forms.Form] | None = None
    piece: Callable[[Any, OfficialLetter], Piece | None] | None = None


_kinds: dict[str, KindSpec] = {}


def register(spec: KindSpec) -> KindSpec:
    """Offer a kind, and take in what arrives of it. Called when the app is ready."""
    from tenants.correspondence import receivers

    _kinds[spec.code] = spec
    for message in spec.messages:
        receivers.take_letters(message, spec.code)
    return spec


def kind(code: str) -> KindSpec:
    """One kind by its code. Raises NotFound404."""
    found = _kinds.get(code)
    if found is None:
        raise NotFound404()
    return found


def kinds() -> list[KindSpec]:
    """All of them, in the order they were registered."""
    return list(_kinds.values())


def words_of(code: str) -> str:
    """What a kind is called; the code where no such kind is known any more."""
    found = _kinds.get(code)
    return str(found.words) if found is not None else code
