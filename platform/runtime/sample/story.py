"""The people of the sample story and some four weeks of their requests.

Every name, number and telephone is invented; telephones lie in 199 0000 xxxx. Division codes are real. `history()`
gives requests with explicit times, all before `now`, from which every figure of the demonstration is counted.

Times are aware and in UTC; days and hours of work are those of Beijing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from types import MappingProxyType

from .catalogue import BRANDS, FAULTS, PRODUCTS, fault_keys, quick_set
from .codes import uscc

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, kw_only=True)
class Province:
    """A bureau by its own title. `document_prefix` opens its document numbers (机关代字)."""

    code: str
    title: str
    short: str
    division_code: str
    document_prefix: str


@dataclass(frozen=True, kw_only=True)
class Unit:
    """An office of a province. `kind` is the glossary's identifier; the division is where it is competent."""

    code: str
    province: str
    parent: str
    kind: str
    title: str
    division_code: str


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Someone who signs in at a province. `roles`: officer, dispatcher, head, leader, bureau_admin."""

    code: str
    province: str
    unit: str
    name: str
    called: str
    post: str
    phone: str
    officer_cert_no: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Party:
    """A brand enterprise, trade association or agency with an account of the shared layer.

    `acts_for` are brand codes: its own, its members' or its principals'.
    """

    code: str
    kind: str
    name_zh: str
    name_en: str
    uscc: str
    division_code: str
    acts_for: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Someone who signs in for a party or for the office. `roles`: those of a party, or office."""

    code: str
    party: str
    name: str
    called: str
    phone: str
    email: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """An application to take part. `state`: approved, pending, refused. Days are counted back from today."""

    party: str
    state: str
    applied_days_ago: int
    decided_days_ago: int | None
    documents: tuple[str, ...]
    reason_zh: str = ""


@dataclass(frozen=True, kw_only=True)
class Authorisation:
    """What an appraiser may answer. `territory` is province codes, empty for the whole country.

    Days are relative to today: a negative `ends_in_days` has run out.
    """

    document_no: str
    staff: str
    brand: str
    trademark_reg_nos: tuple[str, ...]
    nice_classes: tuple[int, ...]
    goods_zh: str
    territory: tuple[str, ...]
    started_days_ago: int
    ends_in_days: int


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """A power of attorney from a brand to an agency, or a member's mandate to its association."""

    document_no: str
    party: str
    brand: str
    started_days_ago: int
    ends_in_days: int


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Who answers for a brand on some weekdays (0 is Monday), hours of Beijing, and who stands in."""

    brand: str
    weekdays: tuple[int, ...]
    from_hour: int
    to_hour: int
    staff: str
    substitute: str


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Where goods were found. Known to the bureau only; a brand learns the division code of the county."""

    code: str
    province: str
    division_code: str
    name: str
    place: str


PROVINCES: Mapping[str, Province] = MappingProxyType(
    {
        row.code: row
        for row in (
            Province(
                code="gx",
                title="广西壮族自治区市场监督管理局",
                short="广西",
                division_code="450000",
                document_prefix="桂市监",
            ),
            Province(
                code="gz", title="贵州省市场监督管理局", short="贵州", division_code="520000", document_prefix="黔市监"
            ),
            Province(
                code="gd", title="广东省市场监督管理局", short="广东", division_code="440000", document_prefix="粤市监"
            ),
            Province(
                code="fj", title="福建省市场监督管理局", short="福建", division_code="350000", document_prefix="闽市监"
            ),
        )
    }
)

# code | parent | kind | title | division
_UNITS = """
gx||provincial_bureau|广西壮族自治区市场监督管理局|450000
gx-ip|gx|section_office|知识产权保护处|450000
gx-corps|gx|enforcement_bureau|综合执法局|450000
gx-nn|gx|municipal_bureau|南宁市市场监督管理局|450100
gx-nn-det|gx-nn|enforcement_detachment|南宁市市场监管综合行政执法支队|450100
gx-qx|gx-nn|county_bureau|青秀区市场监督管理局|450103
gx-qx-ip|gx-qx|ip_section|知识产权股|450103
gx-qx-bri|gx-qx|enforcement_brigade|青秀区市场监管综合行政执法大队|450103
gx-qx-xz|gx-qx|market_supervision_station|新竹市场监管所|450103
gx-xxt|gx-nn|county_bureau|西乡塘区市场监督管理局|450107
gx-xxt-bh|gx-xxt|market_supervision_station|北湖市场监管所|450107
gx-hitech|gx-nn|branch_bureau|南宁高新技术产业开发区市场监督管理局|450107
gx-gl|gx|municipal_bureau|桂林市市场监督管理局|450300
gx-xf|gx-gl|county_bureau|秀峰区市场监督管理局|450302
gz||provincial_bureau|贵州省市场监督管理局|520000
gz-corps|gz|enforcement_bureau|综合执法局|520000
gz-gy|gz|municipal_bureau|贵阳市市场监督管理局|520100
gz-nm|gz-gy|county_bureau|南明区市场监督管理局|520102
gz-nm-xh|gz-nm|market_supervision_station|新华市场监管所|520102
gz-yy|gz-gy|county_bureau|云岩区市场监督管理局|520103
gz-zy|gz|municipal_bureau|遵义市市场监督管理局|520300
gz-rh|gz-zy|county_bureau|仁怀市市场监督管理局|520382
gz-rh-food|gz-rh|food_section|食品股|520382
gz-rh-bri|gz-rh|enforcement_brigade|仁怀市市场监管综合行政执法大队|520382
gd||provincial_bureau|广东省市场监督管理局|440000
gd-corps|gd|enforcement_bureau|执法监督处|440000
gd-gz|gd|municipal_bureau|广州市市场监督管理局|440100
gd-gz-det|gd-gz|enforcement_detachment|广州市市场监管综合行政执法支队|440100
gd-by|gd-gz|county_bureau|白云区市场监督管理局|440111
gd-by-bri|gd-by|enforcement_brigade|白云区市场监管综合行政执法大队|440111
gd-by-sj|gd-by|market_supervision_station|石井市场监管所|440111
gd-th|gd-gz|county_bureau|天河区市场监督管理局|440106
gd-hp-zone|gd-gz|branch_bureau|广州开发区市场监督管理局|440112
gd-fs|gd|municipal_bureau|佛山市市场监督管理局|440600
gd-sd|gd-fs|county_bureau|顺德区市场监督管理局|440606
gd-sd-online|gd-sd|online_ad_section|网广股|440606
fj||provincial_bureau|福建省市场监督管理局|350000
fj-corps|fj|enforcement_corps|福建省市场监管综合执法总队|350000
fj-xm|fj|municipal_bureau|厦门市市场监督管理局|350200
fj-sm|fj-xm|county_bureau|思明区市场监督管理局|350203
fj-sm-jl|fj-sm|market_supervision_station|嘉莲市场监管所|350203
fj-qz|fj|municipal_bureau|泉州市市场监督管理局|350500
fj-jj|fj-qz|county_bureau|晋江市市场监督管理局|350582
fj-jj-ct|fj-jj|market_supervision_station|陈埭市场监管所|350582
fj-jj-bri|fj-jj|enforcement_brigade|晋江市市场监管综合行政执法大队|350582
"""

UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        code: Unit(code=code, province=code[:2], parent=parent, kind=kind, title=title, division_code=division)
        for code, parent, kind, title, division in (line.split("|") for line in _UNITS.split("\n") if line)
    }
)

# code | unit | name | called | post | roles
_OFFICERS = """
chen|gx-qx-bri|陈立诚|陈队长|大队长|officer
ning|gx-qx-bri|宁小北|小宁|执法人员|officer
tan|gx-qx-xz|覃所安|覃所长|所长|officer
lu-xxt|gx-xxt-bh|陆明轩|陆队|执法人员|officer
mo|gx-hitech|莫一凡|莫工|执法人员|officer
nong|gx-nn-det|农知远|农支队|支队长|officer,dispatcher
zhou-gl|gx-xf|周桂平|周股长|股长|officer
huang|gx|黄志明|黄管理员|系统管理员|bureau_admin
wei|gx|韦正言|韦处|知识产权保护处处长|leader,head
luo|gz-nm-xh|罗远山|罗所长|所长|officer
yang-gz|gz-nm-xh|杨思齐|小杨|执法人员|officer
wu-rh|gz-rh-bri|吴守正|吴队长|大队长|officer
he-yy|gz-yy|何以宁|何股长|股长|officer
long|gz|龙启明|龙处|处长|leader,head
tian|gz|田守一|田管理员|系统管理员|bureau_admin
liang|gd-by-bri|梁伟业|梁队长|大队长|officer
ou|gd-by-sj|区志恒|区所|所长|officer
he-th|gd-th|何嘉文|何股长|股长|officer
kuang|gd-sd-online|邝文澜|邝股长|股长|officer
pan|gd-hp-zone|潘若谷|潘队|执法人员|officer
feng|gd|冯敬之|冯处|处长|leader,head
li-gd|gd|李管宁|李管理员|系统管理员|bureau_admin
lin-fj|fj-jj-bri|林海生|林队长|大队长|officer
cai|fj-jj-ct|蔡文远|蔡所长|所长|officer
xu-xm|fj-sm-jl|许知夏|小许|执法人员|officer
zheng|fj|郑怀瑾|郑总队|总队长|leader,head
fang|fj|方管衡|方管理员|系统管理员|bureau_admin
"""

_CERT_PREFIX = {"gx": "450000", "gz": "520000", "gd": "440000", "fj": "350000"}

OFFICERS: Mapping[str, Officer] = MappingProxyType(
    {
        code: Officer(
            code=code,
            province=unit[:2],
            unit=unit,
            name=name,
            called=called,
            post=post,
            phone=f"199000001{number:02d}",
            officer_cert_no=f"{_CERT_PREFIX[unit[:2]]}99{number:04d}",
            roles=tuple(roles.split(",")),
        )
        for number, (code, unit, name, called, post, roles) in enumerate(
            (line.split("|") for line in _OFFICERS.split("\n") if line), start=1
        )
    }
)


def _party(number: int, code: str, kind: str, name_zh: str, name_en: str, division: str, *acts_for: str) -> Party:
    return Party(
        code=code,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        uscc=uscc(f"91000000MA9DEM{number:03d}"),
        division_code=division,
        acts_for=acts_for,
    )


PARTIES: Mapping[str, Party] = MappingProxyType(
    {
        row.code: row
        for row in (
            *(
                _party(number, brand.code, "brand_enterprise", brand.owner_zh, brand.owner_en, brand.seat, brand.code)
                for number, brand in enumerate(BRANDS.values(), start=1)
            ),
            _party(
                11,
                "auto-assoc",
                "trade_association",
                "南方汽车用品行业协会（演示）",
                "Southern Auto Accessories Association (Demo)",
                "440100",
                "torvane",
            ),
            _party(
                12,
                "hengzheng",
                "agency",
                "衡正知识产权服务（演示）有限公司",
                "Hengzheng IP Services (Demo) Co., Ltd.",
                "350200",
                "tasuro",
                "solvo",
            ),
            _party(
                13,
                "xingmu",
                "brand_enterprise",
                "杏沐日化（演示）有限公司",
                "Xingmu Household (Demo) Co., Ltd.",
                "440300",
            ),
            _party(
                14, "kuaiding", "agency", "快鼎商务（演示）有限公司", "Kuaiding Business (Demo) Co., Ltd.", "350100"
            ),
        )
    }
)

OFFICE = "office"

# code | party | name | called | roles
_STAFF = """
lin|lanhe|林致远|林工|appraiser
wang|lanhe|王砚秋|王工|appraiser
tang-l|lanhe|唐书岚|唐经理|enterprise_admin,rights_staff
gu|guman|谷雨晴|谷工|appraiser,enterprise_admin
shen-g|guman|沈禾|沈工|appraiser
shen|zhiyuan|沈芷若|沈工|appraiser
jiang|zhiyuan|江予安|江经理|enterprise_admin,rights_staff,appraiser
du|torvane|杜承宇|杜经理|enterprise_admin,rights_staff
peng|auto-assoc|彭致新|彭工|appraiser,enterprise_admin
lei|auto-assoc|雷一鸣|雷工|appraiser
su|tasuro|苏行简|苏工|appraiser,enterprise_admin
hong|solvo|洪子墨|洪工|appraiser,enterprise_admin
qiu|hengzheng|邱明达|邱律师|appraiser,enterprise_admin
ye|hengzheng|叶清和|叶工|appraiser,rights_staff
xing|xingmu|邢沐阳|邢经理|enterprise_admin
ding|kuaiding|丁快来|丁经理|enterprise_admin
zhao|office|赵协平|赵处|office
qian|office|钱汝成|钱工|office
"""

STAFF: Mapping[str, Staff] = MappingProxyType(
    {
        code: Staff(
            code=code,
            party=party,
            name=name,
            called=called,
            phone=f"199000002{number:02d}",
            email=f"{code}@{party}.example",
            roles=tuple(roles.split(",")),
        )
        for number, (code, party, name, called, roles) in enumerate(
            (line.split("|") for line in _STAFF.split("\n") if line), start=1
        )
    }
)

_PAPERS = ("营业执照", "商标注册证", "授权委托书")

ENROLMENTS: tuple[Enrolment, ...] = (
    *(
        Enrolment(
            party=code,
            state="approved",
            applied_days_ago=70 - place * 4,
            decided_days_ago=67 - place * 4,
            documents=_PAPERS,
        )
        for place, code in enumerate((*BRANDS, "auto-assoc", "hengzheng"))
    ),
    Enrolment(party="xingmu", state="pending", applied_days_ago=1, decided_days_ago=None, documents=_PAPERS),
    Enrolment(
        party="kuaiding",
        state="refused",
        applied_days_ago=9,
        decided_days_ago=8,
        documents=("营业执照",),
        reason_zh="未附权利人出具的授权委托书；请补齐后重新申请。",
    ),
)


def _authorised(number: int, staff: str, brand: str, since: int, until: int, *territory: str) -> Authorisation:
    mark = BRANDS[brand]
    return Authorisation(
        document_no=f"演示授〔2026〕{number:02d}号",
        staff=staff,
        brand=brand,
        trademark_reg_nos=(mark.trademark_reg_no,),
        nice_classes=(mark.nice_class,),
        goods_zh=mark.category_zh,
        territory=territory,
        started_days_ago=since,
        ends_in_days=until,
    )


# The 7th ends within two weeks; the 12th has run out.
AUTHORISATIONS: tuple[Authorisation, ...] = (
    _authorised(1, "lin", "lanhe", 200, 530),
    _authorised(2, "wang", "lanhe", 200, 530),
    _authorised(3, "gu", "guman", 180, 550),
    _authorised(4, "shen-g", "guman", 180, 550),
    _authorised(5, "shen", "zhiyuan", 160, 205),
    _authorised(6, "jiang", "zhiyuan", 160, 205),
    _authorised(7, "peng", "torvane", 352, 13),
    _authorised(8, "lei", "torvane", 100, 265),
    _authorised(9, "su", "tasuro", 120, 245),
    _authorised(10, "hong", "solvo", 120, 245),
    _authorised(11, "qiu", "tasuro", 90, 275, "fj", "gd"),
    _authorised(12, "ye", "solvo", 380, -15),
    _authorised(13, "qiu", "solvo", 90, 275),
)

MANDATES: tuple[Mandate, ...] = (
    Mandate(
        document_no="演示委〔2026〕01号", party="auto-assoc", brand="torvane", started_days_ago=220, ends_in_days=510
    ),
    Mandate(document_no="演示委〔2026〕02号", party="hengzheng", brand="tasuro", started_days_ago=95, ends_in_days=270),
    Mandate(document_no="演示委〔2026〕03号", party="hengzheng", brand="solvo", started_days_ago=95, ends_in_days=270),
)

_WEEK, _WORKDAYS, _WEEKEND = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4), (5, 6)


def _nights(
    brand: str, weekdays: tuple[int, ...], opens: int, closes: int, staff: str, substitute: str
) -> tuple[Duty, Duty]:
    """The hours before and after a day's duty."""
    return (
        Duty(brand=brand, weekdays=weekdays, from_hour=0, to_hour=opens, staff=staff, substitute=substitute),
        Duty(brand=brand, weekdays=weekdays, from_hour=closes, to_hour=24, staff=staff, substitute=substitute),
    )


ROSTER: tuple[Duty, ...] = (
    Duty(brand="lanhe", weekdays=_WEEK, from_hour=8, to_hour=20, staff="lin", substitute="wang"),
    Duty(brand="lanhe", weekdays=_WEEK, from_hour=20, to_hour=24, staff="wang", substitute="lin"),
    Duty(brand="lanhe", weekdays=_WEEK, from_hour=0, to_hour=8, staff="lin", substitute="wang"),
    Duty(brand="guman", weekdays=_WEEK, from_hour=8, to_hour=21, staff="gu", substitute="shen-g"),
    Duty(brand="zhiyuan", weekdays=_WORKDAYS, from_hour=8, to_hour=21, staff="shen", substitute="jiang"),
    Duty(brand="zhiyuan", weekdays=_WEEKEND, from_hour=9, to_hour=18, staff="jiang", substitute="shen"),
    Duty(brand="torvane", weekdays=_WEEK, from_hour=8, to_hour=20, staff="peng", substitute="lei"),
    Duty(brand="tasuro", weekdays=_WEEK, from_hour=8, to_hour=22, staff="su", substitute="qiu"),
    Duty(brand="solvo", weekdays=_WEEK, from_hour=8, to_hour=21, staff="hong", substitute="qiu"),
    # The nights, so that a visitor finds somebody at any hour; one brand is off duty then.
    *_nights("guman", _WEEK, 8, 21, "shen-g", "gu"),
    *_nights("zhiyuan", _WORKDAYS, 8, 21, "jiang", "shen"),
    *_nights("zhiyuan", _WEEKEND, 9, 18, "shen", "jiang"),
    *_nights("torvane", _WEEK, 8, 20, "lei", "peng"),
    *_nights("tasuro", _WEEK, 8, 22, "su", "qiu"),
)

# code | division | name | place
_SHOPS = """
gx-s1|450103|春野副食店（虚构）|新竹街道
gx-s2|450103|百顺烟酒商行（虚构）|建政街道
gx-s3|450107|和美日化批发部（虚构）|北湖街道
gx-s4|450107|驰风汽配城 A12（虚构）|安吉街道
gx-s5|450302|漓岸鞋帽店（虚构）|秀峰街道
gz-s1|520102|黔味烟酒店（虚构）|新华路街道
gz-s2|520382|河畔酒行（虚构）|中枢街道
gz-s3|520103|喜来电器（虚构）|大营路街道
gd-s1|440111|顺发汽配档口（虚构）|石井街道
gd-s2|440106|丽人化妆品店（虚构）|石牌街道
gd-s3|440606|网仓代发点（虚构）|北滘镇
gd-s4|440111|万家粮油（虚构）|新市街道
fj-s1|350582|步步鞋行（虚构）|陈埭镇
fj-s2|350203|光明灯饰（虚构）|嘉莲街道
fj-s3|350582|海丝名酒（虚构）|青阳街道
"""

SHOPS: Mapping[str, Shop] = MappingProxyType(
    {
        code: Shop(code=code, province=code[:2], division_code=division, name=name, place=place)
        for code, division, name, place in (line.split("|") for line in _SHOPS.split("\n") if line)
    }
)


@dataclass(frozen=True, kw_only=True)
class PhotoRef:
    """One photograph of a request; `drawing` are the arguments of `pictures.photo`, so equal ones share their bytes."""

    product_code: str
    shot_code: str
    genuine: bool
    seed: int
    spoilt: str
    captured_at: datetime

    @property
    def drawing(self) -> tuple[str, str, bool, int, str]:
        return self.product_code, self.shot_code, self.genuine, self.seed, self.spoilt


@dataclass(frozen=True, kw_only=True)
class Item:
    """One lot within a request. `verdict` is empty until answered; `reasons` are the appraiser's words."""

    product_code: str
    quantity: int
    unit_zh: str
    claimed_price_yuan: int
    verdict: str
    reasons: tuple[str, ...]
    photos: tuple[PhotoRef, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happened to a request.

    kind: sent, delivered, opened, reminded, handed_over, claimed, supplement_asked, photos_added, answered,
    partly_answered, withdrawn, superseded, onsite_agreed, no_answer, cancelled. by: an officer's or staff code, or "".
    item: index of the item it concerns, -1 for the whole request.
    """

    at: datetime
    kind: str
    by: str = ""
    item: int = -1
    text_zh: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestStory:
    """One appraisal request from its dispatch to where it stands now.

    state: sent, claimed, waiting_supplement, partly_answered, answered, no_answer, cancelled. `inspection` joins the
    requests that came from one site. `due_at` is the promise of an answer (30 minutes from dispatch).
    """

    code: str
    province: str
    unit: str
    officers: tuple[str, str]
    shop: str
    division_code: str
    brand: str
    state: str
    question_zh: str
    items: tuple[Item, ...]
    steps: tuple[Step, ...]
    due_at: datetime
    inspection: str = ""
    shown: bool = False

    @property
    def sent_at(self) -> datetime:
        return self.steps[0].at

    def first(self, kind: str) -> datetime | None:
        """When a kind of step first happened."""
        return next((step.at for step in self.steps if step.kind == kind), None)

    @property
    def minutes_to_answer(self) -> float | None:
        """Wall-clock minutes from dispatch to the first full answer, None without one."""
        answered = self.first("answered")
        return None if answered is None else (answered - self.sent_at).total_seconds() / 60


@dataclass
class _Plan:
    """What a request is to become, before its times are drawn."""

    sent_at: datetime
    brand: str
    shape: str = "plain"
    province: str = ""
    product: str = ""
    verdict: str = ""
    inspection: str = ""
    shown: bool = False


PROMISE = timedelta(minutes=30)
_BY_HOUR = (2, 1, 0.5, 0.3, 0.3, 0.5, 1, 2, 6, 12, 14, 9, 5, 5, 11, 14, 13, 8, 5, 6, 7, 6, 4, 3)
_BRAND_WEIGHT = {"lanhe": 30, "guman": 18, "zhiyuan": 15, "torvane": 14, "tasuro": 14, "solvo": 9}
_PROVINCE_WEIGHT = {"gx": 34, "gd": 28, "fj": 20, "gz": 18}
_VERDICTS = {
    "counterfeit": 56,
    "genuine": 22,
    "grey_market": 5,
    "licensed_or_authorised": 4,
    "not_our_product_line": 3,
    "cannot_tell_need_sample": 6,
    "refilled_or_reassembled": 4,
}
_GENUINE_PACK = {
    "genuine",
    "grey_market",
    "licensed_or_authorised",
    "refilled_or_reassembled",
    "cannot_tell_need_sample",
}
# The products photographed in both forms: one of each brand keeps the pictures to draw near sixty.
BOTH_FORMS = ("lanhe-53", "guman-oil", "zhiyuan-milk", "torvane-pad", "tasuro-run", "solvo-65w")
_PLAIN_REASONS = {
    "genuine": "标签、喷码、防伪标与样张一致，系我司产品。",
    "grey_market": "系我司产品，物流码显示发往他省，属跨区销售，不是假货。",
    "licensed_or_authorised": "系我司许可的企业生产，许可编号可查。",
    "not_our_product_line": "我司从未生产此规格。",
    "cannot_tell_need_sample": "照片不足以判断内容物，请寄送实物样品。",
    "refilled_or_reassembled": "包装为正品，封口有二次开启痕迹，疑为灌装。",
}
_QUESTIONS = (
    "请辨认是否为贵司生产或许可生产。",
    "价格明显偏低，请辨认真伪。",
    "喷码与正品不同，请核对批号。",
    "店主称系尾货，请辨认。",
    "群众举报，请尽快辨认。",
)
_RETAKE = "批号照片不清，请贴近、换个角度再拍一张。"
_UNIT_ZH = {"baijiu": "瓶", "food": "瓶", "cosmetics": "盒", "auto_parts": "套", "shoes": "双", "electronics": "件"}


# Where a request stands when its later steps still lie ahead.
_STATE_AFTER = {
    "sent": "sent",
    "delivered": "sent",
    "opened": "sent",
    "reminded": "sent",
    "handed_over": "sent",
    "claimed": "claimed",
    "onsite_agreed": "claimed",
    "photos_added": "claimed",
    "supplement_asked": "waiting_supplement",
    "answered": "answered",
    "withdrawn": "answered",
    "superseded": "answered",
}


def shot_seed(product_code: str, shot_code: str) -> int:
    """The one pose in which the story photographs a shot, so that genuine and fake lie side by side alike."""
    return sum((product_code + shot_code).encode()) % 90 + 1


def picture_drawings() -> tuple[tuple[str, str, bool, int, str], ...]:
    """Every distinct photograph the history refers to, as arguments of `pictures.photo`."""
    wanted = [
        (product, shot, genuine, shot_seed(product, shot), "")
        for product in PRODUCTS
        for genuine in ((False, True) if product in BOTH_FORMS else (False,))
        for shot in quick_set(product)
    ]
    wanted += [
        (product, _code_shot(product), False, shot_seed(product, _code_shot(product)), "blur") for product in BOTH_FORMS
    ]
    return tuple(wanted)


def _code_shot(product_code: str) -> str:
    """The shot of the quick set that is most often asked for again: its last."""
    return quick_set(product_code)[-1]


def _pick(chance: random.Random, weights: Mapping[str, float]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _day_times(day: date, now: datetime, seed: int) -> list[datetime]:
    """When requests went out on a day of Beijing, all at least six minutes before now."""
    chance = random.Random(f"{seed}day{day.isoformat()}")
    count = chance.randint(31, 38) if day.weekday() < 5 else chance.randint(25, 29)
    if day == now.astimezone(BEIJING).date():
        count -= 8  # the requests told by name are added to today
    start = datetime.combine(day, time(), BEIJING)
    times = [
        start + timedelta(hours=chance.choices(range(24), _BY_HOUR)[0], seconds=chance.randrange(3600))
        for _ in range(count)
    ]
    latest = now - timedelta(minutes=6)
    times = [moment for moment in times if moment <= latest]
    since_midnight = (latest - start).total_seconds()
    if start <= latest < start + timedelta(days=1):
        night_patrol = min(14, int(since_midnight // 400)) - len(times)
        times += [start + timedelta(seconds=chance.uniform(60, since_midnight)) for _ in range(night_patrol)]
    return sorted(times)


def history(seed: int, now: datetime, days: int = 28) -> tuple[RequestStory, ...]:
    """The requests of four weeks, oldest first, every time of them before `now`.

    now: aware. The same seed and moment give the same history; within one day of Beijing earlier requests stay as they
    are when `now` moves on. The last few requests are still open, and two of them overdue.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    today = now.astimezone(BEIJING).date()
    plans: list[_Plan] = []
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        chance = random.Random(f"{seed}plan{day.isoformat()}")
        for moment in _day_times(day, now - timedelta(minutes=40) if back == 0 else now - timedelta(hours=1), seed):
            shape = _pick(
                chance, {"plain": 84, "retake": 9, "reminded": 4, "handed_over": 2, "two_items": 5, "onsite": 2}
            )
            plans.append(_Plan(sent_at=moment, brand=_pick(chance, _BRAND_WEIGHT), shape=shape))
    plans += _told(now)
    plans.sort(key=lambda plan: plan.sent_at)
    for plan in [plan for plan in plans if plan.shape == "plain"][-12:]:
        plan.shown = True
    return tuple(_play(plan, number, seed, now) for number, plan in enumerate(plans, start=1))


def _told(now: datetime) -> list[_Plan]:
    """The requests the demonstration speaks of by name."""

    def ago(**units: float) -> datetime:
        return now - timedelta(**units)

    yesterday = datetime.combine(now.astimezone(BEIJING).date() - timedelta(days=1), time(23, 50), BEIJING)
    site = ago(hours=3, minutes=12)
    return [
        _Plan(ago(days=9, hours=2), "torvane", "cancelled", "gd", "torvane-pad", "counterfeit", shown=True),
        _Plan(ago(days=3, hours=4), "lanhe", "withdrawn", "gz", "lanhe-53", "counterfeit", shown=True),
        _Plan(yesterday, "zhiyuan", "no_answer", "gd", "zhiyuan-milk", shown=True),
        *(
            _Plan(site + timedelta(seconds=20 * place), brand, "plain", "gx", product, verdict, "gx-insp-1", True)
            for place, (brand, product, verdict) in enumerate(
                (
                    ("lanhe", "lanhe-53", "counterfeit"),
                    ("guman", "guman-oil", "genuine"),
                    ("solvo", "solvo-65w", "counterfeit"),
                )
            )
        ),
        _Plan(ago(minutes=52), "torvane", "overdue", "gx", "torvane-pad", shown=True),
        _Plan(ago(minutes=36), "zhiyuan", "overdue_claimed", "fj", "zhiyuan-milk", shown=True),
        _Plan(ago(minutes=21), "guman", "waiting_supplement", "gd", "guman-oil", shown=True),
        _Plan(ago(minutes=17), "tasuro", "partly", "fj", "tasuro-run", shown=True),
        _Plan(ago(minutes=12), "lanhe", "plain", "gx", "lanhe-53", "counterfeit", shown=True),
        _Plan(ago(minutes=5), "solvo", "claimed", "gz", "solvo-65w", shown=True),
        _Plan(ago(minutes=3), "lanhe", "open", "gx", "lanhe-53", shown=True),
    ]


def _on_duty(brand: str, moment: datetime) -> Duty | None:
    local = moment.astimezone(BEIJING)
    for duty in ROSTER:
        if duty.brand == brand and local.weekday() in duty.weekdays and duty.from_hour <= local.hour < duty.to_hour:
            return duty
    return None


def _may_answer(staff: str, brand: str, province: str) -> bool:
    """Whether an authorisation in force lets this person answer for the brand in that province."""
    return any(
        row.staff == staff
        and row.brand == brand
        and row.ends_in_days >= 0
        and (not row.territory or province in row.territory)
        for row in AUTHORISATIONS
    )


def _item(chance: random.Random, product: str, verdict: str, taken: datetime, shown: bool, *, blurred: bool) -> Item:
    genuine = verdict in _GENUINE_PACK and product in BOTH_FORMS
    photos: tuple[PhotoRef, ...] = ()
    if shown:
        shots = quick_set(product)
        photos = tuple(
            PhotoRef(
                product_code=product,
                shot_code=shot,
                genuine=genuine,
                seed=shot_seed(product, shot),
                spoilt="blur" if blurred and shot == _code_shot(product) else "",
                captured_at=taken - timedelta(seconds=14 * (len(shots) - place) + chance.randrange(9)),
            )
            for place, shot in enumerate(shots)
        )
    price = PRODUCTS[product].guide_price_yuan
    asked = price * (chance.uniform(0.82, 1.02) if genuine else chance.uniform(0.28, 0.6))
    return Item(
        product_code=product,
        quantity=chance.choice((1, 2, 6, 6, 12, 12, 24, 36, 60)),
        unit_zh=_UNIT_ZH[PRODUCTS[product].template],
        claimed_price_yuan=max(1, round(asked)),
        verdict=verdict,
        reasons=_reasons(product, verdict),
        photos=photos,
    )


def _reasons(product: str, verdict: str) -> tuple[str, ...]:
    if verdict != "counterfeit":
        return (_PLAIN_REASONS[verdict],) if verdict else ()
    template = PRODUCTS[product].template
    words = [FAULTS[template, shot][key][0] for shot in quick_set(product) for key in fault_keys(product, shot)]
    return tuple(words[:3])


def _play(plan: _Plan, number: int, seed: int, now: datetime) -> RequestStory:
    """Draw the times and hands of one request."""
    chance = random.Random(f"{seed}play{plan.sent_at.isoformat()}{plan.brand}{plan.shape}")
    province = plan.province or _pick(chance, _PROVINCE_WEIGHT)
    field_officers = [row for row in OFFICERS.values() if row.province == province and "officer" in row.roles]
    first = OFFICERS["chen"] if province == "gx" and plan.shown and plan.province else chance.choice(field_officers)
    second = chance.choice([row for row in field_officers if row is not first])
    shop = chance.choice([row for row in SHOPS.values() if row.province == province])
    duty = _on_duty(plan.brand, plan.sent_at)
    if duty is None:
        duty = next(row for row in ROSTER if row.brand == plan.brand)
        wait, work = _minutes(chance, 5.5, 0.6), _minutes(chance, 4.0, 0.4)
    else:
        wait, work = _minutes(chance, 1.0, 0.6), _minutes(chance, 2.3, 0.45)
    staff = duty.staff
    products = [plan.product or chance.choice([row.code for row in PRODUCTS.values() if row.brand_code == plan.brand])]
    if plan.shape in ("two_items", "partly"):
        products.append(
            next(row.code for row in PRODUCTS.values() if row.brand_code == plan.brand and row.code != products[0])
        )
    verdicts = [_verdict(chance, plan, product) for product in products]
    sent, by = plan.sent_at, first.code
    steps = [Step(at=sent, kind="sent", by=by)]

    def add(kind: str, minutes: float, who: str = "", text: str = "", item: int = -1) -> None:
        steps.append(Step(at=steps[-1].at + timedelta(minutes=minutes), kind=kind, by=who, text_zh=text, item=item))

    add("delivered", chance.uniform(0.02, 0.12))
    state = "answered"
    reasons = "；".join(_reasons(products[0], verdicts[0]))
    shape = plan.shape
    if shape == "open":
        state, verdicts = "sent", [""] * len(products)
        add("opened", 1.2, staff)
    elif shape == "overdue":
        state, verdicts = "sent", [""]
        add("reminded", 10)
        add("handed_over", 20, duty.substitute, f"{STAFF[staff].called}未接单，已转{STAFF[duty.substitute].called}。")
    elif shape == "no_answer":
        state, verdicts = "no_answer", [""]
        add("reminded", 10)
        add("handed_over", 20, duty.substitute)
        add("no_answer", 30, "", "值班人员均未接单。可先行登记保存，或上班后再次发送。")
    elif shape in ("claimed", "overdue_claimed"):
        state, verdicts = "claimed", [""]
        add("opened", 1.0, staff)
        add("claimed", 0.8, staff)
    elif shape == "waiting_supplement":
        state, verdicts = "waiting_supplement", [""]
        add("opened", 0.8, staff)
        add("claimed", 0.6, staff)
        add("supplement_asked", 2.1, staff, _RETAKE, 0)
    elif shape == "cancelled":
        state = "cancelled"
        add("opened", 6, staff)
        add("cancelled", 5, by, "当事人已当场承认，撤回申请。")
        add("claimed", 2, staff)
        add("answered", 3, staff, reasons)
    else:
        if shape in ("reminded", "handed_over"):
            add("reminded", 10)
            wait = _minutes(chance, 2.0, 0.4)
        if shape == "handed_over" and _may_answer(duty.substitute, plan.brand, province):
            add("handed_over", 20, duty.substitute)
            staff = duty.substitute
        add("opened", wait * 0.7, staff)
        add("claimed", wait * 0.3, staff)
        if shape == "retake":
            add("supplement_asked", work * 0.6, staff, _RETAKE, 0)
            add("photos_added", _minutes(chance, 3.0, 0.4), by, "", 0)
        if shape == "onsite":
            add("onsite_agreed", work * 0.8, staff, "约定次日上午 9:30 到场协助清点。")
        if shape == "partly":
            state, verdicts[1] = "partly_answered", ""
            add("partly_answered", work, staff, reasons, 0)
        else:
            add("answered", work, staff, reasons)
        if shape == "withdrawn":
            add("withdrawn", 41, staff, "复核发现比对样张为旧版标签，撤回原结论。", 0)
            add("superseded", 6, duty.substitute, _PLAIN_REASONS["genuine"], 0)
            verdicts[0] = "genuine"
    if steps[-1].at >= now:
        steps = [step for step in steps if step.at < now]
        state = _STATE_AFTER[steps[-1].kind]
        if state != "answered":
            verdicts = [""] * len(products)
    items = tuple(
        _item(chance, product, verdict, sent, plan.shown, blurred=shape == "waiting_supplement")
        for product, verdict in zip(products, verdicts, strict=True)
    )
    return RequestStory(
        code=f"R{number:05d}",
        province=province,
        unit=first.unit,
        officers=(first.code, second.code),
        shop=shop.code,
        division_code=shop.division_code,
        brand=plan.brand,
        state=state,
        question_zh=chance.choice(_QUESTIONS),
        items=items,
        steps=tuple(steps),
        due_at=sent + PROMISE,
        inspection=plan.inspection,
        shown=plan.shown,
    )


def _verdict(chance: random.Random, plan: _Plan, product: str) -> str:
    if plan.verdict:
        return plan.verdict
    verdict = _pick(chance, _VERDICTS)
    if plan.shown and verdict == "cannot_tell_need_sample":
        return "counterfeit"
    if verdict == "refilled_or_reassembled" and PRODUCTS[product].template != "baijiu":
        return "counterfeit"
    return verdict


def _minutes(chance: random.Random, median: float, spread: float) -> float:
    """Minutes of a log-normal wait: most near the median, a few long."""
    return median * math.exp(chance.gauss(0, spread))
