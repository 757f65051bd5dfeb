"""What may leave by a mapping at all: a closed list, by name.

Whatever is not in it cannot be mapped: who reported and how they are reached, whatever the vault of identities holds,
identity documents, telephone numbers, accounts of officers, clues. A field is added here by a change of this file, with
its test, and by nobody at a screen.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.canonical import instant
from kernel.errors import Words
from tenants.cases.models import Case, CaseParty
from tenants.linkage.models import Outgoing, Referral


@dataclass(frozen=True, kw_only=True)
class Source:
    """One field of ours. kind: text, moment, number, list. choices: its values, where few. example: made up."""

    name: str
    label: Words
    kind: str = "text"
    choices: MappingType[str, Words] = field(default_factory=dict)
    example: Any = ""


_MOMENT = "2026-11-20T01:30:00.000000Z"
_ALL = (
    Source(name="message.id", label=_("报送编号"), example="0197a000-0000-7000-8000-000000000001"),
    Source(
        name="message.kind",
        label=_("报送事项"),
        choices={str(value): words for value, words in Outgoing.Kind.choices},
        example="referral",
    ),
    Source(name="message.made_at", label=_("报送时间"), kind="moment", example=_MOMENT),
    Source(name="message.reason", label=_("报送理由"), example="示例：案件事实清楚，已达移送标准。"),
    Source(name="message.withdraws", label=_("撤回的报送编号"), example="0197a000-0000-7000-8000-000000000002"),
    Source(name="bureau.name", label=_("移送机关"), example="示例市市场监督管理局"),
    Source(name="bureau.code", label=_("移送机关编码"), example="450100"),
    Source(name="referral.document_no", label=_("移送书文号"), example="示例市监移〔2026〕1号"),
    Source(name="referral.police_org", label=_("公安机关"), example="示例市公安局"),
    Source(name="referral.suspected_crime", label=_("涉嫌罪名"), example="销售假冒注册商标的商品罪"),
    Source(name="referral.facts", label=_("案情与证据"), example="示例：现场查获标称名酒 120 瓶，权利人认定为假冒。"),
    Source(name="referral.goods_yuan", label=_("涉案货值（元）"), kind="number", example="168000.00"),
    Source(name="referral.gains_yuan", label=_("违法所得（元）"), kind="number", example="36000.00"),
    Source(name="referral.decided_at", label=_("批准时间"), kind="moment", example=_MOMENT),
    Source(name="referral.sent_at", label=_("移送时间"), kind="moment", example=_MOMENT),
    Source(name="referral.handed_over_at", label=_("物品移交时间"), kind="moment", example=_MOMENT),
    Source(name="referral.team", label=_("专案组"), kind="list", example=["陈某", "宁某"]),
    Source(name="referral.rules", label=_("达到的移送标准"), kind="list", example=["法释〔2025〕5号"]),
    Source(
        name="referral.annexes",
        label=_("附件"),
        kind="list",
        example=["涉嫌犯罪案件移送书", "调查报告", "涉案物品清单", "辨认意见书"],
    ),
    Source(name="referral.suspects", label=_("嫌疑人或单位"), kind="list", example=["示例商行"]),
    Source(name="case.number", label=_("立案号"), example="示例市监立〔2026〕8号"),
    Source(name="case.outside_number", label=_("办案系统编号"), example="AJ-2026-0008"),
    Source(name="case.title", label=_("案件名称"), example="示例商行涉嫌销售侵权商品案"),
    Source(name="case.cause_code", label=_("案由代码"), example="trademark_sale"),
    Source(name="case.cause", label=_("案由"), example="销售侵犯注册商标专用权的商品"),
    Source(name="case.rule", label=_("依据"), example="商标法第五十七条"),
    Source(name="case.filed_at", label=_("立案时间"), kind="moment", example=_MOMENT),
    Source(name="case.closed_at", label=_("结案时间"), kind="moment", example=_MOMENT),
    Source(
        name="case.outcome",
        label=_("办理结果"),
        choices={str(value): words for value, words in Case.Outcome.choices},
        example="penalty",
    ),
    Source(name="case.closing_words", label=_("结案说明"), example="示例：罚款并没收侵权商品。"),
    Source(name="party.name", label=_("当事人"), example="示例商行"),
    Source(
        name="party.kind",
        label=_("当事人类别"),
        choices={str(value): words for value, words in CaseParty.Kind.choices},
        example="enterprise",
    ),
    Source(name="party.uscc", label=_("统一社会信用代码"), example="91450100MA0000000X"),
    Source(name="party.responsible_person", label=_("负责人"), example="李某"),
    Source(name="party.address", label=_("当事人住址"), example="示例市示例路 1 号"),
)
SOURCES: dict[str, Source] = {each.name: each for each in _ALL}


def example() -> dict[str, Any]:
    """A made-up record, to try a mapping on without reading a case."""
    return {each.name: each.example for each in _ALL}


def record_of(message: Outgoing, *, reason: str = "") -> dict[str, Any]:
    """What one message may say, by source name, as it is at this moment. Texts, canonical moments, lists of texts."""
    case, referral = message.case, message.referral
    party = case.parties.order_by("pk").first()
    said: dict[str, Any] = {
        "message.id": str(message.pk),
        "message.kind": str(message.kind),
        "message.made_at": message.made_at,
        "message.reason": reason,
        "message.withdraws": str(message.withdraws_id or ""),
        "bureau.name": case.unit.name,
        "bureau.code": case.unit.code,
        "case.number": case.number,
        "case.outside_number": case.outside_number,
        "case.title": case.title,
        "case.cause_code": case.cause_code,
        "case.cause": case.cause_name,
        "case.rule": case.cause_rule,
        "case.filed_at": case.filed_at,
        "case.closed_at": case.closed_at,
        "case.outcome": case.outcome,
        "case.closing_words": case.closing_words,
    }
    if party is not None:
        said |= {
            "party.name": party.name,
            "party.kind": party.kind,
            "party.uscc": party.uscc,
            "party.responsible_person": party.responsible_person,
            "party.address": party.address,
        }
    if referral is not None:
        said |= _of_referral(referral)
    return {name: _plain(said.get(name, "")) for name in SOURCES}


def _of_referral(referral: Referral) -> dict[str, Any]:
    held = [each["source"] for each in referral.check_made.get("held", []) if each.get("met")]
    return {
        "referral.document_no": referral.document_no,
        "referral.police_org": referral.police_org,
        "referral.suspected_crime": referral.suspected_crime,
        "referral.facts": referral.facts,
        "referral.goods_yuan": _yuan(referral.goods_yuan),
        "referral.gains_yuan": _yuan(referral.gains_yuan),
        "referral.decided_at": referral.decided_at,
        "referral.sent_at": referral.sent_at,
        "referral.handed_over_at": referral.handed_over_at,
        "referral.team": [each["name"] for each in referral.team],
        "referral.rules": held,
        "referral.annexes": [each["title"] for each in referral.annexes],
        "referral.suspects": [each["name"] for each in referral.suspects],
    }


def _yuan(value: Any) -> str:
    return "" if value is None else f"{value:.2f}"


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return instant(value) if isinstance(value, datetime) else value
