"""One inspection of the sample story, under way: eleven brands, 60 lots, 423 pieces. Found by name, see `runtime.seed`.

It is played through the services, with the clock held at the moments of the story, and its letters travel.
"""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from accounts.models import Unit, User
from appraisal.desk import selectors as desk_selectors
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services import ItemAnswer
from appraisal.desk.sheets import sheet_of
from evidence import services as evidence
from federation.contracts.addresses import Address
from federation.contracts.appraisal import VerdictValue
from federation.letters import ledger
from federation.letters.delivery import deliver_everywhere
from federation.parties.models import Membership, Organisation
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex
from tenants.inspections import seizure_services as seizures
from tenants.inspections import services
from tenants.inspections.models import Inspection, Lot, LotPhoto
from tenants.inspections.services import Place, Said
from webui.signatures import Signed, picture

WORDS = ("一次现场检查", "one inspection on the premises")
INSPECTION_ID = uuid5(NAMESPACE_URL, "sample inspection")
AGO = timedelta(minutes=80)
GOODS = (
    (
        "lanhe-53",
        "瓶",
        "1499.00",
        "named",
        "L24031507",
        "左侧货架一层:24 左侧货架二层:24 里间纸箱一:18 里间纸箱二:12 收银台下:12 橱窗:6",
    ),
    (
        "lanhe-42",
        "瓶",
        "899.00",
        "named",
        "L24051122",
        "左侧货架一层:12 左侧货架三层:12 里间纸箱一:12 里间纸箱三:12",
    ),
    (
        "guman-oil",
        "桶",
        "119.00",
        "refused",
        "20260311A2",
        "收银台旁:12 门口堆头:12 里间地面:12",
    ),
    (
        "guman-soy",
        "瓶",
        "19.90",
        "refused",
        "20260402B1",
        "收银台旁:12 二排货架:12 三排货架:12 里间地面:12 门口堆头:12",
    ),
    (
        "zhiyuan-milk",
        "盒",
        "468.00",
        "unknown",
        "ZV6C1203",
        "玻璃柜上层:8 玻璃柜下层:8 里间纸箱四:8",
    ),
    (
        "zhiyuan-sun",
        "盒",
        "219.00",
        "unknown",
        "ZV6D0417",
        "玻璃柜上层:5 玻璃柜下层:4 里间纸箱四:3",
    ),
    (
        "torvane-pad",
        "套",
        "228.00",
        "refused",
        "D1207 2216",
        "里间地面:4 里间铁架:4 门后:4",
    ),
    (
        "torvane-pad-rear",
        "套",
        "168.00",
        "",
        "D2316 2216",
        "里间铁架:3 门后:3",
    ),
    (
        "tasuro-run",
        "双",
        "599.00",
        "refused",
        "TS24107-03",
        "鞋架一层:4 鞋架二层:3 里间纸箱五:3 里间地面:2",
    ),
    (
        "tasuro-trail",
        "双",
        "529.00",
        "",
        "TS24215-11",
        "鞋架二层:3 鞋架三层:3 里间纸箱五:2",
    ),
    (
        "solvo-65w",
        "盒",
        "129.00",
        "refused",
        "SV-G65C2 26",
        "玻璃柜上层:8 收银台后:8 里间铁架:5",
    ),
    (
        "solvo-bulb",
        "只",
        "9.90",
        "refused",
        "SV-B09E 26",
        "三排货架:8 里间铁架:8 收银台后:4",
    ),
    (
        "yunxiu-vinegar",
        "瓶",
        "26.00",
        "refused",
        "20260118C4",
        "二排货架:4 三排货架:4 里间地面:4 门口堆头:4 橱窗:4",
    ),
    (
        "shitang-hand",
        "支",
        "59.00",
        "",
        "ST2604",
        "玻璃柜上层:4 玻璃柜下层:4 收银台后:4",
    ),
    (
        "杏沐",
        "瓶",
        "39.00",
        "refused",
        "",
        "二排货架:5 三排货架:5 里间地面:5 橱窗:3",
    ),
    (
        "清溪",
        "瓶",
        "45.00",
        "",
        "",
        "二排货架:4 三排货架:3 里间地面:2 橱窗:2",
    ),
    (
        "远山",
        "桶",
        "",
        "",
        "",
        "门口堆头:4 里间地面:3",
    ),
)
"""Product or brand, unit, labelled price, what was said of the supplier, batch, places with how many. 60 lots, 423
pieces of eleven brands; the last three brands are not enrolled. Invented."""
OUTSIDE = {"杏沐": "xingmu-wash", "清溪": "qingxi-wine", "远山": "yuanshan-oil"}
SPLIT = ("guman-soy", 1, "2", "两瓶瓶盖颜色不同")
DIFFERS = ("solvo-65w", 0, "7")
ANSWERS = {
    "guman": VerdictValue.GENUINE,
    "zhiyuan": VerdictValue.COUNTERFEIT,
    "solvo": VerdictValue.CANNOT_TELL_NEED_SAMPLE,
    "yunxiu": VerdictValue.COUNTERFEIT,
}
"""Who has answered from afar by now; 岚壑春 came to the shop, two still look at it, one has not taken it."""
ON_THE_PREMISES = "lanhe"
WORKING = ("tasuro", "shitang")
REASONS = {
    VerdictValue.COUNTERFEIT: "正标烫金边缘毛糙，批号格式不存在",
    VerdictValue.GENUINE: "标识与批号相符",
    VerdictValue.CANNOT_TELL_NEED_SAMPLE: "需拆机看内部标识",
}
SEIZED = ("lanhe-53", "lanhe-42", "zhiyuan-milk")
_FIRST_LOT = UUID("01930000-0000-7000-8000-000000000000")
SEIZURE_ID = uuid5(NAMESPACE_URL, "sample seizure of the day")


@dataclass(frozen=True)
class Row:
    """One lot of the story. kind: product, or the brand where nobody answers for it; place: which of its lots."""

    number: int
    kind: str
    place: int
    fields: dict[str, str]
    quantity: str

    @property
    def lot_id(self) -> UUID:
        """The id that the phone chose: lots stand in the order of these."""
        return UUID(int=_FIRST_LOT.int + self.number)


def rows(stage: Any) -> list[Row]:
    """All lots, as they were written down."""
    found: list[Row] = []
    for kind, unit, price, supplier, batch, places in GOODS:
        if kind in OUTSIDE:
            named = {"claimed_brand": kind}
        else:
            goods = stage.catalogue.goods(kind)
            named = {
                "product_id": str(stage.made["products"][kind]),
                "product_name": f"{goods.name_zh} {goods.spec}",
                "claimed_brand": goods.brand.name_zh,
            }
        named |= {"unit": unit, "supplier_answer": supplier, "batch_no": batch, "package_state": "sealed"}
        named |= {"price_basis": "labelled", "price_labelled_yuan": price} if price else {"price_basis": "unknown"}
        if supplier == "named":
            named |= {"supplier_name": "某商贸行（虚构）", "purchase_price_yuan": "380.00", "purchase_basis": "ledger"}
        for place, each in enumerate(places.split()):
            where, _colon, quantity = each.partition(":")
            found.append(Row(len(found), kind, place, named | {"stood_where": where}, quantity))
    return found


def fill(stage: Any) -> None:
    """Play the inspection once. A story without the shop, as tests tell it, has none."""
    shop = stage.story.SHOPS.get(stage.story.INSPECTED_SHOP)
    if shop is None:
        return
    began: datetime = stage.now - AGO
    with stage.enter(shop.province):
        if Inspection.objects.filter(pk=INSPECTION_ID).exists():
            return
        chen, ning = (User.objects.get(username=name) for name in ("chen", "ning"))
        with clock.frozen(began):
            services.open_inspection(
                by=chen,
                place=Place(county_code=shop.division_code, place=f"{shop.place} {shop.name}"),
                inspection_id=INSPECTION_ID,
            )
            code, _until = services.make_join_code(by=chen, inspection_id=INSPECTION_ID)
            services.join(by=ning, code=code)
            _who_is_there(chen, ning, shop.name)
        with clock.frozen(began + timedelta(minutes=25)):
            _count(stage, chen, ning)
            _photograph(stage, chen)
        with clock.frozen(began + timedelta(minutes=30)):
            sent = services.ask_everyone(by=chen, inspection_id=INSPECTION_ID, question="现场货架陈列，请尽快辨认。")
            asked = {each.organisation_id: each.pk for each in sent if each.organisation_id}
    with clock.frozen(began + timedelta(minutes=31)):
        deliver_everywhere()
    organisations = {name: stage.made["organisations"][name] for name in (*ANSWERS, *WORKING, ON_THE_PREMISES)}
    with stage.enter("brands"), clock.frozen(began + timedelta(minutes=44)):
        for brand, value in ANSWERS.items():
            _answer(organisations[brand], asked[organisations[brand]], value)
        for brand in WORKING:
            _claim(organisations[brand], asked[organisations[brand]])
        _on_the_premises(organisations[ON_THE_PREMISES], asked[organisations[ON_THE_PREMISES]])
    with clock.frozen(began + timedelta(minutes=45)):
        deliver_everywhere()
    with stage.enter(shop.province):
        _seize(stage, chen, ning, began + timedelta(minutes=60))
    _seal(stage, shop.province, list(asked))


def _who_is_there(chen: User, ning: User, shop_name: str) -> None:
    for officer in (chen, ning):
        services.show_certificate(by=officer, inspection_id=INSPECTION_ID)
    services.set_entity(
        by=chen, inspection_id=INSPECTION_ID, kind="unlicensed", name=shop_name, responsible_person="店主（虚构）",
        note="现场未能出示营业执照",
    )  # fmt: skip
    services.add_person(by=chen, inspection_id=INSPECTION_ID, role="manager", name="店主（虚构）", duty="店主")
    services.add_person(by=chen, inspection_id=INSPECTION_ID, role="employee", refused=True, note="店员")
    for code, answer in (("identity", "已看过"), ("avoidance", "不申请回避"), ("duty", "知道了")):
        services.give_notice(by=chen, inspection_id=INSPECTION_ID, code=code, answer=answer)


def _count(stage: Any, chen: User, ning: User) -> None:
    """Both count, each on their own phone; of one shelf both have counted, and the two numbers differ."""
    phones = {officer: uuid5(NAMESPACE_URL, f"sample phone {officer.username}") for officer in (chen, ning)}
    said: dict[User, list[Said]] = {chen: [], ning: []}
    for number, row in enumerate(rows(stage)):
        kind, place, again = DIFFERS
        officer = ning if (row.kind, row.place) == (kind, place) else (chen, ning)[number % 2]
        said[officer] += [
            _said(row.lot_id, "lot", {"fields": row.fields}),
            _said(row.lot_id, "set", {"quantity": row.quantity}),
        ]
        if (row.kind, row.place) == (kind, place):
            said[chen].append(_said(row.lot_id, "set", {"quantity": again}, turn=3))
        if (row.kind, row.place) == SPLIT[:2]:
            apart = {
                "lot": str(UUID(int=row.lot_id.int + 1000)),
                "quantity": SPLIT[2],
                "fields": row.fields | {"batch_no": "无批号"},
                "why": SPLIT[3],
            }
            said[chen].append(_said(row.lot_id, "split", apart, turn=3))
    for officer in (ning, chen):  # she wrote down the shelf that he counted again
        done = services.append(
            by=officer, inspection_id=INSPECTION_ID, device_id=phones[officer], operations=said[officer]
        )
        if done.refused:
            raise RuntimeError(f"the sample inspection says what cannot be: {done.refused}")


def _said(lot_id: UUID, kind: str, value: dict[str, Any], *, turn: int = 2) -> Said:
    name = f"{lot_id} {kind} {turn}"
    return Said(id=uuid5(NAMESPACE_URL, name), lot_id=lot_id, kind=kind, value=value, turn=turn, at=clock.now())


def _photograph(stage: Any, chen: User) -> None:
    """One photo of each kind of goods; it hangs on all lots of the kind."""
    seen: dict[str, Any] = {}
    photos: list[LotPhoto] = []
    for row in rows(stage):
        if row.kind not in seen:
            code = OUTSIDE.get(row.kind, row.kind)
            shot = stage.catalogue.quick_set(code)[0]
            drawing = (code, shot, row.kind.startswith("guman"), stage.story.shot_seed(code, shot), "")
            data = stage.pictures.photo(drawing, clock.now())
            exhibit = evidence.receive(
                io.BytesIO(data),
                declared_sha256=hashlib.sha256(data).hexdigest(),
                captured_at=clock.now(),
                source="camera",
                by=chen,
            )
            evidence.make_views(exhibit.pk)
            seen[row.kind] = (exhibit, "" if row.kind in OUTSIDE else shot)
        exhibit, shot_code = seen[row.kind]
        photos.append(LotPhoto(lot_id=row.lot_id, exhibit=exhibit, shot_code=shot_code, added_by=chen))
    LotPhoto.objects.bulk_create(photos)


def _desk_of(organisation_id: UUID) -> Desk:
    """An appraiser on this brand's list."""
    membership = (
        Membership.objects.filter(organisation_id=organisation_id, role=Membership.Role.APPRAISER, user__is_active=True)
        .order_by("user__username")
        .first()
    )
    if membership is None:
        raise RuntimeError("the sample has a brand without an appraiser")
    return Desk(membership.user, Organisation.objects.get(pk=organisation_id))


def _claim(organisation_id: UUID, request_id: UUID) -> tuple[Desk, DeskTask]:
    """Somebody of the house takes it."""
    desk = _desk_of(organisation_id)
    task = DeskTask.objects.get(request_id=request_id)
    desk_services.claim(desk=desk, task_id=task.pk)
    return desk, task


def _answer(organisation_id: UUID, request_id: UUID, value: VerdictValue, *, on_site: bool = False) -> None:
    """In the brands seat: every item is answered."""
    desk, task = _claim(organisation_id, request_id)
    answers = [ItemAnswer(item_id=item.pk, value=value, reasons=REASONS[value]) for item in task.items.all()]
    desk_services.answer(desk=desk, task_id=task.pk, answers=answers, on_site=on_site)


def _on_the_premises(organisation_id: UUID, request_id: UUID) -> None:
    """The appraiser came, looked at the goods, gave the verdicts there and signed on glass."""
    desk = _desk_of(organisation_id)
    task = DeskTask.objects.get(request_id=request_id)
    desk_services.arrive(desk=desk, task_ids=[task.pk])
    _answer(organisation_id, request_id, VerdictValue.COUNTERFEIT, on_site=True)
    sheet = sheet_of(desk, desk_selectors.with_everything(desk_selectors.tasks_of(desk)).get(pk=task.pk))
    if sheet is None:
        raise RuntimeError("nothing to sign in the sample")
    desk_services.sign_scene(desk=desk, task_id=task.pk, signed=_written(sheet.sha256))


def _written(signs: str) -> Signed:
    """A name as a hand would write it: a few drawn strokes that are no letters."""
    strokes = []
    for number, (left, top) in enumerate(((220, 240), (700, 220), (1180, 260), (1640, 230))):
        points = []
        for step in range(18):
            x = left + step * 22
            y = top + round(150 * math.sin(step / 2.2 + number)) + (step % 3) * 9 + 160
            points.append([x, y, number * 420 + step * 17, 480 + step * 6])
        strokes.append(points)
    said = {"v": 1, "signs": signs, "began": "2026-11-21T08:00:00Z", "width": 2400, "height": 900, "strokes": strokes}
    record = canonical_json(said)
    png = picture(record.decode())
    return Signed(
        png=png,
        png_sha256=sha256_hex(png),
        record=record,
        record_sha256=sha256_hex(record),
        signs=signs,
        points=sum(len(stroke) for stroke in strokes),
    )


def _seize(stage: Any, chen: User, ning: User, at: datetime) -> None:
    """What was found to be counterfeit is taken, with the head's approval given while they stood there."""
    wei = User.objects.get(username="wei")
    Unit.objects.filter(code="gx-qx", agency_word="").update(agency_word="南青市监")
    lots = Lot.objects.filter(inspection=INSPECTION_ID, product_name__gt="").order_by("made_at", "pk")
    ids = {row.lot_id for row in rows(stage) if row.kind in SEIZED}
    with clock.frozen(at) as tick:
        seizures.draft_seizure(
            by=chen,
            inspection_id=INSPECTION_ID,
            taken=[seizures.Taken(lot_id=lot.pk) for lot in lots if lot.pk in ids],
            facts="经权利人辨认为假冒注册商标的商品，当事人不能说明合法来源。",
            seizure_id=SEIZURE_ID,
        )
        seizures.propose(by=chen, seizure_id=SEIZURE_ID)
        tick(timedelta(minutes=6))
        seizures.decide(by=wei, seizure_id=SEIZURE_ID, approve=True)
        tick(timedelta(minutes=5))
        seizures.carry_out(by=chen, seizure_id=SEIZURE_ID)
        for number, place in (("南青 0001251", "里间门"), ("南青 0001252", "纸箱一至四")):
            seizures.apply_seal(by=ning, seizure_id=SEIZURE_ID, number=number, place=place)


def _seal(stage: Any, province: str, organisation_ids: list[UUID]) -> None:
    """Append what was written to its senders' chains, as the sweep would."""
    with stage.enter(province):
        ledger.append(Address.province(province))
    with stage.enter("brands"):
        for organisation_id in organisation_ids:
            ledger.append(Address.organisation(organisation_id))
