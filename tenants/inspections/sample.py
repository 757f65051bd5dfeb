"""One inspection of the sample story, under way: eleven brands, 423 pieces. Found by name, see `runtime.seed`.

It is played through the services, with the clock held at the moments of the story, and its letters travel.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from accounts.models import User
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services import ItemAnswer
from federation.contracts.addresses import Address
from federation.contracts.appraisal import VerdictValue
from federation.letters import ledger
from federation.letters.delivery import deliver_everywhere
from federation.parties.models import Membership, Organisation
from kernel import clock
from tenants.inspections import services
from tenants.inspections.models import Inspection
from tenants.inspections.services import Place, Said

WORDS = ("一次现场检查", "one inspection on the premises")
INSPECTION_ID = uuid5(NAMESPACE_URL, "sample inspection")
AGO = timedelta(minutes=80)
LOTS = (
    ("lanhe-53", "", "96", "瓶", "进门左侧货架", "1499.00", "named"),
    ("lanhe-42", "", "48", "瓶", "进门左侧货架", "899.00", "named"),
    ("guman-oil", "", "36", "桶", "收银台旁", "119.00", "refused"),
    ("guman-soy", "", "60", "瓶", "收银台旁", "19.90", "refused"),
    ("zhiyuan-milk", "", "24", "瓶", "里间纸箱", "468.00", "unknown"),
    ("torvane-pad", "", "18", "盒", "里间地面", "228.00", ""),
    ("tasuro-run", "", "20", "双", "里间地面", "599.00", ""),
    ("solvo-65w", "", "41", "盒", "玻璃柜", "129.00", ""),
    ("", "杏沐", "30", "瓶", "二排货架", "39.00", "refused"),
    ("", "云岫山房", "20", "饼", "二排货架", "260.00", "refused"),
    ("", "清溪", "12", "瓶", "二排货架", "45.00", ""),
    ("", "远山", "10", "瓶", "二排货架", "", ""),
    ("", "石棠", "8", "袋", "门口", "", ""),
)
"""Product or brand, quantity, unit, place, labelled price, what was said of the supplier. 423 in all. Invented."""
ANSWERS = {
    "lanhe": VerdictValue.COUNTERFEIT,
    "guman": VerdictValue.GENUINE,
    "zhiyuan": VerdictValue.COUNTERFEIT,
    "solvo": VerdictValue.CANNOT_TELL_NEED_SAMPLE,
}
"""Who has answered by now; the others still work on it, and five brands are not enrolled."""


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
        with clock.frozen(began + timedelta(minutes=30)):
            sent = services.ask_everyone(by=chen, inspection_id=INSPECTION_ID, question="现场货架陈列，请尽快辨认。")
            asked = {each.organisation_id: each.pk for each in sent if each.organisation_id}
    with clock.frozen(began + timedelta(minutes=31)):
        deliver_everywhere()
    for brand, value in ANSWERS.items():
        organisation_id = stage.made["organisations"][brand]
        if organisation_id in asked:
            with stage.enter("brands"), clock.frozen(began + timedelta(minutes=44)):
                _answer(organisation_id, asked[organisation_id], value)
    with clock.frozen(began + timedelta(minutes=45)):
        deliver_everywhere()
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
    for place, (product, brand, quantity, unit, where, price, supplier) in enumerate(LOTS):
        officer = (chen, ning)[place % 2]
        fields = {"unit": unit, "stood_where": where, "supplier_answer": supplier, "package_state": "sealed"}
        if product:
            fields["product_id"] = str(stage.made["products"][product])
        else:
            fields["claimed_brand"] = brand
        if price:
            fields |= {"price_basis": "labelled", "price_labelled_yuan": price}
        if supplier == "named":
            fields |= {"supplier_name": "某商贸行（虚构）", "purchase_price_yuan": "380.00", "purchase_basis": "ledger"}
        said[officer] += [_said(place, "lot", {"fields": fields}), _said(place, "set", {"quantity": quantity})]
    said[chen].append(_said(7, "set", {"quantity": "40"}, again=True))
    for officer, operations in said.items():
        done = services.append(
            by=officer, inspection_id=INSPECTION_ID, device_id=phones[officer], operations=operations
        )
        if done.refused:
            raise RuntimeError(f"the sample inspection says what cannot be: {done.refused}")


def _said(place: int, kind: str, value: dict[str, Any], *, again: bool = False) -> Said:
    name = f"sample lot {place} {kind} {again}"
    return Said(
        id=uuid5(NAMESPACE_URL, name), lot_id=_lot_id(place), kind=kind, value=value, turn=3 if again else 2,
        at=clock.now(),
    )  # fmt: skip


def _lot_id(place: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"sample lot {place}")


def _answer(organisation_id: UUID, request_id: UUID, value: VerdictValue) -> None:
    """In the brands seat: an appraiser on this brand's list answers every item."""
    membership = (
        Membership.objects.filter(organisation_id=organisation_id, role=Membership.Role.APPRAISER, user__is_active=True)
        .order_by("user__username")
        .first()
    )
    if membership is None:
        return
    desk = Desk(membership.user, Organisation.objects.get(pk=organisation_id))
    task = DeskTask.objects.get(request_id=request_id)
    desk_services.claim(desk=desk, task_id=task.pk)
    reasons = {
        VerdictValue.COUNTERFEIT: "正标烫金边缘毛糙，批号格式不存在",
        VerdictValue.GENUINE: "标识与批号相符",
        VerdictValue.CANNOT_TELL_NEED_SAMPLE: "需拆机看内部标识",
    }
    answers = [ItemAnswer(item_id=item.pk, value=value, reasons=reasons[value]) for item in task.items.all()]
    desk_services.answer(desk=desk, task_id=task.pk, answers=answers)


def _seal(stage: Any, province: str, organisation_ids: list[UUID]) -> None:
    """Append what was written to its senders' chains, as the sweep would."""
    with stage.enter(province):
        ledger.append(Address.province(province))
    with stage.enter("brands"):
        for organisation_id in organisation_ids:
            ledger.append(Address.organisation(organisation_id))
