"""The people of the sample story: provinces, units, officers, organisations and their staff, shops.

Every name, number and telephone is invented; telephones lie in 199 0000 xxxx. Division codes are real. Days and hours
of work are those of Beijing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from types import MappingProxyType

from .catalogue import BRANDS
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
    """Someone who signs in at a province. `roles`: officer, dispatcher, head, leader, bureau_admin,
    security_admin, audit_admin."""

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
    """A brand enterprise, trade association, agency or e-commerce platform with an account of the shared layer.

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


# The common superior has a seat of its own. It is no province: nothing of the main job happens there.
SUPERIOR = Province(
    code="samr",
    title="国家市场监督管理总局（演示）",
    short="总局",
    division_code="000000",
    document_prefix="国市监",
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
meng|gx|蒙知事|蒙科|线索受理员|dispatcher
yao|gd|姚明理|姚科|线索受理员|dispatcher
qin|gx|秦安民|秦管理员|安全管理员|security_admin
jing|gx|荆守正|荆管理员|审计管理员|audit_admin
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


SUPERIOR_STAFF: Mapping[str, Officer] = MappingProxyType(
    {
        code: Officer(
            code=code,
            province=SUPERIOR.code,
            unit=SUPERIOR.code,
            name=name,
            called=called,
            post=post,
            phone=f"199000003{number:02d}",
            officer_cert_no="",
            roles=tuple(roles.split(",")),
        )
        for number, (code, name, called, post, roles) in enumerate(
            (("guo", "郭振衡", "郭司长", "司长", "leader"), ("ren", "任思远", "任处", "处长", "dispatcher")), start=1
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
            _party(15, "mall", "platform", "示例商城（演示）有限公司", "Sample Mall (Demo) Co., Ltd.", "330100"),
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
yan|yunxiu|颜修远|颜工|appraiser,enterprise_admin
shi|shitang|石亦安|石工|appraiser,enterprise_admin
luo-m|mall|罗平台|罗经理|platform_admin,platform_staff
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
    Enrolment(
        party="mall",
        state="approved",
        applied_days_ago=20,
        decided_days_ago=18,
        documents=("营业执照", "电子商务平台备案证明"),
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
    _authorised(14, "yan", "yunxiu", 21, 344),
    _authorised(15, "shi", "shitang", 20, 345),
    # Of rights staff: by it they report to bureaux.
    _authorised(16, "tang-l", "lanhe", 150, 215),
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
    *(
        Duty(brand="yunxiu", weekdays=_WEEK, from_hour=at, to_hour=at + 12, staff="yan", substitute="yan")
        for at in (0, 12)
    ),
    *(
        Duty(brand="shitang", weekdays=_WEEK, from_hour=at, to_hour=at + 12, staff="shi", substitute="shi")
        for at in (0, 12)
    ),
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
