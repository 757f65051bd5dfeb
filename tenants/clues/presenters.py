"""How a clue is shown: its states and clocks as a word with a shape, its trail as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from audit import trail
from kernel import clock
from kernel.clock import ClockStanding, Reckoning
from tenants.clues.models import Clue

State = Clue.State
LOOKS = {
    State.REGISTERED: ("wait", "dot"),
    State.ASSESSING: ("accent", "half"),
    State.SCREENED: ("wait", "ring"),
    State.DISPATCHED: ("accent", "letter"),
    State.VERIFYING: ("accent", "half"),
    State.RETURNED: ("wait", "back"),
    State.DISPUTED: ("seal", "diamond"),
    State.ENDED: ("good", "tick"),
    State.MERGED: ("neutral", "link"),
}
"""State to tone and shape; the ledger and the boards wear the same."""
PRIORITY_LOOKS = {
    Clue.Priority.NORMAL: ("neutral", "ring"),
    Clue.Priority.RAISED: ("wait", "diamond"),
    Clue.Priority.URGENT: ("seal", "warning"),
}
VERBS = {
    **Clue.VERBS,
    "register": gettext_lazy("登记"),
    "choose_division": gettext_lazy("选定区划"),
    "opine": gettext_lazy("发表研判意见"),
    "pause": gettext_lazy("期限中止计算"),
    "resume": gettext_lazy("期限恢复计算"),
    "hand_down": gettext_lazy("内部交办"),
    "set_verifiers": gettext_lazy("确定核查人员"),
    "begin_inspection": gettext_lazy("开始现场检查"),
    "party_not_filled_in": gettext_lazy("当事人代码有误，未带入检查"),
    "ask_extension": gettext_lazy("报批延期"),
    "approve_extension": gettext_lazy("批准延期"),
    "refuse_extension": gettext_lazy("不批准延期"),
    "ask_no_filing": gettext_lazy("报批不予立案"),
    "approve_no_filing": gettext_lazy("批准不予立案"),
    "refuse_no_filing": gettext_lazy("不批准不予立案"),
    "supervise": gettext_lazy("督办"),
    "answer_supervision": gettext_lazy("回复督办"),
    "refuse_supervision": gettext_lazy("督办退回重办"),
    "lift_supervision": gettext_lazy("解除督办"),
    "back_to_head": gettext_lazy("承办人离岗，转负责人"),
    "term_corrected": gettext_lazy("按新节假日表重算期限"),
    "ask_source": gettext_lazy("向来源提问"),
    "source_withdrew": gettext_lazy("来源撤回"),
    "redirect": gettext_lazy("改由省局受理"),
}
_ICONS = {
    "register": "plus",
    "dispatch": "letter",
    "sign_for": "tick",
    "return": "back",
    "recall": "back",
    "dispute": "diamond",
    "supervise": "warning",
    "end": "check-seal",
    "begin_inspection": "place",
    "choose_division": "place",
}


@dataclass(frozen=True)
class Term:
    """A clock in words. tone and shape: a chip of its own, never colour alone."""

    words: str
    tone: str
    shape: str
    exact: str = ""


def state_chip(clue: Clue) -> dict[str, str]:
    tone, shape = LOOKS[State(clue.state)]
    return {"label": str(State(clue.state).label), "tone": tone, "shape": shape}


def days_left(due: datetime, now: datetime | None = None) -> int:
    """Working days from today to the day of `due`; negative days of the calendar once it is over."""
    today, last = clock.local_date(now or clock.now()), clock.local_date(due)
    if last < today:
        return (last - today).days
    calendar, left, day = clock.national_calendar(), 0, today
    while day < last:
        day += timedelta(days=1)
        left += calendar.is_working_day(day)
    return left


def term_of(clue: Clue, *, now: datetime | None = None) -> Term | None:
    """What is owed next, in working days. None once there is an end."""
    if clue.due_at is None or clue.state not in Clue.OPEN:
        return None
    left, exact = days_left(clue.due_at, now), clock.local_date(clue.due_at).isoformat()
    if left < 0:
        return Term(ngettext("超期 %(n)s 天", "超期 %(n)s 天", -left) % {"n": -left}, "seal", "warning", exact)
    if left == 0:
        return Term(_("今天到期"), "seal", "clock", exact)
    words = ngettext("还剩 %(n)s 个工作日", "还剩 %(n)s 个工作日", left) % {"n": left}
    if clue.verify_by_provisional:
        words += _("（暂定）")
    return Term(words, "wait" if left <= 3 else "neutral", "clock", exact)


def check_words(clue: Clue, reading: Reckoning) -> Term:
    """The term of the check, as art. 18 has it."""
    last = clock.local_date(reading.due_at).isoformat()
    if reading.standing is ClockStanding.MET:
        return Term(_("超期办结") if reading.late else _("按期办结"), "wait" if reading.late else "good", "tick", last)
    if reading.standing is ClockStanding.OVERDUE:
        return Term(_("核查期限 %(day)s 已过") % {"day": last}, "seal", "warning", last)
    if reading.standing is ClockStanding.PAUSED:
        return Term(_("核查期限中止计算；现在恢复则到 %(day)s") % {"day": last}, "neutral", "half", last)
    words = _("核查期限到 %(day)s") % {"day": last}
    return Term(words + (_("（暂定）") if reading.provisional else ""), "neutral", "clock", last)


def said(record: dict[str, Any] | None) -> str:
    """A sentence kept in both languages, in the reader's."""
    kept = record or {}
    return str(kept.get("en" if (get_language() or "zh").startswith("en") else "zh", ""))


def timeline(clue: Clue) -> list[dict[str, Any]]:
    """What happened, oldest first, for `webui/_timeline.html`."""
    return [_event(each) for each in trail.of(clue)]


def _event(entry: Any) -> dict[str, Any]:
    data = entry.data or {}
    details: Iterable[str] = (
        " → ".join(
            each for each in (data.get("before_name", ""), data.get("unit", ""), data.get("officer", "")) if each
        ),
        str(data.get("number", "")),
        str(data.get("inspection", "")),
        str(data.get("head", "")),
        entry.why,
    )
    verb = "unmerge" if entry.verb.startswith("unmerge_") else entry.verb
    return {
        "at": entry.at,
        "title": VERBS.get(entry.verb, verb),
        "detail": " · ".join(each for each in details if each),
        "by": entry.said_by,
        "icon": _ICONS.get(verb, "dot"),
        "tone": {"end": "good", "dispute": "seal", "supervise": "seal", "return": "wait"}.get(verb, "neutral"),
    }
