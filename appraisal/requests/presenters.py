"""Rows as pages show them: plain dicts and small frozen things, words already chosen. Nothing is read or written here
beyond what `selectors.with_everything` has fetched along.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from appraisal.requests import hooks, selectors
from appraisal.requests.models import (
    Appointment,
    AppraisalRequest,
    AssistanceTask,
    ItemPhoto,
    Line,
    RequestItem,
    Verdict,
    VerdictChoice,
)
from evidence.models import Exhibit
from federation.contracts.appraisal import CONCLUSIVE
from kernel import clock
from webui.times import duration_words

State = AppraisalRequest.State
_CONCLUSIVE = {value.value for value in CONCLUSIVE}

#: state -> (tone, shape)
STATE_LOOKS: dict[str, tuple[str, str]] = {
    State.DRAFT: ("neutral", "ring"),
    State.SENT: ("accent", "send"),
    State.WORKING: ("accent", "half"),
    State.SUPPLEMENT: ("wait", "camera"),
    State.PARTLY_ANSWERED: ("accent", "half"),
    State.ANSWERED: ("good", "tick"),
    State.NO_ANSWER: ("seal", "warning"),
    State.UNSERVED: ("wait", "inbox"),
    State.CANCELLED: ("neutral", "cross"),
}
#: What a verdict means for the officer who stands in the shop, in plain words.
MEANINGS = {
    "genuine": gettext_lazy("所示部位与正品一致。"),
    "counterfeit": gettext_lazy("不是该企业生产，也未许可他人生产。请留住实物和进货凭证。"),
    "refilled_or_reassembled": gettext_lazy("包装是真的，里面的东西换过。请原样封存，不要开启。"),
    "licensed_or_authorised": gettext_lazy("经许可生产或销售的产品，不是假冒。"),
    "grey_market": gettext_lazy("是正品，只是跨区销售（窜货）。不能按假货处理。"),
    "not_our_product_line": gettext_lazy("该企业没有这种产品。请再查标签上的生产者。"),
    "cannot_tell_need_photos": gettext_lazy("凭现有照片看不准，请按提示补拍。"),
    "cannot_tell_need_sample": gettext_lazy("凭照片看不准，要看实物。请抽样寄送，或申请现场协助。"),
}
_LINE_LOOKS = {
    Line.Kind.SENT: ("send", "accent"),
    Line.Kind.ARRIVED: ("inbox", "neutral"),
    Line.Kind.RUNG: ("phone", "wait"),
    Line.Kind.READ: ("tick", "neutral"),
    Line.Kind.OPENED: ("image", "neutral"),
    Line.Kind.CLAIMED: ("person", "accent"),
    Line.Kind.RELEASED: ("inbox", "wait"),
    Line.Kind.REMINDED: ("clock", "wait"),
    Line.Kind.HANDED_OVER: ("people", "wait"),
    Line.Kind.ENOUGH: ("tick", "good"),
    Line.Kind.SUPPLEMENT: ("camera", "wait"),
    Line.Kind.PHOTOS: ("image", "neutral"),
    Line.Kind.SIGNED: ("check-seal", "good"),
    Line.Kind.WITHDRAWN: ("warning", "wait"),
    Line.Kind.LATE: ("clock", "wait"),
    Line.Kind.ONSITE: ("place", "accent"),
    Line.Kind.NO_ANSWER: ("warning", "seal"),
    Line.Kind.CANCELLED: ("cross", "neutral"),
    Line.Kind.HANDLER: ("people", "neutral"),
    Line.Kind.MAILED: ("letter", "good"),
}
_ONSITE_WORDS = {
    "asked": gettext_lazy("已申请现场协助"),
    "offered": gettext_lazy("品牌提出到场协助"),
    "agreed": gettext_lazy("已约定现场协助"),
    "declined": gettext_lazy("未能约定现场协助"),
    "done": gettext_lazy("鉴定人员已到场"),
}


# One line of a list -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One request in a list."""

    request: AppraisalRequest
    url: str
    title: str
    count: int
    mine: bool
    state: dict[str, str]
    verdicts: list[dict[str, str]]
    running: bool
    case_number: str = ""


def rows(requests: Iterable[AppraisalRequest], person: User) -> list[Row]:
    """A list's lines, with the case numbers that other systems have for them."""
    return rows_each([requests], person)[0]


def rows_each(lists: Iterable[Iterable[AppraisalRequest]], person: User) -> list[list[Row]]:
    """The same for several lists; the case numbers are asked for once."""
    listed = [list(each) for each in lists]
    numbers = hooks.numbers_of([each for one in listed for each in one])
    return [[row(each, person, case_number=numbers.get(each.pk, "")) for each in one] for one in listed]


def row(request: AppraisalRequest, person: User, *, case_number: str = "") -> Row:
    """A request with `items__verdicts` fetched along."""
    items = list(request.items.all())
    draft = request.state == State.DRAFT
    address = reverse("requests:site", args=[request.site_id]) if draft else detail_url(request)
    verdicts = [standing for item in items if (standing := standing_of(item))]
    return Row(
        request=request,
        url=address,
        title=items[0].product_name if items else request.brand_name,
        count=len(items),
        mine=request.officer_id == person.pk,
        state=state_chip(request),
        verdicts=_told_once(verdicts) if request.state in {State.ANSWERED, State.PARTLY_ANSWERED} else [],
        running=request.state in {State.SENT, State.WORKING, State.NO_ANSWER, State.PARTLY_ANSWERED},
        case_number=case_number,
    )


def _told_once(verdicts: list[Verdict]) -> list[dict[str, str]]:
    order = list(VerdictChoice.values)
    values = sorted({verdict.value for verdict in verdicts}, key=order.index)
    return [{"value": value, "label": str(VerdictChoice(value).label)} for value in values]


def state_chip(request: AppraisalRequest) -> dict[str, str]:
    """The state as a word with a shape."""
    tone, shape = STATE_LOOKS[request.state]
    return {"label": str(State(request.state).label), "tone": tone, "shape": shape}


def detail_url(request: AppraisalRequest) -> str:
    """The page of one request."""
    return reverse("requests:detail", args=[request.pk])


def item_url(item_id: UUID) -> str:
    """The page of the goods, while they are put together."""
    return reverse("requests:item", args=[item_id])


def draft_for_phone(item: RequestItem) -> dict[str, Any]:
    """What a phone keeps of a draft, so that 完成 and 发送 work when the signal goes."""
    request = item.request
    return {
        "id": str(item.pk),
        "site_id": str(request.site_id),
        "place": {"county_code": request.site.county_code, "place": request.site.place},
        "product_id": str(item.product_id or ""),
        "product_name": item.product_name,
        "brand_name": item.claimed_brand,
        "organisation": request.organisation_name,
        "version": item.shot_list_version,
        "local": False,
        "known": True,
    }


def standing_of(item: RequestItem) -> Verdict | None:
    """As `selectors.standing_verdict`, of verdicts already fetched."""
    return selectors.standing(item.verdicts.all())


# What is happening now --------------------------------------------------------------------------------------------


def now_words(request: AppraisalRequest, *, now: datetime | None = None) -> str:
    """One sentence: what is happening, or what to do."""
    now = now or clock.now()
    match request.state:
        case State.DRAFT:
            return _("还没有发出。")
        case State.SENT if request.read_at:
            return _("值班人员已读，还没有接单。")
        case State.SENT if request.rung_at:
            return _("已通知，未读 %(span)s。") % {"span": duration_words(now - request.rung_at)}
        case State.SENT:
            return _("已发出，正在通知值班人员。")
        case State.WORKING:
            return _("%(who)s 正在鉴定。") % {"who": request.claimed_by_name or request.organisation_name}
        case State.SUPPLEMENT:
            count = sum(1 for item in request.items.all() for each in item.supplements.all() if not each.answered_at)
            return ngettext("请您补拍 %(count)d 张。", "请您补拍 %(count)d 张。", count) % {"count": count}
        case State.PARTLY_ANSWERED:
            items = list(request.items.all())
            done = sum(1 for item in items if is_settled(item))
            return _("已答 %(done)d 项，还有 %(left)d 项。") % {"done": done, "left": len(items) - done}
        case State.ANSWERED:
            return _("全部有结论了。")
        case State.NO_ANSWER:
            return _("承诺时间内没有人接单，仍在继续通知。不必空等。")
        case State.UNSERVED:
            return _("这个品牌还没有入驻，没有人能在线鉴定。照片和申请已留存，平台会据此邀请该品牌。")
        case _:
            return _("已取消。此后才到的结论会留存并注明，不作为本次结果。")


def is_settled(item: RequestItem) -> bool:
    """Whether a standing verdict says what the item is."""
    verdict = standing_of(item)
    return verdict is not None and verdict.value in _CONCLUSIVE


def clock_parts(request: AppraisalRequest, *, now: datetime | None = None) -> list[tuple[str, str, bool]]:
    """The split clock: (whose time, how long in words, whether it runs now)."""
    now = now or clock.now()
    phase = AppraisalRequest.Phase
    parts = []
    for which, label in ((phase.WAITING, _("等待")), (phase.BRAND, _("品牌")), (phase.OFFICER, _("补拍"))):
        running = request.phase == which
        spent = getattr(request, f"{which.value}_s")
        if running and request.phase_since:
            spent += max(0, int((now - request.phase_since).total_seconds()))
        if spent or running:
            parts.append((label, duration_words(spent), running))
    return parts


# Photos -----------------------------------------------------------------------------------------------------------


def photo_url(exhibit: Exhibit, what: str) -> str:
    """Address of a derived copy; "" while there is none."""
    return reverse("evidence:photo", args=[exhibit.pk, what]) if exhibit.state == Exhibit.State.READY else ""


def photo_tile(photo: ItemPhoto, *, name: str, number: int = 0) -> dict[str, Any]:
    """A photo for `webui/_photo_tile.html`."""
    exhibit = photo.exhibit
    if exhibit.state == Exhibit.State.REFUSED:
        state, tone, reason = _("无法使用"), "wait", exhibit.refusal_words
    elif exhibit.state == Exhibit.State.RECEIVED:
        state, tone, reason = _("处理中"), "neutral", photo.kept_reason
    elif photo.posted_at:
        state, tone, reason = _("已发出"), "good", photo.kept_reason
    else:
        state, tone, reason = _("已封存"), "neutral", photo.kept_reason
    return {
        "id": photo.pk,
        "number": number or None,
        "name": name,
        "thumb_url": photo_url(exhibit, "thumb"),
        "url": reverse("requests:photo", args=[photo.pk]),
        "state": state,
        "tone": tone,
        "digest": exhibit.sha256,
        "album": photo.source == ItemPhoto.Source.ALBUM,
        "reason": reason,
    }


def shot_name(item: RequestItem, code: str) -> str:
    """What the item's own list calls a shot."""
    return next((shot["name"] for shot in item.shot_list if shot["code"] == code), code)


def item_tiles(item: RequestItem) -> list[dict[str, Any]]:
    """All photos of an item in the order of its list, then the shots that are absent."""
    order = {shot["code"]: index for index, shot in enumerate(item.shot_list)}
    photos = sorted(item.photos.all(), key=lambda photo: (order.get(photo.shot_code, len(order)), photo.pk))
    tiles = [photo_tile(photo, name=shot_name(item, photo.shot_code)) for photo in photos]
    return tiles + [
        {"id": absent.pk, "name": shot_name(item, absent.shot_code), "reason": absent.absent_reason}
        for absent in item.absent_shots.all()
    ]


def shots_to_take(item: RequestItem, *, which: str) -> list[dict[str, Any]]:
    """The item's list for `webui/_capture.html`. which: "quick" for the quick set, "full" for all, quick first."""
    by_code: dict[str, ItemPhoto] = {
        photo.shot_code: photo for photo in item.photos.all() if photo.exhibit.state != Exhibit.State.REFUSED
    }
    absent = {each.shot_code for each in item.absent_shots.all()}
    shots = sorted(item.shot_list, key=lambda shot: not shot.get("in_quick_set"))
    if which == "quick":
        shots = [shot for shot in shots if shot.get("in_quick_set")] or shots
    return [
        {
            "code": shot["code"],
            "name": shot["name"],
            "hint": shot.get("hint", ""),
            "required": bool(shot.get("required")),
            "overlay_url": shot.get("overlay_url", ""),
            "sample_url": shot.get("sample_url", ""),
            "done": shot["code"] in by_code,
            "sent": shot["code"] in by_code,
            "absent": shot["code"] in absent,
            "thumb_url": photo_url(by_code[shot["code"]].exhibit, "thumb") if shot["code"] in by_code else "",
        }
        for shot in shots
    ]


# Items and verdicts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One item of a request page."""

    row: RequestItem
    tiles: list[dict[str, Any]]
    missing: list[selectors.MissingShot]
    verdicts: list[dict[str, Any]]
    late: list[dict[str, Any]]
    supplements: list[dict[str, Any]]
    facts: list[tuple[str, str]]


def item(found: RequestItem, request: AppraisalRequest) -> Item:
    """One item with all that belongs to it. The verdict that stands comes first, what it replaced after it."""
    verdicts = list(found.verdicts.all())
    stands = selectors.standing(verdicts)
    replaced_by = {verdict.supersedes: verdict for verdict in verdicts if verdict.supersedes}
    photos = {str(photo.pk): photo for photo in found.photos.all()}
    cards = [_verdict(verdict, found, request, photos, replaced_by.get(verdict.pk)) for verdict in verdicts]
    timely = [card for card in cards if not card["late"]]
    timely.sort(key=lambda card: card["at"], reverse=True)
    timely.sort(key=lambda card: stands is None or card["id"] != stands.pk)
    return Item(
        row=found,
        tiles=item_tiles(found),
        missing=selectors.missing_shots(found),
        verdicts=timely,
        late=[card for card in cards if card["late"]],
        supplements=[
            {
                "id": each.pk,
                "name": shot_name(found, each.shot_code),
                "reason": each.reason,
                "who": each.asked_by_name,
                "at": each.asked_at,
                "on_its_way": any(
                    photo.supplement_id == each.pk and photo.exhibit.state != Exhibit.State.REFUSED
                    for photo in photos.values()
                ),
            }
            for each in found.supplements.all()
            if each.answered_at is None
        ],
        facts=list(item_facts(found)),
    )


def item_facts(found: RequestItem) -> Iterable[tuple[str, str]]:
    """What is known of the goods, as label and words."""
    if found.quantity is not None:
        yield _("数量"), f"{found.quantity.normalize():f} {found.quantity_unit}".strip()
    if found.claimed_price_yuan is not None:
        yield _("标价"), _("%(price)s 元") % {"price": f"{found.claimed_price_yuan:,.2f}"}
    for label, value in (
        (_("包装状态"), found.package_state),
        (_("批号"), found.batch_no),
        (_("条码"), found.barcode),
        (_("物流单号"), found.waybill_no),
        (_("摆放位置"), found.stood_where),
        (_("违法类型"), found.get_violation_display() if found.violation else ""),
        (_("被侵犯的权利"), found.infringed_right),
    ):
        if value:
            yield label, str(value)


def _verdict(
    verdict: Verdict,
    found: RequestItem,
    request: AppraisalRequest,
    photos: dict[str, ItemPhoto],
    successor: Verdict | None,
) -> dict[str, Any]:
    opinion = verdict.opinion
    withdrawal = getattr(verdict, "withdrawal", None)
    return {
        "id": verdict.pk,
        "item": found,
        "value": verdict.value,
        "label": str(VerdictChoice(verdict.value).label),
        "meaning": str(MEANINGS[verdict.value]),
        "organisation": request.organisation_name,
        "by": opinion.appraiser_name,
        "at": opinion.given_at,
        "on_site": opinion.on_site,
        "late": opinion.late,
        "received_at": opinion.received_at,
        "reasons": [line.strip() for line in verdict.reasons.splitlines() if line.strip()],
        "checkpoints": [
            {
                "name": answer.get("checkpoint", ""),
                "result": answer.get("result", ""),
                "words": _CHECK_WORDS.get(answer.get("result", ""), ""),
                "note": answer.get("note", ""),
            }
            for answer in verdict.checkpoints
        ],
        "infringed_right": verdict.infringed_right,
        "marked": _marked(verdict, found, photos),
        "authority": _authority(opinion.authority),
        "withdrawn": withdrawal and {"reason": withdrawal.reason, "who": withdrawal.who, "at": withdrawal.withdrawn_at},
        "superseded": successor and {"at": successor.opinion.given_at, "by": successor.opinion.appraiser_name},
        "stands": withdrawal is None and successor is None and not opinion.late,
        "settles": verdict.value in _CONCLUSIVE,
    }


_CHECK_WORDS = {
    "same": gettext_lazy("与正品相同"),
    "different": gettext_lazy("与正品不同"),
    "cannot_see": gettext_lazy("看不清"),
}


def _marked(verdict: Verdict, found: RequestItem, photos: dict[str, ItemPhoto]) -> list[dict[str, Any]]:
    """Photos with the boxes drawn on them, numbered through. Boxes are in percent of the picture."""
    shown: dict[str, dict[str, Any]] = {}
    number = 0
    for mark in verdict.marks:
        photo = photos.get(str(mark.get("photo_id")))
        if photo is None:
            continue
        number += 1
        tile = shown.setdefault(
            str(photo.pk),
            {
                "name": shot_name(found, photo.shot_code),
                "url": reverse("requests:photo", args=[photo.pk]),
                "thumb_url": photo_url(photo.exhibit, "view"),
                "width": photo.exhibit.width,
                "height": photo.exhibit.height,
                "boxes": [],
            },
        )
        tile["boxes"].append(box(mark, number))
    return list(shown.values())


def box(mark: dict[str, Any], number: int) -> dict[str, Any]:
    """One box as numbers that SVG takes (percent of the picture), with its words."""
    x, y, w, h = (round(float(mark[side]) * 100, 2) for side in "xywh")
    return {"number": number, "x": x, "y": y, "w": w, "h": h, "words": mark.get("words", "")}


def _authority(said: dict[str, Any]) -> dict[str, Any]:
    """By what right the appraiser spoke, as printed with the opinion."""

    def day(name: str) -> str:
        moment = said.get(name)
        return clock.local_date(datetime.fromisoformat(moment)).isoformat() if moment else ""

    return {
        "number": said.get("number", ""),
        "principal": said.get("principal", ""),
        "employer": said.get("appraiser_employer", ""),
        "trademarks": "、".join(said.get("trademarks", ())),
        "classes": "、".join(str(number) for number in said.get("nice_classes", ())),
        "valid_from": day("valid_from"),
        "valid_until": day("valid_until"),
    }


# What happened, what was said -------------------------------------------------------------------------------------


def timeline(request: AppraisalRequest) -> list[dict[str, Any]]:
    """What happened, oldest first, for `webui/_timeline.html`. The talk is shown apart."""
    return [_event(line) for line in request.lines.all() if line.kind != Line.Kind.CHAT]


def _event(line: Line) -> dict[str, Any]:
    icon, tone = _LINE_LOOKS.get(Line.Kind(line.kind), ("dot", "neutral"))
    title, detail = str(Line.Kind(line.kind).label), line.text
    data = line.data
    match line.kind:
        case Line.Kind.SUPPLEMENT:
            title = _("请补拍：%(shot)s") % {"shot": data.get("shot_name", "")}
        case Line.Kind.PHOTOS if data.get("count"):
            title = ngettext("补充了 %(count)d 张照片", "补充了 %(count)d 张照片", data["count"]) % {
                "count": data["count"]
            }
        case Line.Kind.PHOTOS:
            title = _("说明拍不到")
        case Line.Kind.VERDICT | Line.Kind.LATE:
            words = "、".join(str(VerdictChoice(value).label) for value in data.get("values", ()))
            title = f"{title}：{words}"
            if line.kind == Line.Kind.VERDICT:
                fake = {"counterfeit", "refilled_or_reassembled"} & set(data.get("values", ()))
                icon, tone = ("seal-cross", "seal") if fake else ("check-seal", "accent")
        case Line.Kind.ONSITE:
            title = str(_ONSITE_WORDS.get(data.get("step", ""), title))
        case Line.Kind.MAILED:
            detail = f"{data.get('courier', '')} {data.get('waybill_no', '')}".strip()
    return {"at": line.at, "title": title, "detail": detail, "by": line.who, "icon": icon, "tone": tone}


def talk(request: AppraisalRequest, person: User) -> list[dict[str, Any]]:
    """The talk, for `webui/_chat.html`."""
    return [
        {
            "id": line.pk,
            "at": line.at,
            "mine": line.side == Line.Side.BUREAU and line.who == person.display_name,
            "by": line.who if line.side == Line.Side.BUREAU else f"{request.organisation_name} {line.who}".strip(),
            "text": line.text,
            "photos": [
                {
                    "id": photo.pk,
                    "name": _("对话照片"),
                    "thumb_url": photo_url(photo.exhibit, "thumb"),
                    "url": photo_url(photo.exhibit, "view"),
                    "state": "" if photo.exhibit.state == Exhibit.State.READY else photo.exhibit.get_state_display(),
                    "digest": photo.exhibit.sha256,
                }
                for photo in line.photos.all()
            ],
        }
        for line in request.lines.all()
        if line.kind == Line.Kind.CHAT
    ]


def appointments(request: AppraisalRequest) -> list[dict[str, Any]]:
    """现场协助 as cards, newest first, with what can be done now."""
    step = Appointment.Step
    tones = {step.ASKED: "accent", step.OFFERED: "wait", step.AGREED: "good", step.DONE: "good"}
    shapes = {step.ASKED: "send", step.OFFERED: "question", step.AGREED: "tick", step.DONE: "tick"}
    return [
        {
            "id": each.pk,
            "label": step(each.state).label,
            "tone": tones.get(step(each.state), "neutral"),
            "shape": shapes.get(step(each.state), "cross"),
            "meet_at": each.meet_at,
            "who": each.who,
            "contact": each.contact,
            "note": each.note,
            "verbs": {
                step.ASKED: [],
                step.OFFERED: ["agree", "decline"],
                step.AGREED: ["finish", "decline"],
            }.get(step(each.state), []),
        }
        for each in request.appointments.all()
    ]


ASSISTANCE_LOOKS = {
    AssistanceTask.State.ASKED: ("accent", "send"),
    AssistanceTask.State.ACCEPTED: ("accent", "half"),
    AssistanceTask.State.DECLINED: ("neutral", "cross"),
    AssistanceTask.State.DONE: ("good", "tick"),
}


def assistance_chip(task: AssistanceTask) -> dict[str, str]:
    """The state of a 执法协助 task as a word with a shape."""
    tone, shape = ASSISTANCE_LOOKS[AssistanceTask.State(task.state)]
    return {"label": str(AssistanceTask.State(task.state).label), "tone": tone, "shape": shape}
