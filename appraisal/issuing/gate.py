"""What a letter still lacks before it may be approved or signed, in words. A letter exists only through this gate.

Source of the fields: the rights holder's opinion states who issues it and by what authority, how and on what it was
examined, the grounds, the conclusion, and that the issuer answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.catalogue import selectors as catalogue
from appraisal.desk import selectors as desk
from appraisal.desk.models import DeskItem
from appraisal.issuing.models import LetterFinding, LetterItem, OpinionLetter, Sample
from evidence.models import Exhibit
from federation.contracts.appraisal import CONCLUSIVE, VerdictValue
from federation.parties import selectors as parties
from federation.parties.models import Authorisation, Trademark
from kernel import clock
from kernel.errors import Conflict, NotFound404, Words

DECIDED = frozenset({"under_renewal", "lapsed"})
"""What a reviewer may say of a mark whose term has ended."""


@dataclass(frozen=True)
class Finding:
    """One thing about a letter. stops: it may not go on; otherwise it is worth a look. item: position, 0 for all."""

    code: str
    words: Words
    stops: bool = True
    item: int = 0
    mark_id: str = ""

    @property
    def text(self) -> str:
        return str(self.words)


class Incomplete(Conflict):
    """The gate is shut. data["missing"]: every reason, as code and words."""

    code = "letter_incomplete"
    title = _("意见书还不完整")
    sentence = _("还有 {count} 处要补齐：{first}")


def require(letter: OpinionLetter, *, at: datetime | None = None) -> None:
    """Raise Incomplete unless the letter may be approved and signed now."""
    stops = [each for each in look(letter, at=at) if each.stops]
    if stops:
        raise Incomplete(
            count=len(stops),
            first=stops[0].text,
            missing=[{"code": each.code, "words": each.text, "item": each.item} for each in stops],
        )


def look(letter: OpinionLetter, *, at: datetime | None = None) -> list[Finding]:
    """Everything that stops the letter, and what is worth a look before signing."""
    at = at or clock.now()
    rights = Rights(letter, at)
    items = items_of(letter)
    return [*_whole(rights, items), *(found for item in items for found in _item(rights, item))]


def items_of(letter: OpinionLetter) -> list[LetterItem]:
    """The items of a letter with what the gate reads of them."""
    rows = letter.items.select_related("item", "verdict__opinion")
    return list(rows.prefetch_related("findings", "item__photos__exhibit"))


class Rights:
    """By what the letter's appraiser may answer for its goods, asked once for each product."""

    def __init__(self, letter: OpinionLetter, at: datetime) -> None:
        self.letter, self.at = letter, at
        self._held: dict[UUID, Authorisation | parties.Uncovered | NotFound404] = {}

    def of(self, product_id: UUID) -> Authorisation:
        """The authorisation, whatever the term of its marks. Raises Uncovered, NotFound404."""
        if product_id not in self._held:
            try:
                self._held[product_id] = parties.authority(
                    self.letter.appraiser,
                    principal=self.letter.organisation,
                    product=catalogue.product(product_id),
                    province_code=self.letter.task.province_code,
                    at=self.at,
                    lapsed_marks=True,
                )
            except (parties.Uncovered, NotFound404) as reason:
                self._held[product_id] = reason
        found = self._held[product_id]
        if isinstance(found, Authorisation):
            return found
        raise found

    def marks(self, items: Iterable[LetterItem]) -> list[Trademark]:
        """The marks that the letter rests on: those of the authorisations that cover a class of its goods."""
        marks: dict[UUID, Trademark] = {}
        for product_id in dict.fromkeys(row.item.product_id for row in items):
            try:
                held = self.of(product_id)
            except (parties.Uncovered, NotFound404):
                continue
            nice_class = catalogue.product(product_id).nice_class
            marks |= {mark.pk: mark for mark in held.trademarks.all() if nice_class in mark.nice_classes}
        return sorted(marks.values(), key=lambda mark: mark.reg_no)


def _whole(rights: Rights, items: list[LetterItem]) -> list[Finding]:
    letter, at = rights.letter, rights.at
    found = [*_issuer(letter, at)]
    if not items:
        found.append(Finding("items_missing", _("请至少选一件已有明确结论的商品。")))
    if not letter.responsibility.strip():
        found.append(Finding("responsibility_missing", _("请写明责任声明。可以恢复为固定文字。")))
    if not letter.exam_place.strip():
        found.append(Finding("exam_place_missing", _("请写明鉴别地点，例如“本单位鉴定室，依据照片”。")))
    if letter.exam_ended_at < letter.exam_began_at or letter.exam_ended_at > at:
        found.append(Finding("exam_dates_wrong", _("鉴别的起止时间不对：结束不能早于开始，也不能晚于现在。")))
    return [*found, *_marks(rights, items)]


def _issuer(letter: OpinionLetter, at: datetime) -> list[Finding]:
    if letter.organisation.state != parties.ACTIVE:
        return [Finding("issuer_inactive", _("本单位已暂停或退出平台，不能出具意见书。请联系省际协作办公室。"))]
    agent = letter.agent
    if agent is not None and not parties.mandates_at(at).filter(agent=agent, principal=letter.organisation).exists():
        return [Finding("mandate_ended", _("代出具单位的委托已经终止或到期。请先续办委托，或由权利人自己出具。"))]
    return []


def _marks(rights: Rights, items: list[LetterItem]) -> list[Finding]:
    found = []
    for mark in rights.marks(items):
        standing = standing_of(mark, rights.at)
        said = rights.letter.marks.get(str(mark.pk), {})
        decided = said.get("standing") in DECIDED and str(said.get("note", "")).strip()
        if standing == "unknown":
            words = _("商标 {mark} 没有登记有效期。请在“授权”页补登后再核对。")
            found.append(Finding("mark_term_unknown", str(words).format(mark=mark), stops=False))
        elif standing == "lapsed" and decided:
            words = _("商标 {mark} 已过有效期，审核人已作说明，意见书会照实写明。")
            found.append(
                Finding("mark_lapsed_decided", str(words).format(mark=mark), stops=False, mark_id=str(mark.pk))
            )
        elif standing == "lapsed":
            words = _("商标 {mark} 已于 {day} 到期。请核实是否在续展，作出说明后再出具。")
            said_so = str(words).format(mark=mark, day=mark.valid_until)
            found.append(Finding("mark_lapsed", said_so, mark_id=str(mark.pk)))
    return found


def _item(rights: Rights, row: LetterItem) -> list[Finding]:
    checks = (_authority(rights, row), _verdict(row), _sample(rights.letter, row), _grounds(row), _price(row))
    return [
        Finding(code, str(words).replace("{product}", row.item.product_name), stops, row.position)
        for found in checks
        for code, words, stops in found
    ]


Found = list[tuple[str, Words, bool]]


def _authority(rights: Rights, row: LetterItem) -> Found:
    try:
        rights.of(row.item.product_id)
    except parties.Uncovered as reason:
        outside = reason.code in {"class_not_covered", "trademark_lapsed"}
        return [("goods_outside_class" if outside else reason.code, reason.detail, True)]
    except NotFound404:
        return [("product_unknown", _("产品库里没有“{product}”，无法核对商标类别。请企业管理员先登记产品。"), True)]
    return []


def _verdict(row: LetterItem) -> Found:
    standing = desk.standing_verdict(row.item)
    if standing is None:
        return [("verdict_withdrawn", _("“{product}”的结论已撤回。请先给出新的结论，再写进意见书。"), True)]
    if standing.pk != row.verdict_id:
        words = _("“{product}”后来有了新的结论，与意见书不一致。请刷新这一件，或先另作结论。")
        return [("verdict_changed", words, True)]
    if VerdictValue(standing.value) not in CONCLUSIVE:
        words = _("“{product}”的结论还是“无法判断”。意见书只能照结论写，请先给出新的结论。")
        return [("verdict_open", words, True)]
    return []


def _sample(letter: OpinionLetter, row: LetterItem) -> Found:
    if row.seal_no.strip():
        sample = Sample.objects.filter(organisation=letter.organisation, seal_no=row.seal_no).order_by("-id").first()
        if sample is None:
            return [("seal_unknown", _("“{product}”的封样编号没有签收记录，请核对编号。"), False)]
        if sample.state == Sample.State.SENT:
            return [("sample_not_received", _("“{product}”的封样还没有签收。请先登记签收。"), True)]
        if not sample.seal_holds:
            words = _("“{product}”的封样签收时封签不完好或编号不符，不能证明是同一样品。请改用照片，或请机关重新寄样。")
            return [("seal_broken", words, True)]
        return []
    if not living_photos(row.item):
        words = _("“{product}”没有可用的照片，也没有封样编号，不能说明鉴别的是哪件样品。请补拍，或填封样编号。")
        return [("sample_missing", words, True)]
    if letter.exam_mode == OpinionLetter.ExamMode.PHYSICAL:
        return [("seal_missing", _("“{product}”按实物辨认，请填封样编号，或把鉴别方式改为照片辨认。"), True)]
    return []


def _grounds(row: LetterItem) -> Found:
    printed = [each for each in row.findings.all() if each.grade == LetterFinding.Grade.PRINTED and says_ground(each)]
    if not printed:
        words = _("“{product}”还没有一条印出的理由。请把至少一项特征比对选为“印在意见书上”，写明差异。")
        return [("ground_missing", words, True)]
    if len(printed) > 1:
        words = _("“{product}”印出了多项特征。意见书会送达当事人，只需印一项，其余可放进密封附件。")
        return [("grounds_many", words, False)]
    return []


def _price(row: LetterItem) -> Found:
    if row.price_yuan is None:
        return []
    if not row.price_basis or row.price_as_of is None or not row.price_unit:
        return [("price_basis_missing", _("“{product}”写了正品价格，请补上计价单位、依据和日期。"), True)]
    return []


def says_ground(finding: LetterFinding) -> bool:
    """Whether one compared feature is a ground: what was looked at, and what it showed."""
    return bool(finding.feature.strip() and (finding.difference.strip() or finding.sample.strip()))


def living_photos(item: DeskItem) -> list[Any]:
    """Photos of an item that still count: one withdrawn meanwhile does not."""
    return [photo for photo in item.photos.all() if photo.exhibit.state == Exhibit.State.READY]


def standing_of(mark: Trademark, at: datetime) -> str:
    """in_force, lapsed or unknown on that day. The last day of protection counts."""
    if mark.valid_until is None:
        return "unknown"
    return "in_force" if mark.valid_until >= clock.local_date(at) else "lapsed"
