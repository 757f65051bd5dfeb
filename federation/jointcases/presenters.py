"""What pages, the table and the report show of a room, out of what was reckoned."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evidence.store import photo_url
from federation.contracts import joint_case as said
from federation.jointcases import drawing, matters, reckoning, selectors
from federation.jointcases.models import Room
from federation.jointcases.reckoning import ROSTER, Line, Seat, Task
from federation.jointcases.selectors import Inside
from federation.jointcases.services.work import nodes
from federation.letters.words import party_names
from kernel import clock

SEAT_STATES = {
    "invited": (gettext_lazy("待答复"), "wait"),
    "joined": (gettext_lazy("参加"), "good"),
    "declined": (gettext_lazy("不参加"), "neutral"),
    "left": (gettext_lazy("已退出"), "neutral"),
}
SEAT_KINDS = {
    "bureau": gettext_lazy("市场监管部门"),
    "brand": gettext_lazy("品牌企业"),
    "association": gettext_lazy("行业协会"),
    "police": gettext_lazy("公安机关"),
    "department": gettext_lazy("其他部门"),
    "office": gettext_lazy("省际协作办公室"),
}
STANDINGS = {
    "open": (gettext_lazy("待办"), "wait"),
    "underway": (gettext_lazy("办理中"), "neutral"),
    "done": (gettext_lazy("已完成"), "good"),
    "cannot": (gettext_lazy("不能完成"), "seal"),
    "dropped": (gettext_lazy("已撤销"), "neutral"),
}
VIAS = {
    "waybill": gettext_lazy("快递单"),
    "phone": gettext_lazy("电话"),
    "account": gettext_lazy("账号"),
    "goods": gettext_lazy("货物"),
    "money": gettext_lazy("资金"),
    "other": gettext_lazy("其他"),
}
AUDIENCES = {
    "bureaux": gettext_lazy("市场监管部门"),
    "everybody": gettext_lazy("全部席位"),
    "named": gettext_lazy("指定席位"),
}
WHAT = {
    "opened": gettext_lazy("开设"),
    "described": gettext_lazy("修改说明"),
    "seat_named": gettext_lazy("邀请或调整席位"),
    "seat_joined": gettext_lazy("参加"),
    "seat_declined": gettext_lazy("不参加"),
    "seat_left": gettext_lazy("退出"),
    "lead_handed": gettext_lazy("移交牵头"),
    "task_set": gettext_lazy("布置任务"),
    "task_reported": gettext_lazy("报告任务"),
    "progress": gettext_lazy("登记进展"),
    "tie": gettext_lazy("登记联系"),
    "shown": gettext_lazy("证据上墙"),
    "shown_ended": gettext_lazy("证据撤下"),
    "minutes": gettext_lazy("会议纪要"),
    "action_done": gettext_lazy("落实议定事项"),
    "note": gettext_lazy("留言"),
    "closed": gettext_lazy("结案"),
    "reopened": gettext_lazy("重新启动"),
}
ROOM_TONES = {"invited": "wait", "open": "neutral", "closed": "good", "declined": "neutral", "left": "neutral"}


def head(room: Room) -> dict[str, Any]:
    """A line of the list."""
    late = room.standing == Room.Standing.INVITED and room.answer_by is not None and room.answer_by < clock.now()
    return {"room": room, "tone": "seal" if late else ROOM_TONES[room.standing], "late": late}


def page_head(inside: Inside) -> dict[str, Any]:
    """What stands at the top of every page of a room."""
    now, room = inside.now, inside.room
    lead = now.seats.get(now.lead) if now.lead else None
    waiting = [seat for seat in inside.seats if seat.state == reckoning.INVITED]
    return {
        "inside": inside,
        "room": room,
        "header": now.header,
        "lead": lead,
        "lead_party": party_names([lead.party])[lead.party] if lead else "",
        "tone": ROOM_TONES[room.standing],
        "waiting": waiting,
        "late": any(selectors.overdue(seat) for seat in waiting),
        "may_answer": selectors.may_answer(inside.viewer),
    }


def seat_name(inside: Inside, seat_id: UUID | None) -> str:
    """What a seat is called; a dash for one that is not known."""
    seat = inside.now.seats.get(seat_id) if seat_id else None
    return seat.is_.name if seat else "—"


def seats(inside: Inside) -> list[dict[str, Any]]:
    """Who takes part, those who lead first."""
    now = inside.now
    names = party_names({seat.party for seat in now.seats.values()})
    counts = now.contributions()
    units = selectors.seat_units(inside.room) if inside.viewer.kind == "province" and not inside.guest else {}
    guests = selectors.guests_of(inside.room) if inside.viewer.kind == "province" and not inside.guest else []
    order = {"joined": 0, "invited": 1, "declined": 2, "left": 3}
    rows = sorted(now.seats.values(), key=lambda seat: (seat.id != now.lead, order[seat.state], seat.party))
    return [
        {
            "seat": seat,
            "party": names[seat.party],
            "kind": SEAT_KINDS[seat.is_.kind],
            "leads": seat.id == now.lead,
            "state": SEAT_STATES[seat.state][0],
            "tone": SEAT_STATES[seat.state][1],
            "overdue": selectors.overdue(seat),
            "own": seat in inside.seats,
            "steps": _steps_of(inside, seat),
            "unit": units.get(seat.id),
            "guests": [row for row in guests if row.seat_id == seat.id],
            "rights": _rights(seat),
            "did": _did(counts.get(seat.id, {})),
        }
        for seat in rows
    ]


def _steps_of(inside: Inside, seat: Seat) -> list[tuple[str, str]]:
    """What this person may do with one seat: (step, words)."""
    found = []
    at_bureau = inside.viewer.kind == "province" and not inside.guest and selectors.may_answer(inside.viewer)
    if at_bureau and seat in inside.seats and seat.state == reckoning.JOINED:
        if seat.is_.guest:
            found.append(("let-in", _("让人列席")))
        elif seat.is_.kind == "bureau":
            found.append(("sit", _("指定承办单位")))
    if inside.leads and seat.id != inside.now.lead and seat.state in (reckoning.INVITED, reckoning.JOINED):
        found += [("rights", _("调整席位")), ("remove", _("移出成员"))]
    return found


def _did(counts: dict[str, int]) -> str:
    """Who contributed what; who came and went is no contribution."""
    said = [(words, counts[what]) for what, words in WHAT.items() if what in counts and what not in ROSTER]
    return " · ".join(f"{words} {count}" for words, count in said)


def _rights(seat: Seat) -> str:
    if not seat.is_.contents:
        return _("只看成员和进度状态")
    return "" if seat.is_.persons else _("不看人员信息")


def tasks(inside: Inside) -> list[dict[str, Any]]:
    """Tasks, open ones first, one's own before others."""
    own = {seat.id for seat in inside.joined}
    rows = sorted(
        inside.now.tasks.items(),
        key=lambda each: (not each[1].open, each[1].holder not in own, str(each[1].is_.due_on)),
    )
    return [
        {
            "id": pk,
            "task": task,
            "holder": seat_name(inside, task.holder),
            "words": STANDINGS[task.standing][0],
            "tone": STANDINGS[task.standing][1],
            "overdue": _overdue(task),
            "mine": task.holder in own and task.open and inside.works,
        }
        for pk, task in rows
    ]


def _overdue(task: Task) -> bool:
    return task.open and task.is_.due_on is not None and task.is_.due_on < clock.today()


def progress(inside: Inside) -> dict[str, Any]:
    """The progress table with its last line."""
    own = {seat.id for seat in inside.joined}
    totals = inside.now.totals()
    return {
        "rows": [
            {
                "id": pk,
                "row": row,
                "it": row.is_,
                "unit": seat_name(inside, row.seat_id),
                "quantity": quantity(row.is_.quantity, row.is_.unit),
                "value": money(row.is_.value_yuan),
                "mine": row.seat_id in own and inside.works,
            }
            for pk, row in inside.now.rows.items()
        ],
        "totals": totals,
        "quantities": "、".join(quantity(amount, unit) for unit, amount in totals.quantities.items()) or "—",
        "value": money(totals.value_yuan),
    }


def quantity(amount: Decimal | None, unit: str) -> str:
    """ "96 瓶"."""
    return "—" if amount is None else f"{_plain(amount)} {unit}".strip()


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(amount: Decimal | None) -> str:
    """Yuan with thousands apart."""
    return "—" if amount is None else f"{amount:,.2f}"


def links(inside: Inside) -> dict[str, Any]:
    """The picture of links, and the same as a table."""
    own = {seat.id for seat in inside.joined}
    rows: list[dict[str, Any]] = [
        {
            "id": pk,
            "tie": it,
            "via": VIAS[it.via],
            "value": it.value or (_("（不公开）") if it.veiled else ""),
            "one": it.one.label or _("（不公开）"),
            "other": it.other.label or _("（不公开）"),
            "by": seat_name(inside, seat_id),
            "may_drop": inside.works and (seat_id in own or inside.leads),
        }
        for pk, (it, seat_id) in inside.now.ties.items()
    ]
    drawn = drawing.draw(
        nodes(inside.now).values(), [(row["tie"], f"{row['via']} {_tail(row['tie'].value)}".strip()) for row in rows]
    )
    return {"ties": rows, "picture": drawn}


def _tail(value: str) -> str:
    return f"…{value[-4:]}" if len(value) > 6 else value


def wall(inside: Inside) -> list[dict[str, Any]]:
    """What hangs on the wall, newest first; what is off stays as a line."""
    files = selectors.files_of(inside.room)
    open_to_guest = selectors.guest_items(inside) if inside.guest else None
    own = {seat.id for seat in inside.joined}
    rows = []
    for pk, item in sorted(inside.now.items.items(), key=lambda each: each[1].at, reverse=True):
        file = files.get(pk)
        opens = file is not None and not item.off and (open_to_guest is None or pk in open_to_guest)
        rows.append(
            {
                "id": pk,
                "item": item,
                "it": item.is_,
                "by": seat_name(inside, item.seat_id),
                "thumb_url": photo_url(file.exhibit_id, "thumb") if opens and file else "",
                "url": photo_url(file.exhibit_id, "view") if opens and file else "",
                "audience": AUDIENCES[item.is_.audience],
                "mine": item.seat_id in own and not item.off and inside.viewer.writes,
                "digest": item.is_.sha256,
            }
        )
    return rows


def meetings(inside: Inside) -> list[dict[str, Any]]:
    """Minutes, the latest first, with what was settled."""
    own = {seat.id for seat in inside.joined}
    return [
        {
            "id": pk,
            "meeting": each,
            "by": seat_name(inside, each.seat_id),
            "mine": each.seat_id in own and inside.works,
            "actions": [
                {
                    "action": action,
                    "seat": seat_name(inside, action.seat_id),
                    "done": each.done.get(action.action_id),
                    "overdue": action.action_id not in each.done
                    and action.due_on is not None
                    and action.due_on < clock.today(),
                    "mine": inside.works and (action.seat_id in own or inside.leads),
                }
                for action in each.is_.actions
            ],
        }
        for pk, each in sorted(inside.now.meetings.items(), key=lambda each: each[1].is_.held_on, reverse=True)
    ]


def timeline(inside: Inside, *, seat_id: UUID | None = None, most: int | None = None) -> list[dict[str, Any]]:
    """Everything that was said, the latest first; of one seat."""
    lines = [line for line in inside.now.lines if seat_id in (None, line.entry.seat_id)]
    lines.sort(key=lambda line: (line.entry.at, line.entry.turn), reverse=True)
    return [
        {
            "line": line,
            "at": line.entry.at,
            "who": line.entry.who,
            "seat": seat_name(inside, line.entry.seat_id),
            "what": WHAT[line.entry.said.what],
            "words": words_of(inside, line),
            "counted": line.counted,
        }
        for line in lines[:most]
    ]


def words_of(inside: Inside, line: Line) -> str:
    """One entry in words."""
    it = line.entry.said
    if isinstance(it, said.OpenedV1 | said.DescribedV1):
        return f"{it.title}（{it.code_name}）"
    if isinstance(it, said.SeatNamedV1):
        return it.seat.name
    if isinstance(it, said.SeatJoinedV1 | said.LeadHandedV1):
        return seat_name(inside, it.seat_id)
    if isinstance(it, said.SeatDeclinedV1 | said.SeatLeftV1):
        return f"{seat_name(inside, it.seat_id)}：{it.reason}"
    if isinstance(it, said.TaskSetV1):
        return f"{it.title} → {seat_name(inside, it.holder)}"
    if isinstance(it, said.TaskReportedV1):
        task = inside.now.tasks.get(it.task_id)
        state = _("转交 {name}").format(name=seat_name(inside, it.handed_to)) if it.standing == "handed" else str(
            STANDINGS[it.standing][0]
        )  # fmt: skip
        return f"{task.is_.title if task else ''}：{state} {it.result}".strip()
    if isinstance(it, said.ProgressV1):
        return " ".join(
            filter(None, (it.place, it.party_name, quantity(it.quantity, it.unit).strip("—"), it.next_step))
        )
    if isinstance(it, said.TieV1):
        return f"{it.one.label or _('（不公开）')} — {it.other.label or _('（不公开）')}（{VIAS[it.via]}）"
    return _later_words(inside, it)


def _later_words(inside: Inside, it: said.Said) -> str:
    if isinstance(it, said.ShownV1 | said.MinutesV1):
        return it.title
    if isinstance(it, said.ShownEndedV1):
        item = inside.now.items.get(it.item_id)
        return f"{item.is_.title if item else ''} {it.reason}".strip()
    if isinstance(it, said.NoteV1 | said.ActionDoneV1):
        return it.words
    if isinstance(it, said.ClosedV1):
        return it.report
    return it.reason if isinstance(it, said.ReopenedV1) else ""


def own_matters(inside: Inside) -> list[dict[str, Any]]:
    """One's own cases and clues beside the room, as far as this person may see them."""
    if inside.guest or inside.viewer.kind != "province":
        return []
    rows: list[dict[str, Any]] = []
    for row in selectors.own_matters(inside.room):
        found = matters.find(inside.viewer.person, row.matter_kind, row.matter_id)
        if found is not None:
            rows.append({"row": row, "label": matters.label(row.matter_kind), "title": found.title, "url": found.url})
    return rows


def draft_report(inside: Inside) -> str:
    """A closing report to begin with, out of what the room holds."""
    now = inside.now
    totals = now.totals()
    done = sum(task.standing == "done" for task in now.tasks.values())
    joined = [seat.is_.name for seat in now.seats.values() if seat.state == reckoning.JOINED]
    title = now.header.title if now.header else ""
    purpose = now.header.purpose if now.header else ""
    amounts = "、".join(quantity(amount, unit) for unit, amount in totals.quantities.items())
    lines = [
        _("一、基本情况：{title}，参加单位 {count} 个（{names}）。{purpose}").format(
            title=title, count=len(joined), names="、".join(joined), purpose=purpose
        ),
        _(
            "二、查处情况：涉及 {rows} 处，立案 {filed} 件，移送 {referred} 件，采取强制措施 {detained} 人，"
            "货值 {value} 元，数量 {quantities}。"
        ).format(
            rows=totals.rows,
            filed=totals.filed,
            referred=totals.referred,
            detained=totals.detained,
            value=money(totals.value_yuan),
            quantities=amounts or _("未登记"),
        ),
        _(
            "三、协作情况：布置任务 {tasks} 项，完成 {done} 项；召开联席会议 {meetings} 次；共享证据 {items} 件。"
        ).format(
            tasks=len(now.tasks), done=done, meetings=len(now.meetings), items=len(now.items)
        ),
        _("四、下一步："),
    ]  # fmt: skip
    return "\n".join(lines)
