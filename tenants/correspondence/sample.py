"""Official letters of 南宁: one taken on in 广州 and answered, one returned from 泉州 and written anew, one on paper.

Found by name, see `runtime.seed`. Played through the services with the clock held: 陈队长 drafts, 蒙科 checks, 韦处
issues; 姚科 keeps the desk in 广东, 郑总队 answers for 福建. 义乌 lies in a province that is not on the system.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import F

from accounts.models import User
from divisions.resolving import Hints
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from notify.models import Notice
from tenants.bureau.sample import append_ledgers
from tenants.clues.models import Clue
from tenants.clues.services.registering import NewClue, Product, Source, register
from tenants.correspondence import sample_assist
from tenants.correspondence.models import OfficialLetter, Partner
from tenants.correspondence.navigation import SENTENCES
from tenants.correspondence.services import by_hand, drafting, issuing, partners, receiving, results
from tenants.correspondence.services.drafting import To

WORDS = ("省际公函", "official letters between provinces")
AFTER = "tenants.campaigns"
BAIYUN, QUANZHOU, JINJIANG, YIWU = "440111", "350500", "350582", "330782"
FIRST_ID = uuid5(NAMESPACE_URL, "sample official letter accepted")
TOLD = (
    (
        "G-1", "样发仓储", "广东省广州市白云区样石路 18 号",
        "网店销售的假冒岚壑春从广州市白云区一处仓库发出，三个快递单的寄件地址相同，仓库内应有成批未贴标产品。",
        "岚壑春", "53 度酱香", "120000",
    ),
    (
        "G-2", "样行鞋服厂", "福建省泉州市晋江市样埭镇样工路 6 号",
        "批发部查获的假冒踏朔运动鞋，供货人自述由晋江一家鞋厂代工，每月发货约 800 双。",
        "踏朔", "运动鞋", "480000",
    ),
    (
        "G-3", "样乌小商品商行", "浙江省金华市义乌市样稠路 99 号",
        "本地集市查获的假冒烁沃灯管，据进货单从义乌购入包装盒和商标标识。",
        "烁沃", "商标标识", "30000",
    ),
)  # fmt: skip


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    told = _letters(stage)
    sample_assist.fill(stage)
    if told:
        append_ledgers(stage)


def _letters(stage: Any) -> bool:
    """Whether it was told now."""
    with stage.enter("gx"):
        if OfficialLetter.objects.filter(pk=FIRST_ID).exists():
            return False
        people = {user.username: user for user in User.objects.filter(username__in=("chen", "meng", "wei"))}
        if len(people) < 3:
            return False
        with clock.frozen(stage.now - timedelta(days=21)):
            clues = [_clue(people["chen"], *each) for each in TOLD]
        begun = stage.now - timedelta(days=20)
        first = _letter(people, clues[0], BAIYUN, begun, letter_id=FIRST_ID)
        second = _letter(people, clues[1], QUANZHOU, begun + timedelta(days=6))
        third = _letter(people, clues[2], YIWU, begun + timedelta(days=8))
        with clock.frozen(begun + timedelta(days=9)):
            by_hand.note(
                by=people["chen"], letter_id=third.pk, what="posted", courier="邮政快递", tracking_no="DEMO0012345CN"
            )
        with clock.frozen(begun + timedelta(days=12)):
            by_hand.note(by=people["chen"], letter_id=third.pk, what="received", who="义乌市局 办公室")
    _deliver(begun + timedelta(days=7))
    _in_guangdong(stage, first, begun)
    _in_fujian(stage, second, begun + timedelta(days=9))
    _deliver(begun + timedelta(days=18))
    with stage.enter("gx"):
        with clock.frozen(begun + timedelta(days=18)) as tick:
            made = drafting.again(by=people["chen"], letter_id=second.pk)
            tick(timedelta(minutes=20))
            drafting.submit(by=people["chen"], letter_id=made.pk)
        _partners(people["meng"])
    for name in ("gx", "gd", "fj"):
        with stage.enter(name):
            Notice.objects.filter(
                code__in=list(SENTENCES), read_at=None, created_at__lt=stage.now - timedelta(days=2)
            ).update(read_at=F("created_at"), repeat_at=None)
    return True


def _clue(
    by: User, ref: str, party: str, address: str, content: str, brand: str, product: str, value: str
) -> Clue:  # fmt: skip
    assert by.unit is not None
    return register(
        NewClue(
            desk=by.unit,
            source=Source(kind=Clue.SourceKind.OFFICER, name="青秀区大队", ref=ref),
            title=f"{party}涉嫌供应假冒{brand}",
            content=content,
            subject_kind=Clue.SubjectKind.ENTERPRISE,
            subject_name=party,
            address_raw=address,
            hints=Hints(province="450000"),
            products=[Product(brand_name=brand, product_name=product)],
            violations=[Clue.Violation.COUNTERFEIT_TRADEMARK],
            estimated_value=Decimal(value),
        ),
        by=by,
    )


def _letter(
    people: dict[str, User], clue: Clue, ref: str, at: datetime, *, letter_id: UUID | None = None
) -> OfficialLetter:  # fmt: skip
    """Drafted, checked and issued on one day."""
    with clock.frozen(at) as tick:
        made = drafting.draft(
            by=people["chen"], kind_code="clue_transfer", clue_id=clue.pk, to=To(unit_ref=ref), letter_id=letter_id
        )
        tick(timedelta(minutes=30))
        drafting.submit(by=people["chen"], letter_id=made.pk, looked=True)
        tick(timedelta(hours=2))
        issuing.check(by=people["meng"], letter_id=made.pk, words="事实清楚，同意移送。", looked=True)
        tick(timedelta(hours=3))
        return issuing.issue(by=people["wei"], letter_id=made.pk, words="同意", looked=True)


def _deliver(at: datetime) -> None:
    with clock.frozen(at):
        deliver_everywhere()


def _in_guangdong(stage: Any, sent: OfficialLetter, begun: datetime) -> None:
    with stage.enter("gd"):
        came = OfficialLetter.objects.filter(origin_id=sent.pk).first()
        yao = User.objects.filter(username="yao").first()
        if came is None or yao is None:
            return
        with clock.frozen(begun + timedelta(days=8)):
            receiving.accept(by=yao, letter_id=came.pk)
        with clock.frozen(begun + timedelta(days=13)):
            results.tell(
                by=yao, letter_id=came.pk, result="true",
                words="已对该仓库检查，现场清点未贴标白酒 320 瓶、商标标识 4 箱，已先行登记保存，正在核查货主。",
            )  # fmt: skip


def _in_fujian(stage: Any, sent: OfficialLetter, at: datetime) -> None:
    with stage.enter("fj"):
        came = OfficialLetter.objects.filter(origin_id=sent.pk).first()
        zheng = User.objects.filter(username="zheng").first()
        if came is None or zheng is None:
            return
        with clock.frozen(at):
            receiving.return_(
                by=zheng, letter_id=came.pk, reason="wrong_unit", right_ref=JINJIANG,
                words="厂址在晋江市陈埭镇，由晋江市市场监督管理局管辖，请直接移送。",
            )  # fmt: skip


def _partners(by: User) -> None:
    for kind, name, address in (
        ("police", "南宁市公安局样本分局（演示）", "南宁市青秀区样警路 1 号"),
        ("agriculture", "南宁市农业农村局（演示）", "南宁市良庆区样农路 2 号"),
        ("laboratory", "广西产品质量检验研究院（演示）", "南宁市西乡塘区样检路 3 号"),
    ):
        if not Partner.objects.filter(name=name).exists():
            partners.keep(by=by, kind=kind, name=name, address=address, phone="0771-0000000")
