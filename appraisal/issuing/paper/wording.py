"""What stands on the paper, in order. Chinese has effect; the English pages say the same from codes.

Names, goods and grounds stay as their writers wrote them: nothing is translated freely.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from appraisal.desk.words import VERDICTS
from appraisal.issuing import words
from appraisal.issuing.facts import AnnexFacts, Finding, Holder, ItemFact, LetterFacts
from kernel import clock

DEMONSTRATION = "演示文书 · 不具有法律效力　DEMONSTRATION · NO LEGAL EFFECT"
DESCRIPTION = "权利人辨认意见书；所附 opinion.json 为同一事实的机器可读形式"
ANNEX_DESCRIPTION = "辨认意见书密封附件，仅供行政机关内部使用"
LANGUAGES = ("zh-hans", "en")
Block = dict[str, Any]
_PRINTED_PHOTOS = 8


def letter(facts: LetterFacts) -> list[dict[str, Any]]:
    """The pages in both languages."""
    said = []
    for language in LANGUAGES:
        with translation.override(language):
            said.append(_letter(facts, whole=language == LANGUAGES[0]))
    return said


def annex(facts: AnnexFacts) -> list[dict[str, Any]]:
    """The sealed annex, in Chinese alone: nobody but the bureau reads it."""
    with translation.override(LANGUAGES[0]):
        blocks: list[Block] = [
            _text(_("本附件载明不宜公开的辨认特征，仅供行政机关审查时使用，不送达当事人，不随案卷对外提供。")),
            *(
                block
                for item in facts.items
                for block in (_heading(f"{item.position}. {item.name}"), _compared(item.findings))
            ),
        ]
        return [
            {
                "language": "zh",
                "issuer": facts.holder_name,
                "title": _("辨认意见书密封附件"),
                "number": _("所附意见书编号：{number}").format(number=_version(facts.number, facts.version_no)),
                "scan": _("扫码核验"),
                "blocks": blocks,
                "ending": [],
                "signing": None,
            }
        ]


def _letter(facts: LetterFacts, *, whole: bool) -> dict[str, Any]:
    signing_party = facts.agent or facts.holder
    blocks, ending = _blocks(facts, whole=whole)
    return {
        "language": "zh" if whole else "en",
        "issuer": signing_party.name,
        "title": _("辨认意见书"),
        "number": _("编号：{number}").format(number=_version(facts.number, facts.version_no)),
        "scan": _("扫码核验"),
        "blocks": blocks,
        "ending": ending,
        "signing": {
            "names": [_("鉴定人员（签名）：{name}").format(name=each.name) for each in facts.appraisers],
            "electronic": _(
                "本文件带有电子签名和时间戳，改动任何一个字节都会被发现。\n核验：扫描右上角二维码，或按编号和校验码查询。"
            ),
            "seal": _("（公章）"),
            "issuer": signing_party.name,
            "date": _day(facts.issued_on),
        }
        if whole
        else None,
    }


def _blocks(facts: LetterFacts, *, whole: bool) -> tuple[list[Block], list[Block]]:
    """All that stands above the signatures, and what stands with them on one page."""
    blocks = [_text(_opening(facts))]
    if facts.supersedes_no:
        sentence = _("本意见书替代 {number}，原意见书不再有效。原因：{reason}")
        blocks.append(_text(sentence.format(number=facts.supersedes_no, reason=facts.supersedes_reason or "—")))
    if not whole:
        blocks.append(_text(_("以下由代码生成，与中文各页载明同一事实；以中文为准。")))
    parts: list[tuple[str, list[Block]]] = [
        (_("出具单位与授权"), [_facts(_parties(facts))]),
        (_("注册商标（出具之日）"), [_marks(facts)]),
        (_("辨认结论"), [_conclusions(facts)]),
    ]
    if whole:
        parts.append((_("特征比对"), [block for item in facts.items for block in _item(item)]))
    else:
        parts.append((_("特征比对"), [_text(_("逐项特征见中文各页，按出具人原文，不作翻译。"))]))
    if priced := [item for item in facts.items if item.price]:
        parts.append((_("正品价格及依据"), [_prices(priced)]))
    samples = _samples(facts) if whole else [_text(_("照片摘要见中文各页和所附数据文件。"))]
    parts.append((_("样本同一性"), samples))
    if facts.remarks:
        parts.append((_("其他说明"), [_text(facts.remarks)]))
    if facts.annex_sha256:
        sentence = _("另有密封附件一份，仅供行政机关审查。附件数据的 SHA-256：{digest}")
        parts.append((_("密封附件"), [_note(sentence.format(digest=facts.annex_sha256))]))
    parts.append((_("责任声明"), [_text(facts.responsibility if whole else str(words.RESPONSIBILITY))]))
    limits = [str(words.LIMITS[code]) for code in facts.limits if code in words.LIMITS]
    parts.append((_("本意见书不是什么"), [{"kind": "list", "words": limits}]))
    numbered = [
        [_heading(_("{ordinal}、{title}").format(ordinal=_ordinal(place, whole=whole), title=title)), *inside]
        for place, (title, inside) in enumerate(parts)
    ]
    return [*blocks, *(block for part in numbered[:-1] for block in part)], numbered[-1]


def _opening(facts: LetterFacts) -> str:
    asked = facts.commission
    return _(
        "{unit}：你单位于 {day} 以 {document} 请求辨认。本单位组织辨认，现就所列 {count} 项商品出具意见如下。"
    ).format(
        unit=asked.unit_name,
        day=_day(asked.asked_on),
        document=asked.notice_no or asked.request_no,
        count=len(facts.items),
    )


def _parties(facts: LetterFacts) -> list[tuple[str, str]]:
    rows = [(_("权利人"), _holder(facts.holder))]
    if facts.agent:
        rows.append((_("受托单位"), _holder(facts.agent)))
    for each in facts.appraisers:
        rows.append(
            (
                _("鉴定人员"),
                "\n".join(
                    [
                        _("{name}（工号 {number}，{employer}）").format(
                            name=each.name, number=each.employee_no or "—", employer=each.employer
                        ),
                        _("授权书 {number}，期限 {begin} 至 {end}").format(
                            number=each.authorisation_no,
                            begin=_day(each.authorisation_from),
                            end=_day(each.authorisation_until),
                        ),
                        _("授权类别：第 {classes} 类；地域：{territory}").format(
                            classes=_listed(each.nice_classes), territory=_territory(each.territory)
                        ),
                    ]
                ),
            )
        )
    rows.append((_("委托单位"), facts.commission.unit_name))
    if facts.commission.notice_no:
        rows.append((_("通知书文号"), facts.commission.notice_no))
    rows.append((_("申请编号"), facts.commission.request_no))
    seen = facts.examination
    rows.append((_("辨认方式"), str(words.EXAM_MODES.get(seen.mode, seen.mode))))
    rows.append(
        (
            _("辨认时间和地点"),
            "\n".join(
                each
                for each in (
                    _("{begin} 至 {end}").format(begin=_moment(seen.began_at), end=_moment(seen.ended_at)),
                    seen.place,
                )
                if each
            ),
        )
    )
    return rows


def _holder(holder: Holder) -> str:
    role = str(words.ROLES.get(holder.role, holder.role))
    code = _("统一社会信用代码 {code}").format(code=holder.uscc)
    return "\n".join(each for each in (f"{holder.name}（{role}）", code, holder.address) if each)


def _marks(facts: LetterFacts) -> Block:
    return _table(
        [(_("商标名称"), 4), (_("商标注册号"), 4), (_("国际分类"), 2), (_("有效期至"), 3), (_("状态"), 4)],
        [
            (
                mark.name,
                mark.reg_no,
                _listed(mark.nice_classes),
                _day(mark.valid_until) if mark.valid_until else "—",
                "\n".join(each for each in (str(words.STANDINGS.get(mark.standing, mark.standing)), mark.note) if each),
            )
            for mark in facts.trademarks
        ],
    )


def _conclusions(facts: LetterFacts) -> Block:
    return _table(
        [
            (_("项号"), 2),
            (_("商品"), 8),
            (_("规格／批号"), 6),
            (_("数量"), 3),
            (_("国际分类"), 3),
            (_("样本"), 5),
            (_("辨认结论"), 6),
        ],
        [
            (
                str(item.position),
                item.name
                + (("\n" + _("标称品牌：{brand}").format(brand=item.claimed_brand)) if item.claimed_brand else ""),
                "\n".join(each for each in (item.spec, item.batch_no) if each) or "—",
                f"{item.quantity} {item.unit}".strip() or "—",
                str(item.nice_class),
                _sample(item),
                _verdict(item.value),
            )
            for item in facts.items
        ],
        strong=6,
    )


def _sample(item: ItemFact) -> str:
    said = []
    if item.seal_no:
        said.append(_("封样 {number}").format(number=item.seal_no))
    if item.photos:
        said.append(_("照片 {count} 张").format(count=len(item.photos)))
    return "\n".join(said) or "—"


def _item(item: ItemFact) -> list[Block]:
    name = _("第 {position} 项　{name}　辨认结论：{conclusion}").format(
        position=item.position, name=item.name, conclusion=_verdict(item.value)
    )
    blocks: list[Block] = [{"kind": "item", "words": name}]
    if item.reasons:
        blocks.append(_text(item.reasons))
    blocks.append(_compared(item.findings) if item.findings else _text(_("未列可公开的特征。")))
    return blocks


def _compared(findings: Sequence[Finding]) -> Block:
    return _table(
        [(_("特征"), 4), (_("正品"), 6), (_("样本"), 6), (_("差异"), 6)],
        [(each.feature, each.genuine, each.sample, each.difference) for each in findings],
    )


def _prices(items: Sequence[ItemFact]) -> Block:
    rows = []
    for item in items:
        price = item.price
        assert price is not None
        basis = [str(words.PRICE_BASES.get(price.basis, price.basis)), price.basis_text]
        amount = _("{amount} 元／{unit}").format(amount=price.amount_yuan, unit=price.unit)
        rows.append((str(item.position), item.name, amount, "，".join(filter(None, basis)), _day(price.as_of)))
    return _table([(_("项号"), 2), (_("商品"), 8), (_("单价"), 5), (_("依据"), 8), (_("价格日期"), 5)], rows)


def _samples(facts: LetterFacts) -> list[Block]:
    blocks = []
    sealed = [item for item in facts.items if item.seal_no]
    if sealed:
        rows = [(str(item.position), item.name, item.seal_no) for item in sealed]
        blocks.append(_table([(_("项号"), 1), (_("商品"), 5), (_("封样编号"), 5)], rows))
    photos = [(item.position, photo) for item in facts.items for photo in item.photos]
    if photos:
        blocks.append(_note(_("辨认依据的照片，以封存原件的 SHA-256 摘要认定；SM3 摘要见所附数据文件。")))
        blocks.append(
            {
                **_table(
                    [(_("项号"), 2), (_("照片"), 6), ("SHA-256", 20)],
                    [(str(position), photo.shot, photo.sha256) for position, photo in photos],
                ),
                "small": True,
            }
        )
    return blocks


# Small words ----------------------------------------------------------------------------------------------------------


_ORDINALS = "一二三四五六七八九十"


def _ordinal(place: int, *, whole: bool) -> str:
    return _ORDINALS[place] if whole else str(place + 1)


def _verdict(value: str) -> str:
    label = next((str(each.label) for each in VERDICTS if each.value == value), value)
    return label


def _version(number: str, version_no: int) -> str:
    return number if version_no == 1 else _("{number}（第 {version} 版）").format(number=number, version=version_no)


def _day(day: date) -> str:
    return _("{year}年{month}月{day}日").format(year=day.year, month=day.month, day=day.day)


def _moment(moment: datetime) -> str:
    here = moment.astimezone(clock.SHANGHAI)
    return f"{_day(here.date())} {here:%H:%M}"


def _listed(numbers: Sequence[int]) -> str:
    return "、".join(str(each) for each in numbers) or "—"


def _territory(codes: Sequence[str]) -> str:
    if not codes or "*" in codes:
        return _("全国")
    names = _provinces()
    return "、".join(names.get(code, code) for code in codes)


@lru_cache(maxsize=1)
def _provinces() -> dict[str, str]:
    path = Path(settings.BASE_DIR) / "platform/divisions/data/divisions.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["name"] for row in csv.DictReader(rows) if row["level"] == "province"}


def _heading(said: str) -> Block:
    return {"kind": "heading", "words": said}


def _text(said: str) -> Block:
    return {"kind": "text", "words": said}


def _note(said: str) -> Block:
    return {"kind": "note", "words": said}


def _facts(rows: Sequence[tuple[str, str]]) -> Block:
    return {"kind": "facts", "rows": rows}


def _table(columns: Sequence[tuple[str, int]], rows: Sequence[tuple[str, ...]], *, strong: int = -1) -> Block:
    """strong: the column set in bold, if any."""
    return {"kind": "table", "columns": columns, "rows": rows, "small": False, "strong": strong}
