"""How an answer came about, in words: one sentence, the pieces of the text, the addresses in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from divisions.resolving.answers import AMBIGUOUS, NOTHING, Found, Span
from divisions.resolving.cues import HOME, LICENCE, MAKER, RECEIVER, SENDER, SHOP, SUPPLIER
from divisions.resolving.reading import Reading, settle

if TYPE_CHECKING:
    from divisions.resolving.resolving import Resolution

ROLES: Final = {
    SHOP: gettext_lazy("经营地"),
    SENDER: gettext_lazy("发货地"),
    RECEIVER: gettext_lazy("收货地"),
    LICENCE: gettext_lazy("注册地"),
    SUPPLIER: gettext_lazy("供货地"),
    MAKER: gettext_lazy("产地"),
    HOME: gettext_lazy("住处或籍贯"),
    "company": gettext_lazy("企业名称"),
}
READ_AS: Final = {
    "names": gettext_lazy("地名"),
    "short_name": gettext_lazy("简称"),
    "township": gettext_lazy("乡镇、街道"),
    "former": gettext_lazy("旧地名"),
    "zone": gettext_lazy("开发区"),
    "landmark": gettext_lazy("市场、商圈"),
    "unused": gettext_lazy("与所选地点不符"),
    "road": gettext_lazy("道路名"),
    "brand": gettext_lazy("品牌名"),
    "product": gettext_lazy("产品名"),
    "person": gettext_lazy("人名"),
    "word": gettext_lazy("普通词语"),
}
_HINTS: Final = {
    "province": gettext_lazy("本省"),
    "sender_division": gettext_lazy("来源单位所在地"),
    "gps": gettext_lazy("定位"),
}
_SHOWN: Final = 4


def sentence(answer: Resolution) -> str:
    """One sentence in the language that is active now: what was found by what, or why it stays open."""
    if answer.level == NOTHING:
        taken = (
            [answer.text[start:end] for start, end, kind in answer._others if kind != "word"]
            if not answer._where
            else []
        )
        if taken:
            return _("文字里没有能确定地点的内容：“{words}”是品牌、产品、道路或人名，不作地点。请补充地址。").format(
                words="、".join(dict.fromkeys(taken))
            )
        return _("文字里没有地点。请补充地址，或向来源核实。")
    if answer.level == AMBIGUOUS:
        return _open(answer)
    return _found(answer)


def _found(answer: Resolution) -> str:
    own = (answer._chosen,) if answer._chosen is not None else ()
    words = "、".join(dict.fromkeys(span.text for span in _read_spans(answer, own) if span.code))
    place = answer.path
    match answer.method:
        case "former" if answer.former:
            text = _("按旧地名“{old}”定为现在的{place}。").format(old=answer.former.name, place=place)
            if answer.former.closed_on:
                text = _("“{old}”已于{day:%Y-%m-%d}撤销，现为{place}。").format(
                    old=answer.former.name, day=answer.former.closed_on, place=place
                )
        case "township":
            text = _("按乡镇、街道名“{words}”定为{place}。").format(words=words, place=place)
        case "zone":
            text = _("按开发区“{zone}”定为{place}；开发区可能另有分局。").format(zone=answer.zone, place=place)
        case "landmark":
            text = _("按市场或商圈“{words}”定为{place}，请核对。").format(words=words, place=place)
        case "moved":
            text = _("“{words}”与前面的地名不在一处，以后者为准定为{place}；也可能是{other}，请核对。").format(
                words=words, place=place, other=answer.name_of(answer.runner_up)
            )
        case "pinyin":
            text = _("按拼音“{words}”定为{place}，请核对。").format(words=words, place=place)
        case _:
            text = _("按“{words}”定为{place}。").format(words=words or answer.text[:20], place=place)
    if answer.zone and answer.method != "zone":
        text += _("文中提到开发区“{zone}”，可能另有分局。").format(zone=answer.zone)
    if not answer.final:
        text += _("更细的地点文中没有。")
    if len({found.code for found in answer.places if found.code}) > 1:
        role = ROLES.get(answer.role)
        text += (
            _("文中有几处地址，取{role}。").format(role=role)
            if role
            else _("文中有几处地址，取未注明用途、最具体的一处。")
        )
    elif answer.role in ROLES:
        text += _("这是{role}。").format(role=ROLES[answer.role])
    return text


def _open(answer: Resolution) -> str:
    shown = [answer.name_of(code) for code in answer.candidates[:_SHOWN]]
    names = "、".join(shown)
    if len(answer.candidates) > _SHOWN:
        names = _("{names}等 {count} 处").format(names=names, count=len(answer.candidates))
    words = "、".join(dict.fromkeys(span.text for span in answer.spans if span.code))
    match answer.method:
        case "several_addresses":
            text = _("文中有几处地址，看不出哪一处是违法地：{names}。请选择。").format(names=names)
        case "split":
            text = _("“{words}”已拆分或并入几处：{names}。请选择。").format(words=words, names=names)
        case "zone_of_several":
            text = _("开发区“{zone}”跨几处：{names}。请选择，或补充街道。").format(zone=answer.zone, names=names)
        case "not_the_place":
            text = _("“{words}”只说了产地或人的籍贯，不是违法地；供参考：{names}。请补充地址。").format(
                words=words, names=names
            )
        case "weak_name":
            text = _("只凭“{words}”不能确定地点，可能是{names}。请补充上级地名。").format(words=words, names=names)
        case _:
            text = _("同名的地方有几处：{names}。请选择，或补充所在的市。").format(names=names)
    if answer.hints_used:
        hints = "、".join(str(_HINTS[name]) for name in answer.hints_used)
        text += _("已按{hints}排序，仅供参考。").format(hints=hints)
    return text


def spans(answer: Resolution) -> tuple[Span, ...]:
    """What each piece of the text was read as, in order."""
    found = _read_spans(answer, answer._readings)
    found += [_span(answer, start, end, kind, "") for start, end, kind in answer._others if end > start]
    return tuple(sorted(found, key=lambda span: (span.start, span.end)))


def _read_spans(answer: Resolution, readings: Sequence[Reading]) -> list[Span]:
    """What the names of some addresses were read as."""
    found: list[Span] = []
    place = answer._place(answer.code)
    for reading in readings:
        chosen = reading is answer._chosen
        for start, end, entry in reading.tokens:
            kind, code = "unused", ""
            goal = place if chosen else settle(reading)[0]
            for sense in (*entry.senses, *entry.weak):
                if goal is None or sense.place is goal or sense.place in goal.up:
                    kind = sense.via.kind if sense.via else "names" if entry.sure else "short_name"
                    code = sense.place.code
                    break
            found.append(_span(answer, start, end, kind, code))
    return found


def _span(answer: Resolution, start: int, end: int, kind: str, code: str) -> Span:
    if answer._where is not None:
        start, end = answer._where[start], answer._where[end - 1] + 1
    return Span(start, end, answer.text[start:end], kind, code)


def places(answer: Resolution) -> tuple[Found, ...]:
    """Every address in the text with its role, in the order they stand in."""
    return tuple(_place_of(answer, reading) for reading in answer._readings)


def _place_of(answer: Resolution, reading: Reading) -> Found:
    place, _left = settle(reading)
    where = answer._where
    start = where[reading.start] if where else reading.start
    end = where[reading.end - 1] + 1 if where else reading.end
    return Found(reading.role, place.code if place else "", place.level if place else AMBIGUOUS, start, end)
