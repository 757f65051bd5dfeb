"""One run of liquor in eight places of three provinces, five of them in 广西. Found by name, see `runtime.seed`.

Played through the services with the clock held: 南宁支队 leads, the county bureaux of 广西 sit beside it, 广东 and 贵州
answered the invitation, the brand as well; 福建 has not yet. The police have a seat that 广西 minds.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.models import Unit, User
from federation.contracts.addresses import Address
from federation.jointcases import selectors
from federation.jointcases.models import Room
from federation.jointcases.selectors import Inside
from federation.jointcases.services import rooms, wall, work
from federation.jointcases.services.rooms import Wanted
from federation.letters import ledger
from federation.letters.delivery import deliver_everywhere
from federation.parties.models import Membership, Organisation
from federation.parties.selectors import acting_organisations
from kernel import clock

WORDS = ("联合办案", "a joint case")
AFTER = "tenants.campaigns"
ROOM_ID = uuid5(NAMESPACE_URL, "sample joint case")
POLICE = "南宁市公安局经侦支队（演示）"
HERE = (
    # unit, place, party, bottles, value, filed, referred, detained, next step, ended
    ("gx-nn-det", "南宁市本级", "样桥仓库", "1440", "1726560.00", 9, 6, 2, "追查上线资金", False),
    ("gx-qx", "青秀区", "样记烟酒行", "96", "115104.00", 10, None, 0, "已处罚，案卷归档", True),
    ("gx-xxt", "西乡塘区", "样发批发部", "312", "374088.00", 9, 5, 1, "配合公安取证", False),
    ("gx-hitech", "高新区", "样信名酒", "48", "57552.00", 8, None, 0, "", True),
    ("gx-xf", "桂林秀峰区", "样榕酒庄", "60", "71940.00", 7, None, 0, "送检待结果", False),
)
THERE = {
    "gd": (("白云区", "样溪云仓", "860", "1031140.00", False), ("顺德区", "样禅酒行", "36", "43164.00", True)),
    "gz": (("仁怀市", "样赤酒坊", "2300", "2757700.00", False),),
}
ANSWERED = {"gd": timedelta(hours=2), "gz": timedelta(days=5)}
TIES = (
    (
        "waybill",
        "SF19900000771",
        ("store", "样溪云仓", "广州白云区"),
        ("store", "样桥仓库", "南宁市"),
        "同一寄件人",
    ),
    ("goods", "", ("maker", "样赤酒坊", "仁怀市"), ("store", "样溪云仓", "广州白云区"), "成品酒按托运出"),
    ("phone", "19900007701", ("store", "样桥仓库", "南宁市"), ("person", "样某", "南宁市"), "仓库登记电话"),
    (
        "account",
        "样宝账户 尾号 7702",
        ("person", "样某", "南宁市"),
        ("shop", "样记烟酒行", "青秀区"),
        "货款进账",
    ),
    ("account", "样宝账户 尾号 7702", ("person", "样某", "南宁市"), ("shop", "样发批发部", "西乡塘区"), ""),
    ("waybill", "SF19900000772", ("store", "样桥仓库", "南宁市"), ("shop", "样信名酒", "高新区"), ""),
    ("waybill", "SF19900000773", ("store", "样桥仓库", "南宁市"), ("shop", "样榕酒庄", "桂林秀峰区"), ""),
    ("waybill", "SF19900000774", ("store", "样溪云仓", "广州白云区"), ("shop", "样禅酒行", "佛山顺德区"), ""),
)


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    with stage.enter("gx"):
        if Room.objects.filter(shared_id=ROOM_ID).exists():
            return
        wei = User.objects.get(username="wei")
        units = {unit.code: unit for unit in Unit.objects.all()}
        brand = Organisation.objects.filter(name__contains="岚壑春").first()
        with clock.frozen(stage.now - timedelta(days=11)) as tick:
            _open(wei, units, brand)
            tick(timedelta(days=1))
            _work(wei, units, clock.today())
            tick(timedelta(days=7))
            rooms.name_seats(room=_inside(wei), wanted=[Wanted(party="province:fj", name="思明区市场监督管理局")])
    deliver_everywhere()
    _elsewhere(stage, "gd", "feng", THERE["gd"])
    _elsewhere(stage, "gz", "long", THERE["gz"])
    _brand(stage, brand)
    deliver_everywhere()
    with stage.enter("gx"), clock.frozen(stage.now - timedelta(days=2)):
        _second_meeting(wei, clock.today())
    deliver_everywhere()
    for seat, party in [(code, Address.province(code)) for code in ("gx", "gd", "gz")] + (
        [("brands", Address.organisation(brand.pk))] if brand else []
    ):
        with stage.enter(seat):
            while ledger.append(party, limit=5000):
                pass


def _inside(person: User) -> Inside:
    """The room as a person of this province sees it."""
    viewer = selectors.viewer_at_province(person)
    return selectors.inside(viewer, Room.objects.get(shared_id=ROOM_ID))


def _open(wei: User, units: dict[str, Unit], brand: Organisation | None) -> None:
    rooms.open_room(
        viewer=selectors.viewer_at_province(wei), title="岚壑春系列假酒案", code_name="春江",
        lead_unit_id=units["gx-nn-det"].pk, room_id=ROOM_ID, goods="岚壑春 53 度酱香，批号 L2611",
        purpose="同一批号的假酒在三个省八处出现，货从贵州产、经广东发、在广西卖。分头查、一张图看、一起收口。",
    )  # fmt: skip
    wanted = [Wanted(unit_id=units[code].pk) for code, *_rest in HERE[1:]]
    wanted += [
        Wanted(party="province:gd", name="白云区市场监督管理局", division_code="440111"),
        Wanted(party="province:gd", name="顺德区市场监督管理局", division_code="440606"),
        Wanted(party="province:gz", name="仁怀市市场监督管理局", division_code="520382"),
        Wanted(kind="police", name=POLICE, contact_name="样警官", contact_phone="19900007710"),
    ]
    if brand is not None:
        wanted.append(Wanted(party=f"organisation:{brand.pk}", kind="brand", name=brand.name))
    rooms.name_seats(room=_inside(wei), wanted=wanted)
    police = next(seat.id for seat in _inside(wei).now.seats.values() if seat.is_.name == POLICE)
    rooms.let_in(room=_inside(wei), seat_id=police, name="样警官", phone="19900007710")


def _work(wei: User, units: dict[str, Unit], day: date) -> None:
    """What was done before the others joined; they get it in one letter."""
    room = _inside(wei)
    seats = {seat.is_.name: seat.id for seat in room.now.seats.values()}
    named = {code: seats[units[code].name] for code, *_rest in HERE}
    rh, by, sd = (seats[f"{name}市场监督管理局"] for name in ("仁怀市", "白云区", "顺德区"))
    tasks = (
        ("查清云仓寄件人和发货记录", by, 13, "调取三个月面单，标出收件门店。"),
        ("查仁怀酒坊的灌装点和瓶标来源", rh, 16, "会同公安，先固定证据再动。"),
        ("查顺德门店的进货和资金", sd, 8, ""),
        ("桂林库存清点和送检", named["gx-xf"], 12, "每批取样，封样送品牌和质检院。"),
        ("汇总快递单和账号，画出联系图", named["gx-nn-det"], 2, ""),
        ("涉刑线索移送和资金穿透", seats[POLICE], 18, "样某的账户流水。"),
    )
    ids = [
        work.set_task(room=room, title=title, holder=holder, due_on=day + timedelta(days=days), words=words)
        for title, holder, days, words in tasks
    ]
    for code, place, party, bottles, value, filed, referred, detained, step, ended in HERE:
        work.set_progress(
            room=_inside(wei), seat_id=named[code], place=place, party_name=party, goods="岚壑春 53 度酱香",
            quantity=Decimal(bottles), unit="瓶", value_yuan=Decimal(value), filed_on=day + timedelta(days=filed - 10),
            referred_on=day + timedelta(days=referred - 5) if referred else None, detained=detained, next_step=step,
            ended=ended,
        )  # fmt: skip
    for via, value, one, other, words in TIES:
        work.tie(room=_inside(wei), via=via, value=value, one=_end(one), other=_end(other), words=words)
    work.report_task(room=_inside(wei), task_id=ids[4], standing="done", result="十二单同一寄件人，已上图。")
    work.write_minutes(
        room=_inside(wei), title="第一次联席会议", held_on=day, present="南宁、青秀、西乡塘、高新、秀峰，公安经侦",
        words="各处只查各处的店，上线统一由南宁支队汇总；对外口径一致，收口前不发消息。",
        actions=[
            _settled("统一封样和送检口径", named["gx-xf"], "周股长", day + timedelta(days=4)),
            _settled("调取云仓监控", by, "梁队长", day + timedelta(days=6)),
        ],
    )  # fmt: skip
    photos = selectors.exhibits_offered(_inside(wei).viewer, 2)
    for exhibit, title in zip(photos, ("瓶身批号", "正标对比"), strict=False):
        words = "批号 L2611，喷码错位"
        wall.show(room=_inside(wei), exhibit_id=exhibit.pk, title=title, audience="everybody", words=words)


def _settled(text: str, seat_id: Any, owner: str, due_on: date) -> dict[str, Any]:
    return {"text": text, "seat_id": seat_id, "owner": owner, "due_on": due_on}


def _end(end: tuple[str, str, str]) -> dict[str, Any]:
    kind, label, place = end
    return {"kind": kind, "label": label, "place": place}


def _elsewhere(stage: Any, code: str, name: str, rows: tuple[tuple[str, str, str, str, bool], ...]) -> None:
    """An invited province takes part and fills its rows in."""
    with stage.enter(code):
        person = User.objects.get(username=name)
        with clock.frozen(stage.now - timedelta(days=11) + ANSWERED[code]):
            rooms.answer(room=_inside(person), accept=True)
    deliver_everywhere()
    with stage.enter(code), clock.frozen(stage.now - timedelta(days=5)):
        room = _inside(person)
        for place, party, bottles, value, ended in rows:
            seat = next(seat.id for seat in room.joined if seat.is_.name.startswith(place))
            work.set_progress(
                room=_inside(person), seat_id=seat, place=place, party_name=party, goods="岚壑春 53 度酱香",
                quantity=Decimal(bottles), unit="瓶", value_yuan=Decimal(value), ended=ended,
                filed_on=clock.today() - timedelta(days=2), next_step="" if ended else "继续追查上线",
            )  # fmt: skip
        for pk, task in room.now.tasks.items():
            if task.holder in {seat.id for seat in room.joined}:
                work.report_task(room=_inside(person), task_id=pk, standing="underway", result="已调取记录，正在比对。")
                break


def _brand(stage: Any, brand: Organisation | None) -> None:
    """The brand takes part and says what it knows."""
    if brand is None:
        return
    with stage.enter("brands"):
        held = Membership.objects.filter(
            organisation=brand, is_active=True, role__in=("brand_admin", "rights_staff")
        ).select_related("user").order_by("pk").first()  # fmt: skip
        if held is None:
            return
        acting = next(each for each in acting_organisations(held.user) if each.organisation.pk == brand.pk)
        viewer = selectors.viewer_at_brands(acting)
        room = Room.objects.get(shared_id=ROOM_ID, holder=viewer.party)
        with clock.frozen(stage.now - timedelta(days=11) + timedelta(hours=3)) as tick:
            rooms.answer(room=selectors.inside(viewer, room), accept=True)
            tick(timedelta(days=5))
            note = "批号 L2611 本厂没有生产过；三省送来的样品喷码特征一致。"
            work.note(room=selectors.inside(viewer, room), words=note)


def _second_meeting(wei: User, day: date) -> None:
    room = _inside(wei)
    seats = {seat.is_.name: seat.id for seat in room.now.seats.values()}
    rh = seats["仁怀市市场监督管理局"]
    first = next(iter(room.now.meetings.values()))
    work.action_done(room=room, action_id=first.is_.actions[0].action_id, words="口径已发各处")
    work.write_minutes(
        room=_inside(wei), title="第二次联席会议", held_on=day, present="三省八处、品牌、公安经侦",
        words="源头在仁怀，仓在白云。下周同一天收网，南宁支队统一发令。",
        actions=[
            _settled("收网方案报两省省局", room.now.lead, "农支队", day + timedelta(days=3)),
            _settled("灌装点布控", rh, "吴队长", day + timedelta(days=5)),
        ],
    )  # fmt: skip
