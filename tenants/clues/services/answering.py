"""来源反馈: every source of a clue hears where it stands and how it ended, and so does the office of its campaign.

Each source has its own answer under its own number, those of merged clues too (C-26). What is shown is a state and an
end; nothing of the file (C-04). A brand or association hears by letter, an officer or section by a notice here, and
for everybody else the end stands on a list until somebody has told them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.move import move
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.clues import ClueStateV1
from federation.letters.errors import AddresseeSuspended, AddresseeUnknown
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput
from kernel.ids import uuid7
from notify.services import tell
from tenants.clues import answers_selectors as doors
from tenants.clues.models import BrandReport, Clue, ClueSource, Feedback, Telling
from tenants.clues.services.steps import url

BUREAU = Actor(None, "系统")
LETTER = "letter"
"""`record_kind` of a source that began with a brand's letter: it is answered by letter, once its report is kept."""
State = Clue.State
SHOWN_AS: dict[str, str] = {
    State.REGISTERED: "registered",
    State.ASSESSING: "screening",
    State.SCREENED: "screening",
    State.RETURNED: "screening",
    State.DISPATCHED: "dispatched",
    State.VERIFYING: "verifying",
    State.DISPUTED: "jurisdiction",
    State.ENDED: "ended",
}
"""What a source may see of each state. A merged clue is shown as the one that goes on for it."""
HEARS_HERE = frozenset(
    {Clue.SourceKind.OFFICER, Clue.SourceKind.SECTION, Clue.SourceKind.STATION, Clue.SourceKind.GRID}
)
HEARS_OF = frozenset({"dispatched", "verifying", "ended"})
"""States of which a colleague is told by notice; the others they find on the clue."""

CampaignsOf = Callable[[Clue], Iterable[tuple[UUID, str]]]
_campaigns: list[CampaignsOf] = []


def on_campaigns(func: CampaignsOf) -> CampaignsOf:
    """Ask `func(clue)` for the campaigns a clue belongs to: (id, name). Their offices hear of it (C-24)."""
    if func not in _campaigns:
        _campaigns.append(func)
    return func


def on_change(clue: Clue, verb: str) -> None:
    """The clue took a step: tell everybody who has not heard of where it stands now. Registered as a hook."""
    with transaction.atomic(savepoint=False):
        tell_sources(clue, first=verb == "register")


def tell_sources(clue: Clue, *, first: bool = False) -> list[Feedback]:
    """Make the answers that are owed for a clue and those merged into it. Nothing new, nothing written.

    first: the clue was just made, so nobody has heard of it yet and nothing is looked for.
    """
    lead = clue.lead if clue.lead is not None else clue
    shown = _shown(lead)
    made = []
    for source in doors.sources_of(lead):
        report = doors.report_of(source)
        if source.record_kind == LETTER and report is None:
            continue
        if not first:
            if not _is_news(doors.last_feedback(source), shown):
                continue
            _lapse(source)
        made.append(_answer(source, lead, shown, report))
    made += _tell_campaigns(lead, shown)
    return made


def _shown(lead: Clue) -> dict[str, Any]:
    ended = lead.state == State.ENDED
    return {
        "state": SHOWN_AS[lead.state],
        "result": lead.result if ended else "",
        "outcome": lead.outcome if ended else "",
        "ended_on": clock.local_date(lead.ended_at or clock.now()).isoformat() if ended else "",
    }


def _is_news(last: Feedback | None, shown: dict[str, Any]) -> bool:
    return last is None or any(last.shown.get(name, "") != value for name, value in shown.items())


def _answer(source: ClueSource, lead: Clue, shown: dict[str, Any], report: BrandReport | None) -> Feedback:
    """One answer to one source, under the number that its own clue has."""
    own, now = source.clue, clock.now()
    row = Feedback(
        id=uuid7(),
        clue=own,
        source=source,
        target=Feedback.Target.SOURCE,
        shown={**shown, "number": own.number},
        is_final=shown["state"] == "ended",
        at=now,
    )
    if report is not None:
        row.letter_id = _by_letter(report, row, now)
    row.save(force_insert=True)
    if source.kind in HEARS_HERE and source.by_user_id:
        _by_notice(source, lead, row)
    elif row.is_final and row.letter_id is None:
        due = clock.add_working_days(now, settings.CLUE_TELL_DAYS)
        Telling.objects.create(feedback=row, due_on=due.date, due_provisional=due.provisional)
    return row


def _by_letter(report: BrandReport, row: Feedback, now: datetime) -> UUID | None:
    """Post the state. None where the party takes no letters any more: then somebody has to tell it."""
    message = ClueStateV1(
        clue_id=report.brand_clue_id,
        feedback_id=row.pk,
        number=row.shown["number"],
        state=row.shown["state"],
        at=now,
        result=row.shown["result"],
        outcome=row.shown["outcome"],
        ended_on=row.shown["ended_on"] or None,
    )
    try:
        with transaction.atomic():
            letter = post(
                message,
                to=Address.parse(report.party),
                thread=report.brand_clue_id,
                by=BUREAU,
                in_reply_to=report.letter_id,
                purpose="clue",
            )
    except (AddresseeSuspended, AddresseeUnknown):
        return None
    return letter.pk


def _by_notice(source: ClueSource, lead: Clue, row: Feedback) -> None:
    """Tell the colleague who brought it, unless they have it in hand themselves."""
    if row.shown["state"] not in HEARS_OF or source.by_user_id in (None, lead.holder_id):
        return
    if row.is_final and source.by_user_id == lead.registered_by_id:
        return  # who registered the clue that ends is told of its end by the step itself
    tell(
        to=[source.by_user_id],
        code="clue_feedback",
        title=_("您报送的线索：{state}").format(state=words_of(row.shown)),
        body=f"{source.clue.number} {source.clue.title}",
        url=url(source.clue),
    )


def _lapse(source: ClueSource) -> None:
    """An end that no longer stands (the clue was reopened) need not be told any more."""
    for row in Telling.objects.filter(feedback__source=source, state=Telling.State.DUE):
        move(row, "lapse", by=BUREAU)


def _tell_campaigns(lead: Clue, shown: dict[str, Any]) -> list[Feedback]:
    made = []
    for func in _campaigns:
        for campaign_id, name in func(lead):
            last = doors.last_to_campaign(lead, campaign_id)
            if not _is_news(last, shown):
                continue
            made.append(
                Feedback.objects.create(
                    clue=lead,
                    target=Feedback.Target.CAMPAIGN,
                    shown={**shown, "number": lead.number, "campaign_id": str(campaign_id), "campaign": name},
                    is_final=shown["state"] == "ended",
                )
            )
    return made


# Told by phone or letter ----------------------------------------------------------------------------------------------


@transaction.atomic
def mark_told(*, by: User, telling_id: UUID, way: str, note: str = "") -> Telling:
    """The source was told. way: how; unreachable needs a note. Raises NotFound404, BadInput, MoveRefused."""
    row = doors.telling(by, telling_id, lock=True)
    if way not in Telling.Way.values:
        raise BadInput(
            gettext_lazy("请选怎样告知的：电话、书面、在来源平台回复、当面，或无法联系。"), code="way_missing"
        )
    note = note.strip()[:500]
    if way == Telling.Way.UNREACHABLE and not note:
        raise BadInput(gettext_lazy("无法联系的，请写何时、用什么方式联系过。"), code="note_missing")
    return move(row, "tell", by=by, why=note, way=way, note=note, told_by=by, told_at=clock.now())


# In words -------------------------------------------------------------------------------------------------------------

STATES = {
    "registered": gettext_lazy("已登记"),
    "screening": gettext_lazy("甄别分派中"),
    "dispatched": gettext_lazy("已交办"),
    "verifying": gettext_lazy("核查中"),
    "jurisdiction": gettext_lazy("确定管辖中"),
    "ended": gettext_lazy("已办结"),
}


def words_of(shown: dict[str, Any]) -> str:
    """What a source was shown, for people: the state, at the end the end."""
    words = str(STATES.get(shown.get("state", ""), shown.get("state", "")))
    if shown.get("outcome"):
        words += f"：{Clue.Outcome(shown['outcome']).label}"
    if shown.get("result"):
        words += f"（{Clue.Result(shown['result']).label}）"
    return words
