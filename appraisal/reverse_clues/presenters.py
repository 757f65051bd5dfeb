"""What pages show of clues: rows turned into what a template needs, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from appraisal.reverse_clues import selectors
from appraisal.reverse_clues.models import Addressee, ClueFile, ReverseClue
from evidence.models import Exhibit
from evidence.store import photo_url
from federation.parties.acting import acting_for, choices
from kernel.errors import Words

State = Addressee.State
LOOKS: dict[str, tuple[str, str]] = {
    State.CHOSEN: ("neutral", "ring"),
    State.SENT: ("wait", "ring"),
    State.REGISTERED: ("accent", "ring"),
    State.SCREENING: ("accent", "half"),
    State.DISPATCHED: ("accent", "half"),
    State.VERIFYING: ("accent", "half"),
    State.JURISDICTION: ("wait", "half"),
    State.ENDED: ("good", "tick"),
}
MEANING: dict[str, Words] = {
    State.SENT: _("已送出，等机关登记。"),
    State.REGISTERED: _("机关已登记编号，正在甄别。"),
    State.SCREENING: _("机关正在研判，确定由谁办理。"),
    State.DISPATCHED: _("已交给承办单位，等其签收。"),
    State.VERIFYING: _("承办单位正在核查，法定期限 15 个工作日，可延长一次。"),
    State.JURISDICTION: _("几家机关正在确定由谁管辖，期间由原单位保管线索。"),
    State.ENDED: _("机关已办结。依规定只告知结果，不提供案卷内容。"),
}


@dataclass(frozen=True)
class To:
    """One bureau of a clue as a page shows it."""

    row: Addressee
    province: str
    tone: str
    shape: str
    meaning: Words
    may_withdraw: bool


def to_whom(clue: ReverseClue) -> list[To]:
    """The bureaux of a clue in the order in which they were chosen."""
    names = selectors.province_names()
    found = []
    for row in clue.addressees.all():
        tone, shape = LOOKS[row.state]
        open_ = row.state not in (State.CHOSEN, State.ENDED) and row.withdrawn_at is None
        title = names.get(row.province_code, row.province_code)
        found.append(To(row, title, tone, shape, MEANING.get(row.state, ""), open_))
    return found


@dataclass(frozen=True)
class Shown:
    """A file of a clue as a page shows it."""

    row: ClueFile
    thumb: str
    view: str
    refused: Words


def files_shown(rows: Any) -> list[Shown]:
    """Files with their pictures, where they have one."""
    found = []
    for row in rows:
        ready = row.is_photo and row.exhibit is not None and row.exhibit.state == Exhibit.State.READY
        refused = row.exhibit.refusal_words if row.exhibit is not None else ""
        found.append(
            Shown(
                row,
                photo_url(row.exhibit_id, "thumb") if ready else "",
                photo_url(row.exhibit_id, "view") if ready else "",
                refused,
            )
        )
    return found


def waiting(request: HttpRequest) -> int:
    """Questions of desks that wait for the chosen organisation, for the navigation."""
    if not choices(request):
        return 0
    return selectors.questions_waiting(acting_for(request)).count()


def is_offered(request: HttpRequest) -> bool:
    """Whether the person reports for the organisation they have chosen."""
    return bool(choices(request)) and selectors.may_report(acting_for(request))
