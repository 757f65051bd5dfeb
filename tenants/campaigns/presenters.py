"""What pages show, put together once. Targets come through `campaigns.veil` alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from kernel import clock
from tenants.campaigns import selectors, veil
from tenants.campaigns.figures import Figures, together
from tenants.campaigns.models import (
    Campaign,
    CampaignClue,
    JointAction,
    JointProvince,
    JointTarget,
    UrgentCall,
    UrgentLine,
)
from tenants.campaigns.services.bundling import party_key
from tenants.campaigns.veil import Seen
from tenants.clues.models import Clue

ACTION_LOOKS = {
    JointAction.State.DRAFT: ("neutral", "ring"),
    JointAction.State.ANNOUNCED: ("accent", "clock"),
    JointAction.State.UNDERWAY: ("wait", "half"),
    JointAction.State.CLOSED: ("good", "tick"),
    JointAction.State.CALLED_OFF: ("neutral", "cross"),
}
TARGET_LOOKS = {
    JointTarget.State.PLANNED: ("neutral", "ring"),
    JointTarget.State.UNDERWAY: ("wait", "half"),
    JointTarget.State.ENDED: ("good", "tick"),
    JointTarget.State.DROPPED: ("neutral", "cross"),
}
CALL_LOOKS = {
    UrgentCall.State.RINGING: ("seal", "warning"),
    UrgentCall.State.ANSWERED: ("good", "tick"),
    UrgentCall.State.WITHDRAWN: ("neutral", "cross"),
}
PROVINCE_LOOKS = {
    JointProvince.State.NAMED: ("neutral", "ring"),
    JointProvince.State.INVITED: ("wait", "clock"),
    JointProvince.State.ACCEPTED: ("good", "tick"),
    JointProvince.State.DECLINED: ("seal", "cross"),
}


# Urgent ---------------------------------------------------------------------------------------------------------------


def call_card(person: User, call: UrgentCall) -> dict[str, Any]:
    """A call with every ring and answer, and what this person may do about it."""
    tone, shape = CALL_LOOKS[UrgentCall.State(call.state)]
    lines = [
        {
            "line": line,
            "tone": {"rung": "accent", "answered": "good", "withdrawn": "neutral"}.get(line.kind, "seal"),
            "icon": {"rung": "phone", "answered": "tick", "withdrawn": "cross"}.get(line.kind, "warning"),
        }
        for line in UrgentLine.objects.filter(call=call).order_by("at", "pk")
    ]
    return {
        "call": call,
        "tone": tone,
        "shape": shape,
        "lines": lines,
        "may_answer": selectors.may_answer(person, call),
        "may_withdraw": selectors.may_withdraw(person, call),
        "last_rung": next((each["line"] for each in reversed(lines) if each["line"].kind == "rung"), None),
    }


def bundles_of(person: User, clue: Clue) -> list[dict[str, Any]]:
    """Campaigns this person may see, and actions whose target of this clue is open to them."""
    rows: list[dict[str, Any]] = []
    seen = selectors.campaigns_of(person).filter(clues__clue=clue)
    rows += [{"url": f"/campaigns/{each.pk}/", "name": each.name, "state": each.get_state_display()} for each in seen]
    for action in selectors.actions_of(person).filter(targets__clues__clue=clue).distinct():
        eyes = veil.Eyes(person, action)
        rows += [
            {
                "url": f"/joint/{action.pk}/",
                "name": f"{action.code_name} · " + _("目标 %(n)s") % {"n": target.number},
                "state": action.get_state_display(),
            }
            for target in selectors.targets_of(action).filter(clues__clue=clue)
            if eyes.open(target)
        ]
    return rows


# Joint action ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A target as a line of a page."""

    seen: Seen
    tone: str
    shape: str
    url: str


@dataclass(frozen=True)
class Board:
    """All targets of an action through one person's eyes, and their sum. Sums are of open targets alone."""

    rows: list[Row]
    total: Figures
    received: int
    in_place: int
    begun: int
    ended: int
    count: int
    hidden: int


def board(person: User, action: JointAction) -> Board:
    """The live board."""
    seen = veil.see_all(person, action)
    rows = [row(each) for each in seen]
    standing = [each for each in seen if each.state != JointTarget.State.DROPPED]
    return Board(
        rows=rows,
        total=together(each.figures for each in standing if not each.hidden),
        received=sum(bool(each.received) or bool(each.in_place) for each in standing),
        in_place=sum(bool(each.in_place) for each in standing),
        begun=sum(each.state != JointTarget.State.PLANNED for each in standing),
        ended=sum(each.state == JointTarget.State.ENDED for each in standing),
        count=len(standing),
        hidden=sum(each.hidden for each in seen),
    )


def row(seen: Seen) -> Row:
    """One line."""
    tone, shape = TARGET_LOOKS[JointTarget.State(seen.state)]
    return Row(seen, tone, shape, f"/joint/targets/{seen.id}/")


def action_head(person: User, action: JointAction) -> dict[str, Any]:
    """What every page of an action shows above."""
    tone, shape = ACTION_LOOKS[JointAction.State(action.state)]
    come = veil.has_come(action)
    return {
        "action": action,
        "tone": tone,
        "shape": shape,
        "has_come": come,
        "waits": action.state == JointAction.State.ANNOUNCED and not come,
        "plans": selectors.plans(person, action),
        "leads": selectors.leads_action(person, action),
        "over": action.state in (JointAction.State.CLOSED, JointAction.State.CALLED_OFF),
    }


def provinces(action: JointAction) -> list[dict[str, Any]]:
    """Invited provinces with their answer; those that are silent past their time stand out."""
    now = clock.now()
    rows = []
    for each in action.provinces.all():
        tone, shape = PROVINCE_LOOKS[JointProvince.State(each.state)]
        late = each.state == JointProvince.State.INVITED and each.due_at is not None and each.due_at < now
        rows.append({"row": each, "tone": "seal" if late else tone, "shape": shape, "late": late})
    return rows


# Roster ---------------------------------------------------------------------------------------------------------------


def week(unit: Unit, monday: date) -> dict[str, Any]:
    """Seven days of a roster: turns by day, and when nobody is there from now on."""
    begin = clock.at_start(monday)
    end = begin + timedelta(days=7)
    turns = list(selectors.turns_between(unit, begin, end))
    now = clock.now()
    days = []
    for offset in range(7):
        day = monday + timedelta(days=offset)
        starts, ends = clock.at_start(day), clock.at_start(day + timedelta(days=1))
        touching = [each for each in turns if each.starts_at < ends and each.ends_at > starts]
        days.append(
            {
                "day": day,
                "today": day == clock.today(),
                "turns": [each for each in touching if each.starts_at >= starts or offset == 0],
                "empty": not touching,
            }
        )
    holes = selectors.gaps(turns, max(begin, now), end) if end > now else []
    return {
        "days": days,
        "gaps": [gap for gap in holes if gap[0] < gap[1]],
        "now": selectors.on_duty(unit, now),
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
    }


def monday_of(text: str) -> date:
    """The Monday of the week a day lies in; this week's for anything that is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = clock.today()
    return day - timedelta(days=day.weekday())


# Campaigns ------------------------------------------------------------------------------------------------------------


def parties(rows: Sequence[CampaignClue]) -> list[dict[str, Any]]:
    """Clues of a campaign by party: what goes into one target together."""
    found: dict[str, list[CampaignClue]] = {}
    for each in rows:
        found.setdefault(party_key(each.clue) or str(each.clue_id), []).append(each)
    return [
        {"name": group[0].clue.subject_name or group[0].clue.title, "rows": group, "several": len(group) > 1}
        for group in found.values()
    ]


def campaign_figures(campaign: Campaign, rows: Sequence[CampaignClue]) -> dict[str, int]:
    """How many clues, how many have ended, how many were filed."""
    return {
        "clues": len(rows),
        "ended": sum(each.clue.state == Clue.State.ENDED for each in rows),
        "filed": sum(each.clue.outcome == Clue.Outcome.FILED for each in rows),
        "actions": campaign.actions.count(),
    }


def hour_words(moment: datetime) -> str:
    """A moment as officers say it."""
    return f"{moment.astimezone(clock.SHANGHAI):%m-%d %H:%M}"
