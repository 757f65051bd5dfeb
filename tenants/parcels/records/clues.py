"""线索 by file: what another system hands over to be checked, and what became of it.

Columns about whoever reported do not exist here: such a column is refused as unknown, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel import uscc
from kernel.errors import NotAllowed
from tenants.clues.models import Clue
from tenants.clues.services.arriving import arrived
from tenants.clues.services.manual import desk_of, hints_for, keeps_a_desk
from tenants.clues.services.registering import NewClue, Product, Source, known_source
from tenants.parcels.kinds import Checked, Column, Given, Link, Made, Record, RecordKind, register
from tenants.parcels.models import TakenRecord
from tenants.parcels.records.common import last_moved

KIND = "clue"
FROM_PARCEL = "parcels.Clue"
_SOURCES = (
    Clue.SourceKind.HOTLINE_12315,
    Clue.SourceKind.COMPLAINT,
    Clue.SourceKind.REPORT,
    Clue.SourceKind.MONITORING,
    Clue.SourceKind.MEDIA,
    Clue.SourceKind.PLATFORM,
    Clue.SourceKind.BRAND,
    Clue.SourceKind.ASSOCIATION,
    Clue.SourceKind.STATION,
    Clue.SourceKind.GRID,
)
COLUMNS = (
    Column(name="content", label=_("线索内容"), needed=True, longest=6000),
    Column(name="title", label=_("摘要"), longest=120),
    Column(
        name="source",
        label=_("来源"),
        needed=True,
        choices={each.value: each.label for each in _SOURCES},
    ),
    Column(name="source_name", label=_("来源单位"), longest=120),
    Column(name="found_on", label=_("日期"), kind="date"),
    Column(name="subject_name", label=_("被反映主体"), longest=120),
    Column(name="subject_code", label=_("统一社会信用代码"), longest=18),
    Column(name="subject_account", label=_("平台和账号"), longest=200),
    Column(name="address", label=_("地址"), longest=1000),
    Column(name="brand", label=_("品牌"), longest=80),
    Column(name="product", label=_("产品"), longest=120),
    Column(name="value_yuan", label=_("估计货值（元）"), kind="number"),
    Column(
        name="violations",
        label=_("涉嫌违法类型"),
        choices={str(value): words for value, words in Clue.Violation.choices},
    ),
)
OUT_COLUMNS = (
    Column(name="number", label=_("线索编号")),
    Column(name="their_ref", label=_("对方编号")),
    Column(name="state", label=_("状态"), choices={str(value): words for value, words in Clue.State.choices}),
    Column(name="holder", label=_("承办单位")),
    Column(name="verify_by", label=_("核查期限")),
    Column(name="result", label=_("核查结果"), choices={str(value): words for value, words in Clue.Result.choices}),
    Column(name="outcome", label=_("处置"), choices={str(value): words for value, words in Clue.Outcome.choices}),
    Column(name="ended_at", label=_("办结时间")),
)


def source_of(given: Given) -> Source:
    """Where the clue says it comes from; its number is told apart by the connection, so that two may use the same."""
    said = given.said
    return Source(
        kind=said["source"],
        name=said.get("source_name", "") or given.connection.name,
        ref="" if given.ref.startswith("#") else given.ref,
        outlet_day=datetime.fromisoformat(said["found_on"]).date() if said.get("found_on") else None,
        record_kind=FROM_PARCEL,
        record_id=f"{given.connection.id}:{given.ref}"[:120],
    )


def check(given: Given) -> Checked:
    """New, or here already by another way."""
    if not keeps_a_desk(given.by) and not given.by.is_service:
        raise NotAllowed(_("线索由线索管理员收入。请由线索管理员打开这份报告后收入。"), code="no_desk")
    code = given.said.get("subject_code", "")
    if code and not uscc.is_valid(code):
        return Checked(effect="rejected", code="refused", column="subject_code", data={"why": _wrong_code()})
    known = known_source(source_of(given))
    if known is not None:
        return Checked(effect="same", record_id=known.clue_id)
    return Checked(effect="new")


def _wrong_code() -> str:
    return str(_("统一社会信用代码的校验位不对。请核对后重发，或留空。"))


def take(given: Given) -> Made:
    """Register it at the desk of whoever takes it in."""
    said, desk = given.said, desk_of(given.by)
    name, account = said.get("subject_name", ""), said.get("subject_account", "")
    kind = Clue.SubjectKind.UNKNOWN
    if name:
        kind = Clue.SubjectKind.ENTERPRISE if said.get("subject_code") or "公司" in name else Clue.SubjectKind.SHOP
    elif account:
        kind = Clue.SubjectKind.ONLINE_ACCOUNT
    brand, product = said.get("brand", ""), said.get("product", "")
    clue = arrived(
        NewClue(
            desk=desk,
            source=source_of(given),
            content=said["content"],
            title=(said.get("title") or said["content"])[:120],
            subject_kind=kind,
            subject_name=name,
            subject_code=uscc.normalise(said["subject_code"]) if said.get("subject_code") else "",
            subject_account=account,
            address_raw=said.get("address", ""),
            hints=hints_for(desk),
            channel=Clue.Channel.ONLINE if account and not said.get("address") else Clue.Channel.OFFLINE,
            violations=[said["violations"]] if said.get("violations") else [],
            estimated_value=Decimal(said["value_yuan"]) if said.get("value_yuan") else None,
            products=[Product(brand_name=(brand or product)[:80], product_name=product)] if brand or product else [],
        ),
        by=given.by,
    )
    return Made(record_id=clue.pk, title=f"{clue.number} {clue.title}", url=f"/clues/{clue.pk}/")


def out(connection: Link, since: datetime, until: datetime) -> Iterator[Record]:
    """What became of clues that this connection handed over, those in which something happened in this time."""
    came = dict(TakenRecord.objects.filter(connection_id=connection.id, kind=KIND).values_list("record_id", "ref"))
    moved = last_moved("clues.clue", came, since, until)
    for clue in Clue.objects.filter(pk__in=moved).select_related("holder_unit").order_by("pk"):
        yield Record(id=clue.pk, at=moved[clue.pk], said=_said(clue, came[clue.pk]))


def _said(clue: Clue, ref: str) -> dict[str, Any]:
    return {
        "number": clue.number,
        "their_ref": "" if ref.startswith("#") else ref,
        "state": clue.state,
        "holder": clue.holder_unit.name,
        "verify_by": clue.verify_by.isoformat() if clue.verify_by else "",
        "result": clue.result,
        "outcome": clue.outcome,
        "ended_at": clue.ended_at.isoformat() if clue.ended_at else "",
    }


def register_all() -> None:
    """Offer the kind."""
    register(
        RecordKind(
            name=KIND,
            label=_("线索"),
            columns=COLUMNS,
            out_columns=OUT_COLUMNS,
            out=out,
            check=check,
            take=take,
            for_kinds=frozenset({"case_system", "department", "other"}),
            title="title",
        )
    )
