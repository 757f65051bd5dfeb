"""Rosters, an urgent clue, a finished action and one for tomorrow, in 南宁. Found by name, see `runtime.seed`.

Played through the services with the clock held: 农支队 led the finished action, 韦处 leads the next; 陈队长 and 小宁 go
in 青秀, 陆队 in 西乡塘, and 罗所长 in 贵州, which was invited by letter. The second on duty answered the urgent clue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import F

from accounts.models import Unit, User
from appraisal.desk import services as desk
from appraisal.desk.models import DeskPosting
from appraisal.desk.selectors import Desk
from federation.letters.delivery import deliver_everywhere
from federation.parties.models import Organisation
from kernel import clock
from notify.models import Notice
from tenants.bureau.sample import append_ledgers
from tenants.campaigns.models import JointAction, UrgentCall
from tenants.campaigns.services import bundling, escorting, going, planning, reporting, roster, urgent
from tenants.clues.models import Clue
from tenants.clues.services.registering import NewClue, Product, Source, known_source, register
from tenants.inspections import services as inspections
from tenants.inspections.models import Lot

WORDS = ("值班、特急和统一行动", "duty, an urgent clue and joint actions")
AFTER = "tenants.bureau"
DONE_ID = uuid5(NAMESPACE_URL, "sample joint action done")
NEXT_ID = uuid5(NAMESPACE_URL, "sample joint action next")
SHOPS = (
    ("一", "样记烟酒行", "南宁市青秀区样湖路 8 号", "450103", "岚壑春 53 度酱香"),
    ("二", "样发批发部", "南宁市西乡塘区样秀路 21 号", "450107", "岚壑春 53 度酱香"),
    ("三", "样来食杂店", "南宁市青秀区样东路 3 号", "450103", "岚壑春 散装"),
)
CODES = ("urgent_clue", "urgent_withdrawn", "joint_action", "campaign_feedback")


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    with stage.enter("gx"):
        if JointAction.objects.filter(pk=DONE_ID).exists():
            return
        people = {user.username: user for user in User.objects.filter(is_active=True)}
        for code, word in (("gx-nn", "南市监"), ("gx-qx", "南青市监"), ("gx-xxt", "南西市监")):
            Unit.objects.filter(code=code, agency_word="").update(agency_word=word)
        units = {unit.code: unit for unit in Unit.objects.all()}
        for name in ("chen", "ning", "lu-xxt"):
            _certified(people[name])
        _rosters(stage.now, people, units)
        _urgent(stage.now, people, units)
        clues = _clues(stage.now, people, units)
        with clock.frozen(stage.now - timedelta(days=9)):
            campaign = bundling.open_campaign(
                by=people["nong"], name="白酒市场秩序专项行动", office_id=None, words="重点查处集贸市场和批发部。"
            )
            bundling.add_clues(by=people["nong"], campaign_id=campaign.pk, clue_ids=[clue.pk for clue in clues])
        finished = _finished(stage.now, people, units, campaign, clues)
    deliver_everywhere()
    _in_guizhou(stage, finished)
    _at_the_brand(stage, finished)
    deliver_everywhere()
    with stage.enter("gx"):
        with clock.frozen(finished + timedelta(days=1)):
            going.close(by=people["nong"], action_id=DONE_ID, words="两省同时行动，查获一处，移交一处，无人员冲突。")
        _tomorrow(stage.now, people, units)
    deliver_everywhere()
    append_ledgers(stage)
    for name in ("gx", "gz"):
        with stage.enter(name):
            Notice.objects.filter(code__in=CODES, read_at=None, created_at__lt=stage.now - timedelta(hours=6)).update(
                read_at=F("created_at"), repeat_at=None
            )


def _certified(person: User) -> None:
    if person.officer_cert_until is None:
        person.officer_cert_until = clock.today() + timedelta(days=400)
        person.save(update_fields=["officer_cert_until"])


def _rosters(now: datetime, people: Mapping[str, User], units: Mapping[str, Unit]) -> None:
    """青秀区局: three weeks round the clock in turns, but for one night that is still free."""
    leader, unit = people["wei"], units["gx-qx"]
    first = clock.at_start(clock.local_date(now)) - timedelta(days=7) + timedelta(hours=8, minutes=30)
    for day in range(21):
        starts = first + timedelta(days=day)
        order = ("chen", "ning", "tan") if day % 2 else ("ning", "chen", "tan")
        for rank, name in enumerate(order[:2]):
            if day == 9 and rank == 0:
                continue
            if day == 9:
                roster.add_turn(
                    by=leader, unit_id=unit.pk, person_id=people[name].pk, starts_at=starts,
                    ends_at=starts + timedelta(hours=12), rank=rank,
                )  # fmt: skip
                continue
            roster.add_turn(
                by=leader, unit_id=unit.pk, person_id=people[name].pk, starts_at=starts,
                ends_at=starts + timedelta(hours=24), rank=rank,
            )  # fmt: skip


def _urgent(now: datetime, people: Mapping[str, User], units: Mapping[str, Unit]) -> None:
    source = Source(
        kind=Clue.SourceKind.STATION, name="新竹市场监管所", record_kind="sample", record_id="urgent at night"
    )
    if known_source(source) is not None:
        return
    with clock.frozen(now - timedelta(hours=16)) as tick:
        clue = register(
            NewClue(
                desk=units["gx-qx"],
                source=source,
                content="样桥仓库正连夜往外拉白酒，标签印制粗糙，车号已拍照，再晚就搬空了。",
                title="样桥仓库连夜转移可疑白酒",
                subject_name="样桥仓库",
                address_raw="南宁市青秀区样桥路 1 号仓库",
                products=[Product(brand_name="岚壑春", product_name="岚壑春 53 度酱香")],
            ),
            by=people["tan"],
        )
        call = urgent.make_urgent(by=people["wei"], clue_id=clue.pk, reason="正在转移，天亮前必须到场")
        first = UrgentCall.objects.get(pk=call.pk).lines.get(kind="rung").person
        tick(timedelta(minutes=5))
        urgent.mind()
        tick(timedelta(minutes=4))
        second = people["ning"] if first is not None and first.username == "chen" else people["chen"]
        urgent.acknowledge(by=second, call_id=call.pk)


def _clues(now: datetime, people: Mapping[str, User], units: Mapping[str, Unit]) -> list[Clue]:
    found = []
    with clock.frozen(now - timedelta(days=10)):
        for number, name, address, county, goods in SHOPS:
            source = Source(
                kind=Clue.SourceKind.HOTLINE_12315, name="12315", record_kind="sample", record_id=f"joint {number}"
            )
            known = known_source(source)
            desk = units["gx-qx" if county == "450103" else "gx-xxt"]
            found.append(
                known.clue
                if known is not None
                else register(
                    NewClue(
                        desk=desk,
                        source=source,
                        content=f"反映{name}低价出售{goods}，疑似假冒。",
                        subject_kind=Clue.SubjectKind.SHOP,
                        subject_name=name,
                        address_raw=address,
                        products=[Product(brand_name="岚壑春", product_name=goods)],
                    ),
                    by=people["nong"],
                )
            )
    return found


def _finished(
    now: datetime, people: Mapping[str, User], units: Mapping[str, Unit], campaign: Any, clues: list[Clue]
) -> datetime:
    """Planned a week ago, carried out five days ago. Returns the hour."""
    hour = clock.at_start(clock.local_date(now - timedelta(days=5))) + timedelta(hours=9)
    nong = people["nong"]
    with clock.frozen(hour - timedelta(days=2)) as tick:
        planning.plan(
            by=nong, name="两省白酒市场集中检查", code_name="春雷一号", zero_hour=hour, opens_to="unit_heads",
            plan_words="三处同时进场，先控制仓库再清点；权利人到场辨认。", campaign=campaign, action_id=DONE_ID,
        )  # fmt: skip
        targets = bundling.bundle(by=nong, action_id=DONE_ID, clue_ids=[clue.pk for clue in clues[:2]])
        going_there = (("gx-qx-bri", ("chen", "ning")), ("gx-xxt-bh", ("lu-xxt",)))
        for target, (unit, names) in zip(targets, going_there, strict=True):
            planning.change_target(
                by=nong, target_id=target.pk, unit_id=units[unit].pk, officer_ids=[people[name].pk for name in names],
                assembly="支队大院",
            )  # fmt: skip
        planning.add_target(
            by=nong, action_id=DONE_ID, province="gz", party_name="样达酒业经营部", division_code="520102",
            address="贵阳市南明区样华路 5 号", what="岚壑春 53 度酱香，南宁两家的供货方",
        )  # fmt: skip
        planning.add_seat(
            by=nong,
            action_id=DONE_ID,
            department="南宁市公安局青秀分局",
            name="样警官",
            phone="19900009001",
            duty="现场秩序",
        )
        going.announce(by=nong, action_id=DONE_ID)
        tick(timedelta(minutes=40))
        lanhe = Organisation.objects.filter(name__contains="岚壑春").first()
        if lanhe is not None:
            escorting.ask(by=nong, target_id=targets[0].pk, organisation_id=lanhe.pk, goods="岚壑春 53 度酱香")
        for target, name in ((targets[0], "chen"), (targets[1], "lu-xxt")):
            going.mark(by=people[name], target_id=target.pk, kind="received")
        tick(hour - clock.now() - timedelta(minutes=12))
        for target, name in ((targets[0], "chen"), (targets[1], "lu-xxt")):
            going.mark(by=people[name], target_id=target.pk, kind="in_place")
        tick(timedelta(minutes=12))
        going.mind()
        opened = going.start(by=people["chen"], target_id=targets[0].pk)
        code, _until = inspections.make_join_code(by=people["chen"], inspection_id=opened.pk)
        inspections.join(by=people["ning"], code=code)
        for name, unit, quantity, price in (
            ("岚壑春 53 度酱香", "瓶", "96", "1199.00"),
            ("岚壑春 散装", "千克", "35", ""),
        ):
            Lot.objects.create(
                inspection_id=opened.pk, product_name=name, claimed_brand="岚壑春", unit=unit,
                quantity=Decimal(quantity),
                price_basis=Lot.PriceBasis.LABELLED if price else Lot.PriceBasis.UNKNOWN,
                price_labelled_yuan=Decimal(price) if price else None, stood_where="后仓",
            )  # fmt: skip
        tick(timedelta(hours=3))
        going.end_target(
            by=people["chen"], target_id=targets[0].pk, outcome="found", words="后仓查获，已通知权利人辨认。"
        )
        going.end_target(
            by=people["lu-xxt"], target_id=targets[1].pk, outcome="absent", words="铺面已转让，正追查去向。"
        )
    return hour


def _in_guizhou(stage: Any, hour: datetime) -> None:
    """罗所长's station takes the target over and reports from the spot."""
    with stage.enter("gz"):
        file = JointAction.objects.filter(origin="province:gx", origin_id=DONE_ID).first()
        if file is None:
            return
        long, luo = User.objects.get(username="long"), User.objects.get(username="luo")
        target = file.targets.get()
        # The letter travelled later than the story says: the file's state is what it was then.
        JointAction.objects.filter(pk=file.pk).update(state=JointAction.State.ANNOUNCED)
        with clock.frozen(hour - timedelta(days=1)) as tick:
            reporting.answer(by=long, action_id=file.pk, accept=True)
            planning.change_target(
                by=long, target_id=target.pk, unit_id=luo.unit_id, officer_ids=[_first(luo), *_others(luo)]
            )
            going.mark(by=luo, target_id=target.pk, kind="received")
            tick(timedelta(days=1) - timedelta(minutes=8))
            going.mark(by=luo, target_id=target.pk, kind="in_place")
            tick(timedelta(minutes=8))
            going.mind()
            tick(timedelta(hours=5))
            going.end_target(
                by=luo, target_id=target.pk, outcome="handed_on", words="查明上线在外省，账册已封存，线索移交。"
            )


def _at_the_brand(stage: Any, hour: datetime) -> None:
    """唐经理 sends 林工, whose authorisation holds on that day."""
    with stage.enter("brands"), clock.frozen(hour - timedelta(hours=20)):
        posting = DeskPosting.objects.filter(province_code="gx", state=DeskPosting.State.ASKED).first()
        if posting is None:
            return
        seat = Desk(User.objects.get(username="tang-l"), posting.organisation)
        able = [each.user_id for each in desk.candidates(seat, posting) if not each.why]
        if able:
            desk.send_people(desk=seat, posting_id=posting.pk, user_ids=able[:1])


def _first(person: User) -> UUID:
    return person.pk


def _others(person: User) -> list[UUID]:
    rows = User.objects.filter(unit_id=person.unit_id, is_active=True, posts__role="officer").exclude(pk=person.pk)
    return list(rows.values_list("pk", flat=True)[:1])


def _tomorrow(now: datetime, people: Mapping[str, User], units: Mapping[str, Unit]) -> None:
    """Announced this morning, at six tomorrow; who goes knows when and where to gather, not where to."""
    hour = clock.at_start(clock.local_date(now) + timedelta(days=1)) + timedelta(hours=6)
    wei = people["wei"]
    with clock.frozen(now - timedelta(hours=4)) as tick:
        planning.plan(
            by=wei, name="夜市酒水集中检查", code_name="春雷二号", zero_hour=hour, opens_to="unit_heads",
            plan_words="零时同时进场；地址零时公开，勿提前踩点。", action_id=NEXT_ID,
        )  # fmt: skip
        planning.add_target(
            by=wei, action_id=NEXT_ID, unit_id=units["gx-qx-bri"].pk, party_name="样夜烧烤城",
            address="南宁市青秀区样江路 66 号", division_code="450103", what="散装白酒冒充岚壑春",
            officer_ids=[people["chen"].pk, people["ning"].pk], assembly="大队会议室，五点半", supervised=True,
            supervised_words="省局挂牌，当日报结果",
        )  # fmt: skip
        planning.add_target(
            by=wei, action_id=NEXT_ID, unit_id=units["gx-xxt-bh"].pk, party_name="样南大排档",
            address="南宁市西乡塘区样明路 9 号", division_code="450107", officer_ids=[people["lu-xxt"].pk],
            assembly="北湖所",
        )  # fmt: skip
        going.announce(by=wei, action_id=NEXT_ID)
        tick(timedelta(minutes=25))
        target = JointAction.objects.get(pk=NEXT_ID).targets.get(number=2)
        going.mark(by=people["lu-xxt"], target_id=target.pk, kind="received")
