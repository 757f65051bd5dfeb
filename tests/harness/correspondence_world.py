"""广西 writes to 仁怀 in 贵州, to 思明 in 福建, and to 杭州 in a province that is not on the system."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from harness import people
from harness.campaigns_world import people_of

from accounts.models import Unit
from divisions.models import Division
from federation.directory import book
from provinces import context
from tenants.clues.models import Clue
from tenants.clues.services.registering import NewClue, Product, Source, register
from tenants.correspondence.services import drafting, issuing
from tenants.correspondence.services.drafting import To

RENHUAI, SIMING, SHANGCHENG = "520382", "350203", "330102"
FAR = (
    ("350000", "福建省", "province", ""),
    ("350200", "厦门市", "prefecture", "350000"),
    (SIMING, "思明区", "county", "350200"),
    ("440000", "广东省", "province", ""),
    ("330000", "浙江省", "province", ""),
    ("330100", "杭州市", "prefecture", "330000"),
    (SHANGCHENG, "上城区", "county", "330100"),
)


def divisions() -> None:
    """Those of the people, and further ones to write to."""
    people.divisions()
    with context.owner():
        for code, name, level, parent in FAR:
            Division.objects.get_or_create(
                code=code, defaults={"name": name, "short_name": name[:-1], "level": level, "parent_code": parent}
            )
    book._kept = None


def a_clue(ours: Any, ref: str = "B-1", **more: Any) -> Clue:
    """A clue of a brand's about a den in 仁怀, on the county's desk, seen by its officers."""
    facts: dict[str, Any] = {
        "desk": ours.county,
        "source": Source(kind=Clue.SourceKind.BRAND, name="岚壑春酒业", ref=ref),
        "content": "仁怀市一处作坊灌装假冒岚壑春",
        "subject_name": "红棚酒坊",
        "address_raw": "贵州省遵义市仁怀市某镇 3 号",
        "products": [Product(brand_name="岚壑春", product_name="陈酿")],
        "violations": [Clue.Violation.COUNTERFEIT_TRADEMARK],
    }
    return register(NewClue(**facts | more), by=ours.chen)


def issued(ours: Any, *, to: To | None, kind_code: str = "clue_transfer", looked: bool = False, **more: Any) -> Any:
    """A letter through all three hands: 陈队长 drafts, 线索员 checks, 农局 issues."""
    said = {"title": "移送红棚酒坊线索", "summary": "查见假冒岚壑春。"} | more.pop("parts", {})
    if kind_code == "clue_transfer":
        more.setdefault("fields", {"jurisdiction_reason": "违法行为发生在仁怀市。"})
    made = drafting.draft(by=ours.chen, kind_code=kind_code, to=to, **more, **said)
    drafting.submit(by=ours.chen, letter_id=made.pk, looked=looked)
    issuing.check(by=ours.desk, letter_id=made.pk, looked=looked)
    return issuing.issue(by=ours.nong, letter_id=made.pk, looked=looked)


def two_provinces() -> SimpleNamespace:
    """Commits 广西 with a clue about 仁怀, and 贵州, each with officers, a dispatcher and heads."""
    divisions()
    gx, gz = people.bureau("gx"), people.bureau("gz", RENHUAI)
    with context.province("gx"):
        ours = people_of(gx)
        clue = a_clue(ours)
    with context.province("gz"):
        theirs = people_of(gz)
        Unit.objects.filter(pk=theirs.county.pk).update(name="仁怀市市场监督管理局", agency_word="黔仁市监")
    return SimpleNamespace(ours=ours, theirs=theirs, clue=clue)
