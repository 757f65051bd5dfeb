"""Referrals and mappings as their pages show them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import Words
from kernel.tables import Sheet, book
from tenants.cases import selectors as cases
from tenants.cases.models import Case
from tenants.linkage import selectors, sources, terms
from tenants.linkage.mapping import rules
from tenants.linkage.mapping.rules import Finding, Row
from tenants.linkage.models import Outgoing, Referral
from tenants.linkage.services import sending
from webui.slots import Piece

State = Referral.State
LOOKS = {
    State.DRAFT: ("neutral", "half"),
    State.SENT: ("accent", "half"),
    State.RECEIVED: ("accent", "half"),
    State.RETURNED: ("wait", "half"),
    State.FILED: ("good", "tick"),
    State.NOT_FILED: ("seal", "cross"),
    State.RECONSIDERING: ("accent", "half"),
    State.UPHELD: ("seal", "cross"),
    State.SUPERVISING: ("accent", "half"),
    State.ENDED: ("neutral", "tick"),
    State.WITHDRAWN: ("neutral", "cross"),
}
MESSAGE_LOOKS = {
    Outgoing.State.WAITING: ("wait", "half"),
    Outgoing.State.HELD: ("seal", "cross"),
    Outgoing.State.SENDING: ("wait", "half"),
    Outgoing.State.SENT: ("good", "tick"),
    Outgoing.State.SETTLED: ("good", "tick"),
    Outgoing.State.REFUSED: ("seal", "cross"),
    Outgoing.State.CANCELLED: ("neutral", "cross"),
}


@dataclass(frozen=True)
class StepOffer:
    """One thing that can be done with a referral now."""

    code: str
    title: Words
    seal: bool = False


def line(referral: Referral, own: terms.Own) -> dict[str, Any]:
    """A referral in the list, with what is owed first."""
    tone, shape = LOOKS[State(referral.state)]
    return {"referral": referral, "tone": tone, "shape": shape, "owed": terms.next_clock(referral, own)}


def offers(referral: Referral, person: User) -> list[StepOffer]:
    """The steps open to this person, as far as a button has to know."""
    handles, heads = cases.handles(person, referral.case), cases.heads(person, referral.case.unit_id)
    state = State(referral.state)
    found: list[StepOffer] = []
    if handles and state in (State.DRAFT, State.RETURNED):
        found += [StepOffer("send", _("移送"), seal=True), StepOffer("amend", _("修改"))]
    if handles and state == State.FILED and referral.handed_over_at is None:
        found.append(StepOffer("hand_over", _("登记物品移交")))
    if handles and state == State.NOT_FILED:
        found.append(StepOffer("reconsider", _("提请复议")))
    if handles and state in (State.NOT_FILED, State.UPHELD):
        found.append(StepOffer("supervise", _("建议立案监督")))
    if handles and referral.sent_at is not None and state not in (State.WITHDRAWN, State.ENDED):
        found += [StepOffer("arrived", _("登记收到的文书")), StepOffer("outcome", _("登记刑事结果"))]
    if handles and state in Referral.MOVES["end"][0]:
        found.append(StepOffer("end", _("了结")))
    if heads and state in Referral.MOVES["withdraw"][0]:
        found.append(StepOffer("withdraw", _("撤回"), seal=True))
    return found


def messages(rows: Iterable[Outgoing]) -> list[dict[str, Any]]:
    """Messages with why they are held, and whether a person may do something about it."""
    found = []
    for each in rows:
        tone, shape = MESSAGE_LOOKS[Outgoing.State(each.state)]
        problems = [rules.finding(said) for said in each.problems]
        is_open = each.state in (Outgoing.State.WAITING, Outgoing.State.HELD) or sending.may_go_again(each)
        found.append({"message": each, "tone": tone, "shape": shape, "problems": problems, "is_open": is_open})
    return found


def case_piece(request: Any, *, case: Case, request_ids: Any = None) -> Piece | None:
    """On a case's page: its referral with what is owed, or that one may be begun; the penalty to be told."""
    person: User = request.user
    referral = selectors.referral_of_case(case)
    handles = cases.handles(person, case)
    decided = selectors.decision_to_refer(case) is not None
    standing = referral is not None and referral.state != State.WITHDRAWN
    may_begin = handles and decided and not standing and case.state == Case.State.FILED
    closed_by_penalty = case.state == Case.State.CLOSED and case.outcome == Case.Outcome.PENALTY
    platforms = selectors.platforms() if handles and closed_by_penalty else []
    told = list(selectors.messages_of(person).filter(case=case, referral=None).order_by("pk"))
    if not (referral or may_begin or platforms or told):
        return None
    return Piece(
        "linkage/_case.html",
        {
            "case": case,
            "line": line(referral, terms.of_platforms()) if referral else None,
            "may_begin": may_begin,
            "platforms": platforms,
            "told": messages(told),
        },
    )


# Mappings -------------------------------------------------------------------------------------------------------------


def shown_rows(rows: Sequence[Row], found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Rows by message, each with what is wrong with it."""
    wrong: dict[tuple[str, str], list[str]] = {}
    for each in found:
        wrong.setdefault((each.message, each.target), []).append(each.words)
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        source = sources.SOURCES.get(row.source)
        groups.setdefault(row.message, []).append(
            {
                "row": row,
                "source": source.label if source else "",
                "format": rules.FORMATS[row.format],
                "table": "；".join(f"{ours}→{theirs}" for ours, theirs in row.table.items()),
                "wrong": wrong.get((row.message, row.target), []),
            }
        )
    labels = dict(Outgoing.Kind.choices)
    return [{"message": name, "label": labels.get(name, name), "rows": mine} for name, mine in groups.items()]


def general(found: Sequence[Finding]) -> list[str]:
    """What is wrong with no row that is there."""
    return [
        each.words for each in found if each.code in ("field_lost", "kind_missing", "mapping_missing", "not_mapped")
    ]


def as_json(rows: Sequence[Row]) -> str:
    """A mapping as it is exported and edited: one row a line."""
    return "[\n" + ",\n".join(json.dumps(each.as_json(), ensure_ascii=False) for each in rows) + "\n]\n"


def as_workbook(rows: Sequence[Row]) -> bytes:
    """A mapping as a table, to be filled in by whoever knows the platform's document."""
    yes = {True: "1", False: ""}
    listed = [
        [
            row.message, row.target, row.label, row.source, row.constant, row.format, row.pattern, yes[row.needed],
            str(row.longest or ""), "；".join(row.choices), "；".join(f"{a}={b}" for a, b in row.table.items()),
        ]
        for row in rows
    ]  # fmt: skip
    known = [[each.name, str(each.label), each.kind, "、".join(each.choices)] for each in sources.SOURCES.values()]
    return book(
        [
            Sheet(
                title="mapping",
                header=HEADER,
                rows=listed,
                widths=[14, 26, 20, 26, 18, 10, 20, 8, 8, 24, 40],
                choices={0: list(Outgoing.Kind.values), 5: list(rules.FORMATS), 7: ["1"]},
            ),
            Sheet(title="sources", header=["source", "", "kind", "values"], rows=known, widths=[28, 24, 12, 60]),
        ]
    )


HEADER = [
    "message", "target", "label", "source", "constant", "format", "pattern", "needed", "longest", "choices", "table",
]  # fmt: skip


def from_workbook(sheets: list[tuple[str, list[tuple[int, list[str]]]]]) -> list[dict[str, Any]]:
    """Rows as `rules.read` takes them. Raises BadInput for what is no such table."""
    rows = dict(sheets).get("mapping", [])
    if not rows or [cell.strip() for cell in rows[0][1][: len(HEADER)]] != HEADER:
        raise rules.unreadable()
    return [_from_cells(cells) for _number, cells in rows[1:]]


def _from_cells(cells: list[str]) -> dict[str, Any]:
    said = dict(zip(HEADER, [each.strip() for each in cells] + [""] * len(HEADER), strict=False))
    longest = said["longest"]
    pairs = [each.partition("=") for each in said["table"].split("；") if each]
    return {
        **{name: said[name] for name in ("message", "target", "label", "source", "constant", "format", "pattern")},
        "needed": said["needed"] == "1",
        "longest": int(longest) if longest.isdigit() else 0,
        "choices": [each for each in said["choices"].split("；") if each],
        "table": {ours: theirs for ours, _equals, theirs in pairs},
    }
