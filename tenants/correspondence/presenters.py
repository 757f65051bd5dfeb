"""How a letter is shown: its state and clock as a word with a shape, its course as sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import trail
from evidence import matters
from evidence.models import Exhibit
from evidence.presenters import tiles
from federation.directory import book
from federation.directory.book import DirectoryUnit
from federation.letters.models import Delivery
from kernel import clock
from tenants.clues.models import Clue
from tenants.correspondence.kinds import kind, words_of
from tenants.correspondence.models import BulletinCopy, LetterApproval, OfficialLetter
from tenants.correspondence.services import results, sending

State = OfficialLetter.State
LOOKS = {
    State.DRAFT: ("neutral", "ring"),
    State.CHECKING: ("wait", "half"),
    State.ISSUING: ("wait", "half"),
    State.ISSUED: ("wait", "clock"),
    State.SENT: ("accent", "letter"),
    State.DELIVERED: ("accent", "letter"),
    State.RECEIVED: ("accent", "half"),
    State.ACCEPTED: ("accent", "half"),
    State.RETURNED: ("seal", "back"),
    State.ANSWERED: ("accent", "half"),
    State.CLOSED: ("good", "tick"),
    State.RECALLED: ("neutral", "back"),
    State.VOID: ("neutral", "cross"),
}
COPY_LOOKS = {
    BulletinCopy.State.NAMED: ("neutral", "ring"),
    BulletinCopy.State.WAITING: ("wait", "clock"),
    BulletinCopy.State.SENT: ("accent", "letter"),
    BulletinCopy.State.RECEIVED: ("good", "tick"),
    BulletinCopy.State.ACCEPTED: ("good", "tick"),
    BulletinCopy.State.RETURNED: ("seal", "back"),
    BulletinCopy.State.ANSWERED: ("good", "tick"),
    BulletinCopy.State.DROPPED: ("neutral", "cross"),
}
VERBS = {
    **OfficialLetter.VERBS,
    "draft": gettext_lazy("拟稿"),
    "change": gettext_lazy("修改函稿"),
    "put_exhibits": gettext_lazy("选定证据"),
    "arrive": gettext_lazy("来函"),
    "wait": gettext_lazy("暂不能发出"),
    "stuck": gettext_lazy("没有送达"),
    "seal": gettext_lazy("纸质盖章"),
    "hand_to": gettext_lazy("指定承办人"),
    "send_evidence": gettext_lazy("随函移转证据"),
    "claim_filing": gettext_lazy("主张先立案"),
    "open_dispute": gettext_lazy("提请共同上级处理"),
    "give_way": gettext_lazy("让出管辖"),
    "ask_recall": gettext_lazy("请求撤回"),
    "refuse_recall": gettext_lazy("不同意撤回"),
    "dispute": gettext_lazy("报共同上级指定管辖"),
    "dispute_refused": gettext_lazy("未能提起管辖争议"),
    "dispute_ended": gettext_lazy("管辖争议结束"),
    "routed": gettext_lazy("协作办公室答复去向"),
}
_ICONS = {
    "issue": "check-seal", "send": "letter", "deliver": "letter", "receive": "tick", "accept": "tick",
    "return": "back", "recall": "back", "close": "check-seal", "stuck": "warning", "dispute": "diamond",
}  # fmt: skip
_TONES = {"close": "good", "return": "seal", "stuck": "seal", "dispute": "seal", "accept": "good"}
BOXES = {
    "all": gettext_lazy("全部"),
    "to_receive": gettext_lazy("待签收"),
    "to_check": gettext_lazy("待审核"),
    "to_issue": gettext_lazy("待签发"),
    "waiting": gettext_lazy("待发出"),
    "overdue": gettext_lazy("逾期"),
    "mine": gettext_lazy("我拟的"),
    "sent": gettext_lazy("已发"),
    "received": gettext_lazy("来函"),
}


def chip(letter: OfficialLetter) -> dict[str, str]:
    """The state, as the side that looks would say it."""
    tone, shape = LOOKS[State(letter.state)]
    label = letter.get_state_display()
    if letter.is_out and letter.state == State.DELIVERED:
        label = _("已送达，待对方签收")
    if letter.is_out and letter.state == State.RECEIVED:
        label = _("对方已签收")
    return {"label": str(label), "tone": tone, "shape": shape}


def due(letter: OfficialLetter) -> datetime | None:
    """What is owed next; None once nothing is."""
    if letter.state in (State.SENT, State.DELIVERED, State.RECEIVED):
        return letter.accept_by or letter.feedback_by
    return letter.feedback_by if letter.state == State.ACCEPTED else None


def line(letter: OfficialLetter) -> dict[str, Any]:
    """A letter as a line of a list."""
    return {
        "letter": letter,
        "kind": words_of(letter.kind),
        "chip": chip(letter),
        "due": due(letter),
        "stuck": bool(sending.stuck_words(letter)) or bool(sending.waiting_words(letter)),
    }


def timeline(letter: OfficialLetter) -> list[dict[str, Any]]:
    """What happened, oldest first."""
    hidden = ("change", "put_exhibits")
    events = [_event(each) for each in trail.of(letter) if each.verb not in hidden]
    events += [
        {
            "at": each.on, "title": each.get_what_display(), "by": each.by.name, "icon": "letter",
            "detail": " ".join(x for x in (each.courier, each.tracking_no, each.who, each.words) if x),
        }
        for each in letter.course.select_related("by").filter(what__in=("posted", "handed"))
    ]  # fmt: skip
    delivery = sending.delivery_of(letter) if letter.is_out else None
    if delivery is not None and delivery.opened_at is not None:
        events.append({"at": delivery.opened_at, "title": _("对方已查阅"), "icon": "zoom"})
    return sorted(events, key=lambda each: each["at"])


def _event(entry: Any) -> dict[str, Any]:
    data = entry.data or {}
    code = str(data.get("code", ""))
    waits = str(sending.WAITING.get(code, "")) if code else ""
    details = (str(data.get("document_no", "")), str(data.get("officer", "")), waits, entry.why)
    return {
        "at": entry.at,
        "title": VERBS.get(entry.verb, entry.verb),
        "detail": " · ".join(each for each in details if each),
        "by": entry.said_by,
        "icon": _ICONS.get(entry.verb, "dot"),
        "tone": _TONES.get(entry.verb, "neutral"),
    }


def facts(letter: OfficialLetter) -> list[tuple[str, str]]:
    """Labels with what stands beside them."""
    terms = letter.terms
    agreed = ""
    if terms.get("agreement"):
        agreed = _("依据《{title}》").format(title=terms["agreement"])
    elif terms.get("lapsed"):
        agreed = _("《{title}》已到期，按全国通行期限").format(title=terms["lapsed"])
    elif letter.feedback_by is not None and letter.is_out:
        agreed = _("没有协议，按全国通行期限")
    guess = _("（暂定：节假日安排未公布）") if letter.due_provisional else ""
    peer = " ".join(each for each in (letter.peer_province, letter.peer_name) if each)
    rows = [
        (_("发函单位") if letter.is_out else _("收函单位"), letter.own_unit.name),
        (_("收函单位") if letter.is_out else _("发函单位"), peer + (f"（{_('纸质往来')}）" if letter.by_paper else "")),
        (_("抄送"), "、".join(letter.cc)),
        (_("签收期限"), f"{_day(letter.accept_by)}{guess}" if letter.accept_by else ""),
        (_("反馈期限"), " ".join(each for each in (f"{_day(letter.feedback_by)}{guess}", agreed) if each)
         if letter.feedback_by else ""),
        (_("联系人"), " ".join(each for each in (letter.contact_name, letter.contact_phone) if each)),
        (_("用印"), str(letter.get_seal_display())),
        (_("校验码"), letter.check_code),
        (_("受理编号"), letter.taken_as if letter.is_out else ""),
        (_("承办人"), letter.handler.display_name if letter.handler else ""),
    ]  # fmt: skip
    return [(label, value) for label, value in rows if value]


def _day(at: datetime | None) -> str:
    return clock.local_date(at).isoformat() if at is not None else ""


def approvals(letter: OfficialLetter) -> list[LetterApproval]:
    """Each step that was taken, in order."""
    return list(letter.approvals.select_related("by"))


def said(letter: OfficialLetter) -> list[tuple[str, str]]:
    """What the letter says, part by part."""
    parts = [(_("摘要"), letter.summary)]
    parts += [(str(label), text) for label, text in kind(letter.kind).texts(letter.fields)]
    parts += [(_("建议"), letter.suggestion), (_("法律依据"), letter.legal_basis)]
    return [each for each in parts if each[1].strip()]


def items(letter: OfficialLetter) -> list[dict[str, Any]]:
    """The list of evidence, each with its small picture where there is one."""
    rows = list(letter.items.select_related("exhibit"))
    forms = dict(Exhibit.Kind.choices)
    shown = {each["id"]: each for each in tiles([row.exhibit for row in rows if row.exhibit])} if rows else {}
    return [
        {"row": row, "form": str(forms.get(row.form, row.form)), "tile": shown.get(row.exhibit_id)} for row in rows
    ]  # fmt: skip


def copies(letter: OfficialLetter) -> list[dict[str, Any]]:
    """Who gets a bulletin, each with its own state."""
    found = []
    for row in letter.copies.all():
        tone, shape = COPY_LOOKS[BulletinCopy.State(row.state)]
        words = str(sending.WAITING.get(row.why, "")) if row.state == BulletinCopy.State.WAITING else row.words
        found.append({"row": row, "tone": tone, "shape": shape, "words": words or row.why})
    return found


def offered_exhibits(person: User, letter: OfficialLetter) -> list[dict[str, Any]]:
    """What may be put on the list: of the clue or case it is about, what stands there already first."""
    chosen = [row.exhibit for row in letter.items.select_related("exhibit") if row.exhibit is not None]
    found: dict[Any, str] = {each.pk: "" for each in chosen}
    rows = list(chosen)
    if letter.clue is not None:
        for file in letter.clue.files.select_related("exhibit"):
            if file.exhibit_id not in found and file.exhibit.withdrawn_at is None:
                rows.append(file.exhibit)
            found[file.exhibit_id] = file.what
            for copy in file.exhibit.redacted_copies.filter(withdrawn_at=None):
                if copy.pk not in found:
                    rows.append(copy)
                found[copy.pk] = file.what
    if letter.case_id is not None:
        matter = matters.find(person, "case", letter.case_id)
        if matter is not None:
            names = matters.names(matter)
            for exhibit in matters.exhibits(matter)[:60]:
                if exhibit.pk not in found:
                    rows.append(exhibit)
                found[exhibit.pk] = found.get(exhibit.pk) or names.get(exhibit.pk, "")
    picked = {each.pk for each in chosen}
    return [
        {
            "exhibit": each, "name": found.get(each.pk) or each.title or each.file_name or each.get_kind_display(),
            "picked": each.pk in picked,
        }
        for each in rows
    ]  # fmt: skip


def competent_bureau(clue: Clue) -> DirectoryUnit | None:
    """Where somebody who reports is pointed to: the bureau of the place the clue speaks of."""
    code = clue.out_of_province.get("division_code") or clue.division_code
    return book.bureau_of(code) if code else None


def result_offered(letter: OfficialLetter) -> dict[str, Any] | None:
    """The end of the clue that the letter became, ready to be told in one tap."""
    clue = letter.clue
    if letter.is_out or clue is None or clue.state != Clue.State.ENDED or not kind(letter.kind).answered:
        return None
    if letter.state not in (State.ACCEPTED, State.ANSWERED):
        return None
    return {
        "clue": clue, "result": clue.get_result_display(), "outcome": clue.get_outcome_display(),
        "words": results.result_of(clue)["words"],
    }  # fmt: skip


def result_rows(letter: OfficialLetter) -> list[dict[str, Any]]:
    """What was told, oldest first."""
    ends, outcomes = dict(Clue.Result.choices), dict(Clue.Outcome.choices)
    return [
        {"row": row, "result": str(ends.get(row.result, "")), "outcome": str(outcomes.get(row.outcome, ""))}
        for row in letter.results.select_related("scan")
    ]  # fmt: skip


def is_dead(letter: OfficialLetter) -> bool:
    """Whether the post office has given up trying."""
    row = sending.delivery_of(letter)
    return row is not None and row.state == Delivery.State.DEAD
