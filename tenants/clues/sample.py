"""Clues of the sample story in 广西 and 广东, in every state a desk sees. Found by name, see `runtime.seed`.

蒙科 keeps the desk of 广西, 姚科 that of 广东. All is played through the services with the clock held at those moments.
Other modules named `sample_…` of this app tell their own part afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import F

from accounts.models import Unit, User
from divisions.resolving import Hints
from kernel import clock
from notify.models import Notice
from tenants.bureau.sample import append_ledgers
from tenants.clues import sample_intake, sample_reverse
from tenants.clues.models import Clue
from tenants.clues.services import assessing, clocks, supervising, working
from tenants.clues.services.arriving import arrived
from tenants.clues.services.dispatching import dispatch
from tenants.clues.services.registering import NewClue, Product, Source

WORDS = ("线索", "clues")
MORE = (sample_intake, sample_reverse)
Kind, Violation = Clue.SourceKind, Clue.Violation
FAKE = (Violation.COUNTERFEIT_TRADEMARK,)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One clue of the story. ago: days before now. then: what was done with it."""

    ref: str
    kind: str
    name: str
    title: str
    content: str
    address: str
    ago: float
    violations: tuple[str, ...] = FAKE
    more: dict[str, Any] = field(default_factory=dict)
    then: Callable[[Story, Clue], None] = lambda story, clue: None


class Story:
    """One province, its desk, and what its people do."""

    def __init__(self, desk: str, tick: Any) -> None:
        self.by, self.tick = User.objects.select_related("unit").get(username=desk), tick

    def person(self, username: str) -> User:
        return User.objects.get(username=username)

    def send(self, clue: Clue, unit: str, words: str = "") -> None:
        self.tick(timedelta(minutes=25))
        dispatch(by=self.by, clue_id=clue.pk, unit_id=Unit.objects.get(code=unit).pk, words=words)

    def sign(self, clue: Clue, who: str, *, after_h: float = 2) -> None:
        self.tick(timedelta(hours=after_h))
        working.sign_for(by=self.person(who), clue_id=clue.pk)

    def check(self, clue: Clue, who: str, *officers: str) -> None:
        ids = [self.person(each).pk for each in officers]
        working.set_verifiers(by=self.person(who), clue_id=clue.pk, officer_ids=ids)


def _checking(story: Story, clue: Clue) -> None:
    story.send(clue, "gx-qx-bri", "三天内先到现场看一次")
    story.sign(clue, "chen")
    story.check(clue, "chen", "chen", "ning")


def _waiting(story: Story, clue: Clue) -> None:
    story.send(clue, "gx-xxt-bh")


def _studied(story: Story, clue: Clue) -> None:
    story.tick(timedelta(hours=1))
    ids = [story.person(each).pk for each in ("chen", "zhou-gl", "nong")]
    row = assessing.open_assessment(by=story.by, clue_id=clue.pk, member_ids=ids)
    story.tick(timedelta(hours=5))
    assessing.say(
        by=story.person("zhou-gl"), assessment_id=row.pk, opinion="这家店去年查过一次，上家可能相同，建议查进货渠道。"
    )


def _returned(story: Story, clue: Clue) -> None:
    story.send(clue, "gx-xf")
    story.tick(timedelta(hours=20))
    working.send_back(
        by=story.person("zhou-gl"), clue_id=clue.pk, reason="wrong_place", words="门牌在象山区一侧，不在秀峰区。",
        right_unit_name="象山区市场监督管理局",
    )  # fmt: skip


def _disputed(story: Story, clue: Clue) -> None:
    story.send(clue, "gx-xxt-bh")
    story.tick(timedelta(hours=6))
    working.send_back(
        by=story.person("lu-xxt"), clue_id=clue.pk, reason="not_competent", words="经营者注册在高新区，仓库也在那边。"
    )
    story.send(clue, "gx-hitech")
    story.tick(timedelta(hours=6))
    working.send_back(
        by=story.person("mo"), clue_id=clue.pk, reason="not_competent", words="门店在西乡塘区，交易发生在门店。"
    )


def _late(story: Story, clue: Clue) -> None:
    story.send(clue, "gx-qx-xz")
    story.sign(clue, "tan", after_h=5)
    story.check(clue, "tan", "tan", "ning")
    story.tick(timedelta(days=12))
    due = clock.add_working_days(clock.now(), 4).date
    supervising.order(
        by=story.person("wei"), clue_id=clue.pk, demand="群众两次反映同一家店，请查清货源并报告结果。", due_on=due
    )


def _paused(story: Story, clue: Clue) -> None:
    story.send(clue, "gx-qx-bri")
    story.sign(clue, "ning")
    story.check(clue, "ning", "chen", "ning")
    story.tick(timedelta(days=2))
    clocks.pause(by=story.person("ning"), clue_id=clue.pk, kind="testing", reason="抽样送检，等检验报告")


def _ended(story: Story, clue: Clue) -> None:
    _checking(story, clue)
    story.tick(timedelta(days=5))
    working.end(
        by=story.person("chen"), clue_id=clue.pk, result="true", outcome="filed",
        outside_number="南青市监案〔2026〕88 号",
        words="现场查获假冒白酒 48 瓶，已提请立案，由青秀大队办理。",
    )  # fmt: skip


def _guangdong(story: Story, clue: Clue) -> None:
    story.send(clue, "gd-by-bri")
    story.sign(clue, "liang")


LANHE = {"products": (Product(brand_name="岚壑春", product_name="53 度酱香"),)}
GUANGXI = (
    Told(ref="GX-A-01", kind=Kind.HOTLINE_12315, name="12315", title="新竹路烟酒店卖假“岚壑春”", ago=4,
         content="顾客在店内买到两瓶“岚壑春”白酒，瓶盖喷码一擦就掉，店主不给开票。",
         address="南宁市青秀区新竹街道新竹路 41 号", then=_checking,
         more={**LANHE, "subject_kind": "shop", "subject_name": "新竹路某烟酒店", "chain_stage": "retail"}),
    Told(ref="GX-A-02", kind=Kind.MEDIA, name="某晚报", title="夜市散装酒灌进名酒瓶", ago=1.2,
         content="报道称夜市有人回收名酒空瓶，灌装散酒后低价卖给周边餐馆。",
         address="西乡塘区北湖街道北湖北路夜市", violations=(Violation.FAKE_SHODDY,), then=_waiting,
         more={"priority": "raised", "priority_why": "媒体关注", "area_tags": ["urban_rural_fringe"]}),
    Told(ref="GX-A-03", kind=Kind.BRAND, name="岚壑春酒业（演示）有限公司", title="科园大道仓库疑似分装点", ago=0.3,
         content="企业打假人员发现该仓库夜间有面包车（粤A·7K2D8）进出，纸箱与正品不同。",
         address="南宁高新技术产业开发区科园大道 27 号",
         more={**LANHE, "chain_stage": "store", "channel": "both"}),
    Told(ref="GX-A-04", kind=Kind.STATION, name="荔浦某所", title="旧地名：荔浦县城西百货卖假洗发水", ago=0.8,
         content="巡查发现洗发水瓶身印刷模糊，店主说是从外地批发来的。", address="荔浦县荔柳路 5 号",
         more={"subject_kind": "shop", "chain_stage": "retail", "area_tags": ["rural_market"]}),
    Told(ref="GX-A-05", kind=Kind.REPORT, name="", title="“鼓楼区中山路”便利店香烟口味异常", ago=0.5,
         content="举报人只留下一张发票照片，上面写着鼓楼区中山路12号。", address="鼓楼区中山路12号",
         more={"secrecy": "reporter_protected"}),
    Told(ref="GX-A-06", kind=Kind.MONITORING, name="线上监测", title="网店九块九卖“谷满”调料整箱", ago=0.6,
         content="监测到某平台店铺低价整箱销售，图片上的商标与正品不同，店铺没有公示地址。", address="",
         more={"channel": "online", "chain_stage": "online", "subject_account": "某平台：谷满折扣仓",
               "area_tags": ["internet"]}),
    Told(ref="GX-A-07", kind=Kind.SECTION, name="知识产权保护处", title="多家小店从同一上家进“岚壑春”", ago=1.5,
         content="近一个月三起鉴定申请的批号相同，可能来自同一个批发点。",
         address="桂林市秀峰区中山中路 3 号批发市场", then=_studied,
         more={**LANHE, "chain_stage": "wholesale", "priority": "raised", "priority_why": "多次出现"}),
    Told(ref="GX-A-08", kind=Kind.COMPLAINT, name="12345", title="正阳步行街小店“智源”奶粉罐底没有码", ago=2.5,
         content="消费者投诉奶粉罐底喷码被磨掉，店主说是样品。",
         address="桂林市秀峰区正阳步行街 18 号", then=_returned),
    Told(ref="GX-A-09", kind=Kind.HOTLINE_12315, name="12315", title="汽配城“拓凡”机油两边都说不归自己管", ago=3.5,
         content="车主更换机油后发动机异响，怀疑机油是假冒的。",
         address="西乡塘区北湖街道明秀路汽配城 3 栋", then=_disputed),
    Told(ref="GX-A-10", kind=Kind.HOTLINE_12315, name="12315", title="集贸市场摊位反复卖假洗衣液", ago=26,
         content="半年内第二次反映同一个摊位，换了招牌继续卖。", address="青秀区新竹街道竹溪市场 B12", then=_late,
         more={"priority": "raised", "priority_why": "反复举报", "area_tags": ["rural_market"]}),
    Told(ref="GX-A-11", kind=Kind.OFFICER, name="", title="快递站同一寄件人二十箱无标白酒", ago=6,
         content="巡查快递站时发现，面单写洗衣液，打开是没有标签的白酒。",
         address="青秀区民族大道 88 号快递站", then=_paused,
         more={"chain_stage": "transport", "subject_phone": "199 0000 6111"}),
    Told(ref="GX-A-12", kind=Kind.BRAND, name="岚壑春酒业（演示）有限公司", title="南湖集贸市场 B 区 12 号摊", ago=15,
         then=_ended,
         content="企业购买的样品经辨认为假冒。", address="南宁市青秀区南湖集贸市场 B 区 12 号摊",
         more={**LANHE, "subject_kind": "shop"}),
)  # fmt: skip
GUANGDONG = (
    Told(ref="GD-A-01", kind=Kind.PLATFORM, name="某平台治理部", title="石井皮具城仿冒箱包发往全国", ago=3,
         then=_guangdong,
         content="平台移来寄件数据，同一地址每天发出八十多件，投诉都说是仿冒。送货的是粤 A7K2D8。",
         address="广州市白云区石井街道石槎路皮具城 C 座",
         more={"channel": "both", "chain_stage": "wholesale", "subject_phone": "+86 199-0000-6111"}),
    Told(ref="GD-A-02", kind=Kind.MONITORING, name="线上监测", title="直播间卖“苏绣坊”丝巾，发货地顺德", ago=0.4,
         content="直播间承诺正品，收到的吊牌没有编号。", address="佛山市顺德区大良街道",
         more={"channel": "online", "chain_stage": "online", "place_role": "sender"}),
)  # fmt: skip
PROVINCES = (("gx", "meng", "450000", GUANGXI), ("gd", "yao", "440000", GUANGDONG))


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    new = False
    for province, desk, division, told in PROVINCES:
        with stage.enter(province):
            if not Clue.objects.filter(sources__ref=told[0].ref).exists():
                new = True
                for each in sorted(told, key=lambda each: -each.ago):
                    with clock.frozen(stage.now - timedelta(days=each.ago)) as tick:
                        _tell(Story(desk, tick), each, division)
                codes = ("clue_ended", "clue_verifier", "clue_recalled")
                Notice.objects.filter(code__in=codes, read_at=None).update(read_at=F("created_at"))
    for each in MORE:
        each.fill(stage)
    if new:
        append_ledgers(stage)


def _tell(story: Story, told: Told, division: str) -> None:
    assert story.by.unit is not None
    clue = arrived(
        NewClue(
            desk=story.by.unit,
            source=Source(kind=told.kind, name=told.name, ref=told.ref),
            title=told.title,
            content=told.content,
            address_raw=told.address,
            hints=Hints(province=division),
            violations=told.violations,
            **told.more,
        ),
        by=story.by,
    )
    told.then(story, clue)
