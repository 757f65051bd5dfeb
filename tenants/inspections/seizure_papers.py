"""The papers of an inspection and of a seizure: what they say, block by block. Making and signing is `papers`'.

Forms: 市场监督管理行政处罚文书格式范本（2021 年修订版）, 8, 9, 11, 21, 24, 25. Papers are in Chinese
whatever the reader's language, so nothing here is translated.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from appraisal.requests.models import VerdictChoice
from divisions import selectors as divisions
from kernel import clock
from kernel.errors import BadInput
from papers.content import Block, Facts, Glass, PaperContent, Role, Signer, Table, Text, Tone
from papers.models import Paper
from papers.registry import Draft, Kind, register
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_term as term
from tenants.inspections.models import Inspection, Lot, PresentPerson, Seizure, SeizureDecision
from tenants.inspections.seizure_services import plain, total_by_unit
from tenants.inspections.selectors import is_officer_of, scene_signatures_of
from tenants.inspections.services import sign as sign_inspection

INSPECTION, SEIZURE = "inspection", "seizure"
_UNKNOWN = "不详"
_NONE = "（无）"


def _moment(at: datetime | None) -> str:
    if at is None:
        return "　　年　月　日　时　分"
    local = at.astimezone(clock.SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def _day(at: datetime) -> str:
    local = at.astimezone(clock.SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def _money(value: Decimal | None) -> str:
    return "不详" if value is None else f"{value:.2f}"


def _officers(inspection: Inspection, *, each_page: bool = False) -> tuple[Signer, ...]:
    return tuple(
        Signer(
            role=Role.OFFICER,
            name=each.name,
            user_id=each.officer_id,
            certificate_no=each.certificate_no,
            each_page=each_page,
        )
        for each in inspection.officers.all()
    )


def _party_name(inspection: Inspection) -> str:
    return inspection.entity.name if inspection.entity is not None else ""


def _party(inspection: Inspection, *, each_page: bool = False) -> Signer:
    """Who signs for the party: the one present, else the name of the entity."""
    roles = (PresentPerson.Role.PARTY, PresentPerson.Role.MANAGER)
    people = [each for each in inspection.persons.all() if each.role in roles and each.name]
    return Signer(role=Role.PARTY, name=people[0].name if people else _party_name(inspection), each_page=each_page)


def _entity_facts(inspection: Inspection) -> list[tuple[str, str]]:
    entity = inspection.entity
    if entity is None:
        return [("当事人", "未查明")]
    number = entity.uscc or entity.old_number or f"无（{_zh(entity.get_kind_display())}）"
    return [
        ("当事人", entity.name),
        ("统一社会信用代码", number),
        ("负责人", entity.responsible_person or _UNKNOWN),
        ("住所或经营场所", entity.address or _place(inspection)),
        ("联系电话", entity.phone or _UNKNOWN),
    ]


def _zh(words: object) -> str:
    with override("zh-hans"):
        return str(words)


def _place(inspection: Inspection) -> str:
    site = inspection.site
    parts = [divisions.path_name(site.county_code) if site.county_code else "", site.place]
    return " ".join(part for part in parts if part) or _UNKNOWN


def _quantity(lot: Lot) -> str:
    if lot.quantity is None:
        return "两人清点不一致" if lot.candidates else "未清点"
    return f"{plain(lot.quantity)} {lot.unit}"


# On-site record -------------------------------------------------------------------------------------------------------


def onsite_record(by: User, matter_id: UUID) -> Draft:
    """文书 9: what was seen, told and found, page by page to be signed."""
    with override("zh-hans"):
        inspection = selectors.inspection_with_everything(by, matter_id)
        if inspection.ended_at is None:
            raise BadInput(_("检查还没有结束，不能制作现场笔录。请先结束检查。"), code="inspection_not_ended")
        site = inspection.site
        position = (
            f"{site.latitude}，{site.longitude}（{'WGS-84'}，精度 {site.accuracy_m or '不详'} 米）"
            if site.latitude is not None
            else "未取得定位"
        )
        officers = "；".join(
            f"{each.name}（执法证号 {each.certificate_no}，{'已出示' if each.shown_at else '未记载出示'}）"
            for each in inspection.officers.all()
        )
        persons = "；".join(
            f"{each.get_role_display()} {each.name or '（未表明姓名）'}"
            + (f"，{each.duty}" if each.duty else "")
            + ("，拒绝表明身份" if each.refused else "")
            for each in inspection.persons.all()
        )
        lots = [lot for lot in inspection.lots.all() if not lot.void_reason]
        seizures = [each for each in inspection.seizures.all() if each.carried_out_at]
        blocks: list[Block] = [
            Facts(
                rows=(
                    ("检查时间", f"{_moment(inspection.started_at)} 至 {_moment(inspection.ended_at)}"),
                    ("检查地点", f"{_place(inspection)}\n定位：{position}"),
                    ("执法人员", officers),
                    *_entity_facts(inspection),
                    ("在场人员", persons or _NONE),
                    ("记录人", inspection.recorder.name if inspection.recorder else _UNKNOWN),
                )
            ),
            Text(words="告知事项", tone=Tone.HEADING),
            *(
                Text(words=f"{notice.words}\n当事人答复：{notice.answer or '未答复'}（{_moment(notice.given_at)}）")
                for notice in inspection.notices.all()
            ),
            Text(words="现场情况", tone=Tone.HEADING),
            Text(words=inspection.scene or _NONE),
        ]
        if lots:
            blocks += [
                Text(words="物品位置与数量", tone=Tone.HEADING),
                Table(
                    columns=(("序号", 1), ("物品", 4), ("标称品牌", 2), ("批号", 2), ("位置", 3), ("数量", 2)),
                    rows=tuple(
                        (
                            str(number),
                            " ".join(part for part in (lot.product_name, lot.spec) if part) or "未知商品",
                            lot.claimed_brand,
                            lot.batch_no,
                            lot.stood_where,
                            _quantity(lot),
                        )
                        for number, lot in enumerate(lots, start=1)
                    ),
                ),
            ]
        blocks += _on_site(inspection)
        media = selectors.media_of(inspection)
        blocks += [
            Text(words="照片录像", tone=Tone.HEADING),
            Table(
                columns=(("序号", 1), ("内容", 3), ("拍摄时间", 3), ("SHA-256", 7)),
                rows=tuple((str(number), *row) for number, row in enumerate(media, start=1)),
            )
            if media
            else Text(words=_NONE),
            Text(words="采取的措施", tone=Tone.HEADING),
            Text(words="\n".join(_measure_words(each) for each in seizures) or _NONE),
            Text(words="当事人意见", tone=Tone.HEADING),
            Text(words=inspection.party_statement or "（当事人没有陈述意见）"),
            Text(words="以上笔录经当事人核对。逐页签名；拒绝签名或不在场的，注明原因并由见证人签名。", tone=Tone.NOTE),
        ]
        content = PaperContent(
            title="现场笔录",
            bureau=selectors.issuing_unit(inspection.unit).name,
            form_no=9,
            blocks=tuple(blocks),
            signers=(
                *_officers(inspection, each_page=True),
                _party(inspection, each_page=True),
                *(
                    Signer(role=Role.WITNESS, name=each.name, each_page=True, required=False)
                    for each in inspection.persons.all()
                    if each.role == PresentPerson.Role.WITNESS
                ),
            ),
        )
    return Draft(content, inspection.unit_id)


def _on_site(inspection: Inspection) -> list[Block]:
    """What people of right holders concluded and signed on the premises, with the name as it was written."""
    signed = scene_signatures_of(inspection)
    if not signed:
        return []
    blocks: list[Block] = [Text(words="权利人现场辨认", tone=Tone.HEADING)]
    for each in signed:
        said = json.loads(each.page)["verdicts"]
        rows = tuple(
            (
                str(number),
                " ".join(filter(None, (line["product"], line["batch_no"]))),
                f"{line['quantity']} {line['quantity_unit']}".strip(),
                _zh(VerdictChoice(line["value"]).label),
                line["reasons"],
            )
            for number, line in enumerate(said, start=1)
        )
        words = (
            f"{each.appraiser_name}（{each.request.organisation_name}，授权委托书 {each.authority['number']}）"
            f"于{_moment(each.signed_at)}在现场签名\n"
            f"所签内容 SHA-256 {each.page_sha256}\n笔迹 SHA-256 {each.strokes_sha256}"
        )
        blocks += [
            Table(columns=(("序号", 1), ("物品", 4), ("数量", 2), ("辨认结论", 2), ("理由", 5)), rows=rows),
            Glass(words=words, strokes=each.strokes),
        ]
    return blocks


def record_signed(paper: Paper, by: User) -> None:
    """The last signature is on the record: nothing on the inspection changes any more."""
    inspection = Inspection.objects.get(pk=paper.matter_id)
    if inspection.state == Inspection.State.CLOSED and is_officer_of(by, inspection.pk):
        sign_inspection(by=by, inspection_id=inspection.pk)


def _measure_words(seizure: Seizure) -> str:
    decision = next((each for each in seizure.decisions.all() if each.kind == SeizureDecision.Kind.SEIZE), None)
    number = decision.document_no if decision else "决定书文号待补办"
    return f"{_moment(seizure.carried_out_at)}对所列财物实施{seizure.get_measure_display()}（{number}）。"


# Evidence extraction --------------------------------------------------------------------------------------------------


def evidence_extract(by: User, matter_id: UUID) -> Draft:
    """文书 11: the sealed photos of an inspection with their digests."""
    with override("zh-hans"):
        inspection = selectors.inspection_with_everything(by, matter_id)
        media = selectors.media_of(inspection)
        if not media:
            raise BadInput(_("这次检查还没有照片，证据提取单没有内容。请先拍照。"), code="nothing_extracted")
        content = PaperContent(
            title="证据提取单",
            bureau=selectors.issuing_unit(inspection.unit).name,
            form_no=11,
            blocks=(
                Facts(
                    rows=(
                        ("提取时间", f"{_moment(inspection.started_at)} 起"),
                        ("提取地点", _place(inspection)),
                        *_entity_facts(inspection)[:2],
                        ("证据形式", "现场拍摄的照片，原始文件由本局封存，未作改动"),
                    )
                ),
                Table(
                    columns=(("序号", 1), ("内容", 3), ("拍摄时间", 3), ("SHA-256", 7)),
                    rows=tuple((str(number), *row) for number, row in enumerate(media, start=1)),
                ),
                Text(
                    words="以上证据提取自当事人现场，与原物核对无误。摘要值可用于日后核对文件是否改动。", tone=Tone.NOTE
                ),
            ),
            signers=(*_officers(inspection), _party(inspection)),
        )
    return Draft(content, inspection.unit_id)


# Seizure --------------------------------------------------------------------------------------------------------------


def _seizure_draft(
    by: User, matter_id: UUID, *, decision_kind: str | None = SeizureDecision.Kind.SEIZE
) -> tuple[Seizure, SeizureDecision | None]:
    seizure = selectors.whole_seizure(by, matter_id)
    decision = next((each for each in seizure.decisions.all() if each.kind == decision_kind), None)
    if decision_kind is not None and decision is None:
        raise BadInput(_("还没有作出这项决定，没有文号，不能制作这份文书。"), code="decision_missing")
    return seizure, decision


def _rows(seizure: Seizure) -> Table:
    return Table(
        columns=(
            ("序号", 1), ("物品名称", 4), ("标称品牌", 2), ("规格型号", 2), ("批号/生产日期", 3), ("数量", 2),
            ("单位", 1), ("单价", 2), ("货值", 2), ("备注", 2),
        ),
        rows=tuple(
            (
                str(row.position),
                row.item_name,
                row.claimed_brand,
                row.spec,
                row.batch,
                plain(row.quantity),
                row.unit,
                _money(row.unit_price_yuan),
                _money(row.value_yuan),
                row.note or row.difference_reason,
            )
            for row in seizure.property_list.rows.all()
        ),
    )  # fmt: skip


def _totals(seizure: Seizure) -> str:
    rows = list(seizure.property_list.rows.all())
    quantities = "，".join(f"{plain(total)} {unit}" for unit, total in total_by_unit(rows))
    values = [row.value_yuan for row in rows if row.value_yuan is not None]
    unknown = len(rows) - len(values)
    value = f"货值 {sum(values, Decimal(0)):.2f} 元" if values else "货值不详"
    return f"共 {len(rows)} 项，{quantities}；{value}" + (f"，另有 {unknown} 项货值不详" if unknown and values else "")


def seizure_approval(by: User, matter_id: UUID) -> Draft:
    """文书 8: the officers' proposal and the head's answer."""
    with override("zh-hans"):
        seizure, _decision = _seizure_draft(by, matter_id, decision_kind=None)
        if seizure.proposed_at is None:
            raise BadInput(_("还没有报请批准，不能制作审批表。请先报批。"), code="not_proposed")
        rows = [
            ("审批事项", f"对当事人财物实施{seizure.get_measure_display()}"),
            *_entity_facts(seizure.inspection)[:2],
            ("检查编号", seizure.inspection.number),
            ("提请理由及依据", f"{seizure.facts}\n依据：{seizure.legal_basis}"),
            ("财物", _totals(seizure)),
            ("提请人", f"{seizure.proposed_by.name} {_moment(seizure.proposed_at)}"),
        ]
        report = term.report_of(seizure)
        if report is not None:
            rows += [
                ("当场实施", f"{_moment(seizure.carried_out_at)}，{seizure.urgent_reason}"),
                ("补报时间", f"{_moment(report.reported_at)}{'（超过二十四小时）' if report.late else ''}"),
            ]
            if seizure.late_reason:
                rows.append(("迟报原因", seizure.late_reason))
        answer = f"{_zh(seizure.get_state_display())}\n{seizure.answer}" if seizure.decided_at else ""
        rows.append(("负责人审批意见", answer))
        head = seizure.decided_by
        signers = tuple(_officers(seizure.inspection))
        if head is not None:
            signers += (Signer(role=Role.HEAD, name=head.name, user_id=head.pk),)
        content = PaperContent(
            title="行政处罚案件有关事项审批表",
            bureau=selectors.issuing_unit(seizure.unit).name,
            form_no=8,
            blocks=(Facts(rows=tuple(rows)),),
            signers=signers,
        )
    return Draft(content, seizure.unit_id)


def seizure_decision(by: User, matter_id: UUID) -> Draft:
    """文书 21: what is seized, why, for how long, and what the party may do against it."""
    with override("zh-hans"):
        seizure, decision = _seizure_draft(by, matter_id)
        assert decision is not None
        standing = term.standing_of(seizure)
        until = (
            f"自{_day(seizure.carried_out_at)}起至{standing.last_day.isoformat()}止"
            if seizure.carried_out_at and standing
            else f"自实施之日起 {seizure.term_days} 日"
        )
        measure = seizure.get_measure_display()
        content = PaperContent(
            title="实施行政强制措施决定书",
            bureau=selectors.issuing_unit(seizure.unit).name,
            form_no=21,
            document_no=decision.document_no,
            blocks=(
                Facts(rows=tuple(_entity_facts(seizure.inspection))),
                Text(words=f"经查，{seizure.facts}"),
                Text(
                    words=f"依据{seizure.legal_basis}的规定，本局决定对你（单位）的财物（见"
                    f"《场所/设施/财物清单》{seizure.property_list.list_no}）实施{measure}。{_totals(seizure)}。"
                ),
                Text(words=f"期限：{until}。情况复杂的，经批准可以延长，延长不超过三十日。"),
                Text(words=f"地点：{_place(seizure.inspection)}。保管：{_holder(seizure)}。"),
                Text(
                    words="你（单位）有权陈述和申辩。不服本决定的，可以自收到之日起六十日内申请行政复议，"
                    "也可以在六个月内向人民法院提起行政诉讼。在此期间不得动用、调换、转移、损毁被"
                    f"{measure}的财物。"
                ),
            ),
            signers=(*_officers(seizure.inspection), _party(seizure.inspection)),
            seal_place=f"（印章）\n{_day(decision.at)}",
        )
    return Draft(content, seizure.unit_id)


def _holder(seizure: Seizure) -> str:
    last = list(seizure.handovers.all())[-1:]
    return f"{last[0].to_name}（{last[0].place}）" if last else "待移交"


def property_list(by: User, matter_id: UUID) -> Draft:
    """文书 24: one line for each kind of goods, in its own unit."""
    with override("zh-hans"):
        seizure, decision = _seizure_draft(by, matter_id, decision_kind=None)
        if seizure.carried_out_at is None:
            raise BadInput(_("还没有实施，清单没有生效。请实施后再制作。"), code="not_carried_out")
        number = next((each.document_no for each in seizure.decisions.all() if each.kind == "seize"), "待补办")
        seals = "、".join(seal.number for seal in seizure.seals.all())
        content = PaperContent(
            title="场所/设施/财物清单",
            bureau=selectors.issuing_unit(seizure.unit).name,
            form_no=24,
            document_no=seizure.property_list.list_no,
            landscape=True,
            blocks=(
                Facts(
                    rows=(
                        ("决定书文号", number),
                        ("当事人", _party_name(seizure.inspection) or "未查明"),
                        ("实施时间", _moment(seizure.carried_out_at)),
                        ("封条号", seals or _NONE),
                        ("保管", _holder(seizure)),
                    )
                ),
                _rows(seizure),
                Text(words=_totals(seizure)),
                Text(words="上述财物的名称、数量经当事人核对无误。清单一式三份。", tone=Tone.NOTE),
            ),
            signers=(
                *_officers(seizure.inspection, each_page=True),
                _party(seizure.inspection, each_page=True),
                *(
                    Signer(role=Role.KEEPER, name=each.to_name, required=False)
                    for each in list(seizure.handovers.all())[-1:]
                ),
            ),
        )
    return Draft(content, seizure.unit_id)


def seal_strips(by: User, matter_id: UUID) -> Draft:
    """文书 25: the strips that were pasted, with their numbers."""
    with override("zh-hans"):
        seizure, _decision = _seizure_draft(by, matter_id, decision_kind=None)
        seals = list(seizure.seals.all())
        if not seals:
            raise BadInput(_("还没有登记封条。请先填写封条号和粘贴位置。"), code="no_seals")
        blocks: list[Block] = []
        for seal in seals:
            blocks += [
                Text(words=f"封　条　　{seal.number}", tone=Tone.HEADING),
                Facts(
                    rows=(
                        ("粘贴位置", seal.place),
                        ("封存时间", _moment(seal.applied_at)),
                        ("封存单位", selectors.issuing_unit(seizure.unit).name),
                    )
                ),
            ]
        blocks.append(Text(words="未经本局许可，任何单位和个人不得启封、损毁。", tone=Tone.NOTE))
        content = PaperContent(
            title="封条",
            bureau=selectors.issuing_unit(seizure.unit).name,
            form_no=25,
            blocks=tuple(blocks),
            seal_place="（印章）",
        )
    return Draft(content, seizure.unit_id)


def extension_decision(by: User, matter_id: UUID) -> Draft:
    """延长期限: why, and until when; served on the party."""
    with override("zh-hans"):
        seizure, decision = _seizure_draft(by, matter_id, decision_kind=SeizureDecision.Kind.EXTEND)
        standing = term.standing_of(seizure)
        assert decision is not None and standing is not None
        content = PaperContent(
            title="延长行政强制措施期限决定书",
            bureau=selectors.issuing_unit(seizure.unit).name,
            document_no=decision.document_no,
            blocks=(
                Facts(rows=tuple(_entity_facts(seizure.inspection)[:2])),
                Text(
                    words=f"因{decision.reason}，依据《中华人民共和国行政强制法》第二十五条的规定，经本局负责人批准，"
                    f"决定将{seizure.get_measure_display()}期限延长 {decision.days} 日，至"
                    f"{standing.last_day.isoformat()}止。"
                ),
                Text(words="你（单位）有权陈述和申辩，可以依法申请行政复议或者提起行政诉讼。"),
            ),
            signers=(*_officers(seizure.inspection), _party(seizure.inspection)),
            seal_place=f"（印章）\n{_day(decision.at)}",
        )
    return Draft(content, seizure.unit_id)


def release_decision(by: User, matter_id: UUID) -> Draft:
    """解除: why, to whom the goods went back, and, when it came late, that it did."""
    with override("zh-hans"):
        seizure, decision = _seizure_draft(by, matter_id, decision_kind=SeizureDecision.Kind.RELEASE)
        standing = term.standing_of(seizure)
        assert decision is not None and standing is not None
        content = PaperContent(
            title="解除行政强制措施决定书",
            bureau=selectors.issuing_unit(seizure.unit).name,
            document_no=decision.document_no,
            landscape=True,
            blocks=(
                Facts(
                    rows=(
                        *_entity_facts(seizure.inspection)[:2],
                        ("解除情形", seizure.get_release_kind_display()),
                        ("解除时间", _moment(seizure.released_at)),
                        ("退还给", seizure.returned_to),
                        ("期限", standing.words),
                    )
                ),
                Text(
                    words=f"{decision.reason}。依据《中华人民共和国行政强制法》第二十八条的规定，本局决定解除"
                    f"{seizure.get_measure_display()}，退还下列财物。"
                ),
                _rows(seizure),
                Text(words=_totals(seizure)),
            ),
            signers=(*_officers(seizure.inspection), _party(seizure.inspection)),
            seal_place=f"（印章）\n{_day(decision.at)}",
        )
    return Draft(content, seizure.unit_id)


def register_all() -> None:
    """Offer these papers; called once at start-up."""
    for kind in (
        Kind("onsite_record", _("现场笔录"), INSPECTION, onsite_record, completed=record_signed),
        Kind("evidence_extract", _("证据提取单"), INSPECTION, evidence_extract),
        Kind("seizure_approval", _("审批表"), SEIZURE, seizure_approval),
        Kind("seizure_decision", _("实施行政强制措施决定书"), SEIZURE, seizure_decision),
        Kind("property_list", _("场所/设施/财物清单"), SEIZURE, property_list),
        Kind("seal_strips", _("封条"), SEIZURE, seal_strips, officers=0),
        Kind("extension_decision", _("延长行政强制措施期限决定书"), SEIZURE, extension_decision),
        Kind("release_decision", _("解除行政强制措施决定书"), SEIZURE, release_decision),
    ):
        register(kind)
