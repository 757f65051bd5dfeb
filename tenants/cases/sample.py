"""One seizure and one case of the sample story, in 南宁. Found by name, see `runtime.seed`.

陈队长 and 小宁 found goods without papers at a stall, took them with 韦处's approval 26 days ago, and proposed a case
that was filed; four days of the term are left. All is played through the services with the clock held at those moments.
"""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models import F

from accounts.models import Unit, User
from evidence import services as evidence
from kernel import clock
from notify.models import Notice
from papers import services as papers
from tenants.cases import services as cases
from tenants.cases.models import CaseProposal
from tenants.inspections import seizure_services as seizures
from tenants.inspections import services as inspections
from tenants.inspections.models import Lot

WORDS = ("查封扣押和案件", "a seizure and a case")
PROPOSAL_ID = uuid5(NAMESPACE_URL, "sample proposal")
SEIZURE_ID = uuid5(NAMESPACE_URL, "sample seizure")
AGO = timedelta(days=26)
GOODS = (
    ("岚壑春 53 度酱香", "岚壑春", "瓶", "48", "1199.00", "收银台后货架第二层"),
    ("岚壑春 散装", "岚壑春", "千克", "12.5", "", "后屋地面"),
)


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    with stage.enter("gx"):
        if CaseProposal.objects.filter(pk=PROPOSAL_ID).exists():
            return
        Unit.objects.filter(code="gx-qx", agency_word="").update(agency_word="南青市监")
        chen, ning = _officer("chen"), _officer("ning")
        wei = User.objects.get(username="wei")
        with clock.frozen(stage.now - AGO - timedelta(hours=2)) as tick:
            inspection = _inspect(stage, chen, ning)
            tick(timedelta(hours=1))
            taken = [seizures.Taken(lot_id=lot.pk) for lot in inspection.lots.all()]
            seizures.draft_seizure(
                by=chen,
                inspection_id=inspection.pk,
                taken=taken,
                facts="当事人经营的白酒没有进货凭证，标签印制粗糙，涉嫌侵犯注册商标专用权。",
                seizure_id=SEIZURE_ID,
            )
            seizures.propose(by=chen, seizure_id=SEIZURE_ID)
            seizures.decide(by=wei, seizure_id=SEIZURE_ID, approve=True)
            tick(timedelta(minutes=20))
            seizures.carry_out(by=chen, seizure_id=SEIZURE_ID)
            for number, place in (("南青 0001231", "后屋门"), ("南青 0001232", "纸箱一")):
                seizures.apply_seal(by=ning, seizure_id=SEIZURE_ID, number=number, place=place)
            seizures.hand_over(
                by=chen, seizure_id=SEIZURE_ID, from_name=chen.name, to_name="蒙保管", place="青秀区局公物仓 2 排 3 号"
            )
            for kind in ("seizure_decision", "property_list", "seal_strips"):
                papers.make(by=chen, kind=kind, matter_id=SEIZURE_ID)
            papers.make(by=chen, kind="onsite_record", matter_id=inspection.pk)
            tick(timedelta(hours=20))
            cases.propose(
                by=chen,
                inspection_id=inspection.pk,
                cause_code="trademark_sale",
                summary="现场查获涉嫌假冒白酒 48 瓶和散装白酒 12.5 千克，当事人不能说明来源，提请立案调查。",
                proposal_id=PROPOSAL_ID,
            )
            tick(timedelta(hours=3))
            proposal = cases.decide(by=wei, proposal_id=PROPOSAL_ID, approve=True)
            cases.describe(by=chen, case_id=proposal.case.pk, outside_number="NN-QX-2026-0417")
            papers.make(by=chen, kind="filing_approval", matter_id=PROPOSAL_ID)
        codes = ("seizure_proposed", "seizure_decided", "case_proposed", "case_decided")
        Notice.objects.filter(code__in=codes, read_at=None).update(read_at=F("created_at"))


def _officer(username: str) -> User:
    person = User.objects.get(username=username)
    if person.officer_cert_until is None:
        person.officer_cert_until = clock.today() + timedelta(days=400)
        person.save(update_fields=["officer_cert_until"])
    return person


def _inspect(stage: Any, chen: User, ning: User) -> Any:
    """Two officers in a stall, told and counted, and ended."""
    place = inspections.Place(county_code="450103", place="南湖集贸市场 B 区 12 号摊")
    inspection = inspections.open_inspection(by=chen, place=place)
    code, _until = inspections.make_join_code(by=chen, inspection_id=inspection.pk)
    inspection = inspections.join(by=ning, code=code)
    for person in (chen, ning):
        inspections.show_certificate(by=person, inspection_id=inspection.pk)
    inspections.set_entity(by=chen, inspection_id=inspection.pk, kind="stall", name="样某某")
    inspections.add_person(by=chen, inspection_id=inspection.pk, role="party", name="样某某")
    for notice in ("identity", "avoidance", "duty"):
        inspections.give_notice(by=chen, inspection_id=inspection.pk, code=notice, answer="听清楚了，不申请回避")
    for name, brand, unit, quantity, price, where in GOODS:
        lot = Lot.objects.create(
            inspection_id=inspection.pk,
            product_name=name,
            claimed_brand=brand,
            unit=unit,
            quantity=Decimal(quantity),
            stood_where=where,
            supplier_answer=Lot.Supplier.REFUSED,
            price_basis=Lot.PriceBasis.LABELLED if price else Lot.PriceBasis.UNKNOWN,
            price_labelled_yuan=Decimal(price) if price else None,
        )
        data = stage.paper(f"{name} 现场照片", [f"{brand}，{quantity} {unit}", where])
        exhibit = evidence.receive(
            io.BytesIO(data),
            declared_sha256=hashlib.sha256(data).hexdigest(),
            captured_at=clock.now(),
            source="camera",
            by=chen,
        )
        evidence.make_views(exhibit.pk)
        inspections.add_photo(by=chen, lot_id=lot.pk, exhibit=exhibit, shows="lot")
    scene = "摊位后屋堆放白酒，标签无批号，当事人不能提供进货凭证。"
    inspections.describe(by=chen, inspection_id=inspection.pk, scene=scene)
    return inspections.close(by=chen, inspection_id=inspection.pk)
