"""Papers as pages show them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from papers import registry, selectors, services
from papers.content import Role
from papers.models import Paper, PaperSigner
from webui import signatures

LOOKS = {
    Paper.State.OPEN: ("wait", "half"),
    Paper.State.COMPLETE: ("good", "tick"),
    Paper.State.VOID: ("neutral", "cross"),
}
ROLES = {
    Role.OFFICER: gettext_lazy("执法人员"),
    Role.PARTY: gettext_lazy("当事人"),
    Role.WITNESS: gettext_lazy("见证人"),
    Role.HEAD: gettext_lazy("负责人"),
    Role.BRAND: gettext_lazy("权利人代表"),
    Role.KEEPER: gettext_lazy("保管人"),
}


@dataclass(frozen=True)
class Chip:
    """A state as a word with a shape."""

    label: str
    tone: str
    shape: str


def chip(paper: Paper) -> Chip:
    """The state of a paper."""
    tone, shape = LOOKS[Paper.State(paper.state)]
    return Chip(paper.get_state_display(), tone, shape)


@dataclass(frozen=True)
class Place:
    """A place for a signature. next_page: the page to sign now, 0 when there is none. mine: this person may sign it."""

    row: PaperSigner
    role: str
    done: bool
    words: str
    next_page: int
    mine: bool


def place(paper: Paper, row: PaperSigner, person: User, *, may_handle: bool) -> Place:
    """One of a paper's places, as its page shows it."""
    signed = sorted(each.page for each in row.signatures.all())
    absence = getattr(row, "absence", None)
    wanted = list(range(1, paper.pages + 1)) if row.each_page else [paper.pages]
    left = [page for page in wanted if page not in signed] if absence is None else []
    if absence is not None:
        words = services.absence_words(absence)
    elif not paper.pages:
        words = _("正在排版")
    elif left and signed:
        words = _("已签第 %(done)s 页，还差第 %(left)s 页") % {
            "done": "、".join(map(str, signed)),
            "left": "、".join(map(str, left)),
        }
    elif left:
        words = _("未签名") if row.required else _("未签名（可以不签）")
    else:
        words = _("已签名")
    own = row.user_id == person.pk if row.user_id else may_handle
    open_now = paper.state == Paper.State.OPEN and own and bool(paper.pages)
    return Place(row, str(ROLES[Role(row.role)]), not left, words, left[0] if left and open_now else 0, own)


@dataclass(frozen=True)
class Offer:
    """One kind of paper of a matter: what was made of it, newest first."""

    code: str
    words: str
    papers: list[tuple[Paper, Chip]]


def offers(matter_kind: str, matter_id: UUID) -> list[Offer]:
    """The papers of a matter that the caller was let in to, by kind."""
    made: dict[str, list[tuple[Paper, Chip]]] = {}
    for paper in selectors.papers_about(matter_kind, [matter_id]):
        made.setdefault(paper.kind, []).append((paper, chip(paper)))
    return [Offer(kind.code, str(kind.words), made.get(kind.code, [])) for kind in registry.kinds_of(matter_kind)]


def pages_left(paper: Paper) -> list[int]:
    """Pages of which no scan was handed in."""
    have = {scan.page for scan in paper.scans.all()}
    return [page for page in range(1, paper.pages + 1) if page not in have]


def _shown(block: dict[str, Any]) -> dict[str, Any]:
    """A block as the page shows it: a name on glass as a picture."""
    if block["kind"] != "glass":
        return block
    drawn = base64.b64encode(signatures.picture(block["strokes"])).decode()
    return {"kind": "glass", "words": block["words"], "picture": f"data:image/png;base64,{drawn}"}


def context(paper: Paper, person: User) -> dict[str, Any]:
    """All that the page of one paper shows."""
    may_handle = selectors.may_handle(person, paper)
    places = [place(paper, row, person, may_handle=may_handle) for row in paper.signers.all()]
    return {
        "paper": paper,
        "said": paper.said,
        "blocks": [_shown(block) for block in paper.content["blocks"]],
        "chip": chip(paper),
        "places": places,
        "signing": next((each for each in places if each.next_page), None),
        "may_handle": may_handle,
        "pages_left": pages_left(paper),
        "open": paper.state == Paper.State.OPEN,
    }
