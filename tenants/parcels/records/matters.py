"""Case numbers by file, and what was found out under them.

A case system without a link tells its cases here, so that an officer finds them under 对接案件 and nothing is typed
twice; the results go back with the next parcel, with the opinion letters as PDF.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from appraisal.opinions.models import HeldLetter
from connections import selectors as connections
from tenants.embedding import results
from tenants.embedding import selectors as embedding
from tenants.embedding.models import Matter
from tenants.embedding.services import matters
from tenants.embedding.tokens import Context
from tenants.parcels.kinds import Attachment, Checked, Column, Given, Link, Made, Record, RecordKind, register

LINKS = frozenset({"case_system", "department", "other"})
COLUMNS = (
    Column(name="case_number", label=_("案号"), needed=True, longest=80),
    Column(
        name="kind",
        label=_("类别"),
        choices={str(value): words for value, words in Matter.Kind.choices},
        hint=_("不填：案件。"),
    ),
    Column(name="previous_number", label=_("原案号"), longest=80, hint=_("改过号的，写以前的案号。")),
    Column(name="title", label=_("案由"), longest=200),
    Column(name="officer", label=_("承办人"), needed=True, longest=80, hint=_("本平台账号，或执法证号。")),
    Column(name="unit", label=_("承办单位编码"), longest=40, hint=_("不填：承办人所在单位。")),
    Column(name="party_name", label=_("当事人"), longest=120),
    Column(name="party_uscc", label=_("统一社会信用代码"), longest=18),
    Column(name="party_address", label=_("当事人住址"), longest=200),
    Column(name="place", label=_("案发地点"), longest=200),
)
RESULT_COLUMNS = (
    Column(name="case_number", label=_("案号")),
    Column(name="answered", label=_("是否答复完")),
    Column(name="requests", label=_("鉴定申请")),
    Column(name="verdicts", label=_("辨认结论")),
    Column(name="opinions", label=_("辨认意见书")),
    Column(name="pdf_sha256", label=_("意见书 PDF 的 SHA-256")),
    Column(name="clues", label=_("线索")),
)


def officer_of(given: Given) -> User | None:
    """The one officer of that account or certificate number; None where there are none or two."""
    name = given.said["officer"]
    rows = User.people.filter(is_active=True, posts__role=Post.Role.OFFICER, unit__isnull=False)
    found = list(rows.filter(Q(username__iexact=name) | Q(officer_cert_no=name)).select_related("unit").distinct()[:2])
    return found[0] if len(found) == 1 else None


def _unit(given: Given) -> Unit | None:
    return Unit.objects.filter(code=given.said["unit"], is_active=True).first() if given.said.get("unit") else None


def check(given: Given) -> Checked:
    """New, or known under this or an earlier number; the officer and the unit have to be here."""
    said = given.said
    if officer_of(given) is None:
        return Checked(effect="rejected", code="officer_unknown", column="officer")
    if said.get("unit") and _unit(given) is None:
        return Checked(effect="rejected", code="unit_unknown", column="unit")
    rows = Matter.objects.filter(connection_id=given.connection.id).exclude(state=Matter.State.MERGED)
    for number in filter(None, (said["case_number"], said.get("previous_number"))):
        known = list(embedding.numbered(rows, number)[:2])
        if len(known) > 1:
            return Checked(effect="rejected", code="case_ambiguous", column="case_number")
        if known:
            return Checked(effect="change", record_id=known[0].pk)
    return Checked(effect="new")


def take(given: Given) -> Made:
    """As a launch would: the same case goes on under its new number, a new one is begun."""
    officer, known = officer_of(given), check(given).effect == "change"
    assert officer is not None and officer.unit is not None
    matter = begin(
        given, officer, _unit(given) or officer.unit, external_id="" if given.ref.startswith("#") else given.ref[:80]
    )
    return Made(
        record_id=matter.pk,
        title=f"{matter.case_number} {matter.title}",
        url=f"/matters/{matter.pk}/",
        changed=known,
    )


def begin(given: Given, officer: User, unit: Unit, *, external_id: str = "") -> Matter:
    """The matter that a row names, taken up as a launch would."""
    said, connection = given.said, connections.active(given.connection.id)
    assert connection is not None
    party = {name: said[f"party_{name}"] for name in ("name", "uscc", "address") if said.get(f"party_{name}")}
    context = Context(
        number=said["case_number"],
        kind=said.get("kind", Matter.Kind.CASE),
        title=said.get("title", ""),
        external_id=external_id,
        previous_number=said.get("previous_number", ""),
        officer=officer.username,
        unit=said.get("unit", ""),
        party=party,
        place=said.get("place", ""),
        county_code=said.get("county_code", ""),
        goods=[],
        photos=[],
        target="matter",
        return_mode=Matter.Return.FILE,
        origin="",
        jti="",
        expires_at=0,
    )
    return matters.take_up(context, connection=connection, by=officer, unit=unit)


def results_out(connection: Link, since: datetime, until: datetime) -> Iterator[Record]:
    """Matters in which something changed in this time, each with all that is known of it by now."""
    changed = Matter.objects.filter(connection_id=connection.id, changed_at__gte=since, changed_at__lt=until)
    for matter in changed.exclude(state=Matter.State.MERGED).order_by("changed_at", "pk"):
        said = results.result_of(matter)
        yield Record(id=matter.pk, at=matter.changed_at, said=_flat(said), whole=said, files=tuple(_letters(said)))


def _flat(said: dict[str, Any]) -> dict[str, Any]:
    verdicts = [
        f"{item['product'] or item['brand']}：{item['verdict']['label']}"
        for request in said["requests"]
        for item in request["items"]
        if item["verdict"]
    ]
    return {
        "case_number": said["case_number"],
        "answered": said["answered"],
        "requests": [each["number"] for each in said["requests"]],
        "verdicts": verdicts,
        "opinions": [each["opinion_no"] for each in said["opinions"]],
        "pdf_sha256": [each["pdf_sha256"] for each in said["opinions"]],
        "clues": [each["number"] for each in said["clues"]],
    }


def _letters(said: dict[str, Any]) -> Iterator[Attachment]:
    """The PDF of each opinion letter, byte for byte."""
    ids = [each["id"] for each in said["opinions"] if each["pdf_sha256"]]
    for held in HeldLetter.objects.filter(letter_id__in=ids).select_related("pdf").order_by("pk"):
        if held.pdf is not None:
            yield Attachment(
                name=f"{held.pk}.pdf",
                media_type="application/pdf",
                object_key=held.pdf.original_key,
                sha256=held.pdf.sha256,
            )


def register_all() -> None:
    """Offer both kinds."""
    register(
        RecordKind(
            name="matter",
            label=_("对接案件"),
            columns=COLUMNS,
            check=check,
            take=take,
            for_kinds=LINKS,
            rewritable=True,
            title="case_number",
        )
    )
    register(
        RecordKind(name="result", label=_("鉴定结果"), out_columns=RESULT_COLUMNS, out=results_out, for_kinds=LINKS)
    )
