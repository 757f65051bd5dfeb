"""The invented brands and their products; what their trades ask to see is in `trades`.

Names were checked against `brands.csv` and are no marks known to the writers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .codes import gtin13
from .trades import CHECKS, FAULTS, SHOTS, Shot


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """One thing an appraiser looks at. `shot_code` says on which photo; a `secret` one never leaves the brand."""

    code: str
    shot_code: str
    text_zh: str
    text_en: str
    secret: bool = False


@dataclass(frozen=True, kw_only=True)
class Brand:
    """An invented mark. `seat` is a division code; `latin` is printed beside the Chinese name."""

    code: str
    name_zh: str
    latin: str
    owner_zh: str
    owner_en: str
    trade: str
    category_zh: str
    nice_class: int
    trademark_reg_no: str
    seat: str


@dataclass(frozen=True, kw_only=True)
class Product:
    """One product line. Prices in yuan. `look` feeds the drawing: palette and the words on the pack."""

    code: str
    brand_code: str
    name_zh: str
    name_en: str
    spec: str
    gtin: str
    guide_price_yuan: int
    look: Mapping[str, str]
    variant: int

    @property
    def brand(self) -> Brand:
        return BRANDS.get(self.brand_code) or OUTSIDERS[self.brand_code]

    @property
    def template(self) -> str:
        """The shot template, named as in `shot_templates.csv`."""
        return self.brand.trade


def _brand(code: str, names: str, owners: str, trade: str, category: str, nice: int, reg: str, seat: str) -> Brand:
    name_zh, latin = names.split("|")
    owner_zh, owner_en = owners.split("|")
    return Brand(
        code=code,
        name_zh=name_zh,
        latin=latin,
        owner_zh=owner_zh,
        owner_en=owner_en,
        trade=trade,
        category_zh=category,
        nice_class=nice,
        trademark_reg_no=reg,
        seat=seat,
    )


BRANDS: Mapping[str, Brand] = MappingProxyType(
    {
        brand.code: brand
        for brand in (
            _brand(
                "lanhe",
                "岚壑春|LANHECHUN",
                "岚壑春酒业（演示）有限公司|Lanhechun Spirits (Demo) Co., Ltd.",
                "baijiu",
                "白酒",
                33,
                "99900133",
                "520382",
            ),
            _brand(
                "guman",
                "谷满汀|GUMANTING",
                "谷满汀粮油食品（演示）有限公司|Gumanting Foods (Demo) Co., Ltd.",
                "food",
                "食品",
                30,
                "99900230",
                "450107",
            ),
            _brand(
                "zhiyuan",
                "芷沅棠|ZHIVENNE",
                "芷沅棠生物科技（演示）有限公司|Zhivenne Biotech (Demo) Co., Ltd.",
                "cosmetics",
                "化妆品",
                3,
                "99900303",
                "440106",
            ),
            _brand(
                "torvane",
                "砺驷|TORVANE",
                "砺驷汽车零部件（演示）有限公司|Torvane Auto Parts (Demo) Co., Ltd.",
                "auto_parts",
                "汽配/润滑油",
                12,
                "99900412",
                "440111",
            ),
            _brand(
                "tasuro",
                "踏朔|TASURO",
                "踏朔体育用品（演示）有限公司|Tasuro Sports (Demo) Co., Ltd.",
                "shoes",
                "运动鞋",
                25,
                "99900525",
                "350582",
            ),
            _brand(
                "solvo",
                "烁沃|solvo",
                "烁沃光电科技（演示）有限公司|Solvo Optoelectronics (Demo) Co., Ltd.",
                "electronics",
                "电子产品/配件",
                9,
                "99900609",
                "350203",
            ),
            _brand(
                "yunxiu",
                "云岫山房|YUNXIU",
                "云岫山房食品（演示）有限公司|Yunxiu Foods (Demo) Co., Ltd.",
                "food",
                "食品",
                30,
                "99900730",
                "520102",
            ),
            _brand(
                "shitang",
                "石棠|SHITANG",
                "石棠日化（演示）有限公司|Shitang Household (Demo) Co., Ltd.",
                "cosmetics",
                "化妆品",
                3,
                "99900803",
                "440606",
            ),
        )
    }
)
NEWCOMERS = frozenset({"yunxiu", "shitang"})
"""Brands that joined lately: they answer, but nobody asked them in the weeks told, and they keep no pictures yet."""


def _outsider(code: str, names: str, trade: str, category: str) -> Brand:
    return _brand(code, names, "|", trade, category, 0, "", "")


OUTSIDERS: Mapping[str, Brand] = MappingProxyType(
    {
        brand.code: brand
        for brand in (
            _outsider("xingmu", "杏沐|XINGMU", "cosmetics", "化妆品"),
            _outsider("qingxi", "清溪|QINGXI", "food", "食品"),
            _outsider("yuanshan", "远山|YUANSHAN", "food", "食品"),
        )
    }
)
"""Marks whose owners do not take part: their goods are found in shops, and nobody answers for them."""


def _product(number: int, brand: str, code: str, names: str, spec: str, price: int, **look: str) -> Product:
    name_zh, name_en = names.split("|")
    return Product(
        code=code,
        brand_code=brand,
        name_zh=name_zh,
        name_en=name_en,
        spec=spec,
        gtin=gtin13(f"29{990000000 + number * 17:09d}0"),
        guide_price_yuan=price,
        look=MappingProxyType(look),
        variant=number % 2,
    )


PRODUCTS: Mapping[str, Product] = MappingProxyType(
    {
        product.code: product
        for product in (
            _product(
                1,
                "lanhe",
                "lanhe-53",
                "岚壑春 青坛 53度|Lanhechun Green Jar 53%",
                "500ml",
                698,
                glass="#e9ecec",
                paper="#f6efe0",
                ink="#8a1f22",
                accent="#b58a3c",
                cap="#8f1d22",
                line="青坛",
                degree="53%vol",
            ),
            _product(
                2,
                "lanhe",
                "lanhe-42",
                "岚壑春 云藏 42度|Lanhechun Cloud Reserve 42%",
                "500ml",
                328,
                glass="#2d4f78",
                paper="#eef1f3",
                ink="#1d3557",
                accent="#9a8248",
                cap="#c9a24a",
                line="云藏",
                degree="42%vol",
            ),
            _product(
                3,
                "guman",
                "guman-soy",
                "谷满汀 头道原酿酱油|Gumanting First Press Soy Sauce",
                "500mL",
                19,
                glass="#2a1410",
                paper="#a3221d",
                ink="#ffffff",
                accent="#f2c14e",
                cap="#c5221f",
                line="头道原酿酱油",
                kind="soy",
            ),
            _product(
                4,
                "guman",
                "guman-oil",
                "谷满汀 压榨花生油|Gumanting Pressed Peanut Oil",
                "5L",
                139,
                glass="#e0a526",
                paper="#c8102e",
                ink="#ffffff",
                accent="#ffe08a",
                cap="#c8102e",
                line="压榨一级花生油",
                kind="oil",
            ),
            _product(
                5,
                "zhiyuan",
                "zhiyuan-milk",
                "芷沅棠 焕润精华乳|Zhivenne Renewing Lotion",
                "50mL",
                389,
                glass="#e4d7d0",
                paper="#f8e6dc",
                ink="#5c4740",
                accent="#b48a66",
                cap="#c7a98f",
                line="焕润精华乳",
                latin="RENEWING ESSENCE LOTION",
            ),
            _product(
                6,
                "zhiyuan",
                "zhiyuan-sun",
                "芷沅棠 清透防晒乳|Zhivenne Sheer Sun Lotion",
                "50mL",
                219,
                glass="#cfdfe6",
                paper="#deeff5",
                ink="#27485a",
                accent="#8fa6ae",
                cap="#eef3f5",
                line="清透防晒乳",
                latin="SHEER SUN LOTION SPF50",
            ),
            _product(
                7,
                "torvane",
                "torvane-pad",
                "砺驷 陶瓷刹车片 前轮|Torvane Ceramic Brake Pads, front",
                "4片/套",
                268,
                paper="#17191c",
                ink="#ffffff",
                accent="#f5c400",
                partno="TV-D1207-KR",
                line="陶瓷刹车片",
                kind="pad",
            ),
            _product(
                8,
                "torvane",
                "torvane-pad-rear",
                "砺驷 静音刹车片 后轮|Torvane Quiet Brake Pads, rear",
                "4片/套",
                198,
                paper="#0f2740",
                ink="#ffffff",
                accent="#f5a800",
                partno="TV-D2316-QR",
                line="静音刹车片",
                kind="pad",
            ),
            _product(
                9,
                "tasuro",
                "tasuro-run",
                "踏朔 追云 2 跑鞋|Tasuro Cloudchase 2",
                "265mm",
                459,
                paper="#f3f4f5",
                ink="#14181d",
                accent="#ff5a1f",
                upper="#e9ecef",
                sole="#ffffff",
                article="TS24107-03",
                colour="MIST WHITE",
                line="追云2",
            ),
            _product(
                10,
                "tasuro",
                "tasuro-trail",
                "踏朔 石径 越野跑鞋|Tasuro Stonepath Trail",
                "270mm",
                529,
                paper="#20262b",
                ink="#f4f6f7",
                accent="#3fbf7f",
                upper="#3c474d",
                sole="#e8e2d2",
                article="TS24215-11",
                colour="PINE GREY",
                line="石径",
            ),
            _product(
                11,
                "solvo",
                "solvo-65w",
                "烁沃 65W 氮化镓充电器|Solvo 65W GaN Charger",
                "65W",
                129,
                paper="#f7f8fa",
                ink="#16202c",
                accent="#1f6feb",
                line="氮化镓充电器",
                claim="65W",
                model="SV-G65C2",
                kind="charger",
            ),
            _product(
                12,
                "solvo",
                "solvo-bulb",
                "烁沃 LED 球泡灯 9W|Solvo LED Bulb 9W",
                "9W E27",
                16,
                paper="#fdfaf2",
                ink="#20242a",
                accent="#f08c00",
                line="LED 球泡灯",
                claim="9W",
                model="SV-B09E",
                kind="bulb",
            ),
            _product(
                13,
                "yunxiu",
                "yunxiu-vinegar",
                "云岫山房 三年陈醋|Yunxiu Three-year Vinegar",
                "500mL",
                26,
                glass="#1c120d",
                paper="#24443a",
                ink="#ffffff",
                accent="#d9b45b",
                cap="#24443a",
                line="三年陈醋",
                kind="soy",
            ),
            _product(
                14,
                "shitang",
                "shitang-hand",
                "石棠 山茶护手乳|Shitang Camellia Hand Lotion",
                "75mL",
                59,
                glass="#efe3e6",
                paper="#f7e9ec",
                ink="#7a2f45",
                accent="#b9788a",
                cap="#e9cfd6",
                line="山茶护手乳",
                latin="CAMELLIA HAND LOTION",
            ),
        )
    }
)
FOUND_GOODS: Mapping[str, Product] = MappingProxyType(
    {
        product.code: product
        for product in (
            _product(
                21,
                "xingmu",
                "xingmu-wash",
                "杏沐 柔顺洗发乳|Xingmu Smooth Shampoo",
                "400mL",
                39,
                glass="#f3e2c4",
                paper="#f6ead2",
                ink="#8a5a1d",
                accent="#d79b3f",
                cap="#e7c98f",
                line="柔顺洗发乳",
                latin="SMOOTH SHAMPOO",
            ),
            _product(
                22,
                "qingxi",
                "qingxi-wine",
                "清溪 农家米酒|Qingxi Rice Wine",
                "500mL",
                45,
                glass="#dfe6d8",
                paper="#3f6b52",
                ink="#ffffff",
                accent="#d8e3a4",
                cap="#3f6b52",
                line="农家米酒",
                kind="soy",
            ),
            _product(
                23,
                "yuanshan",
                "yuanshan-oil",
                "远山 山茶籽油|Yuanshan Camellia Oil",
                "5L",
                168,
                glass="#d3b04a",
                paper="#2f4f2b",
                ink="#ffffff",
                accent="#e8d58a",
                cap="#2f4f2b",
                line="山茶籽油",
                kind="oil",
            ),
        )
    }
)
"""Goods of outsiders, as an officer's camera sees them; no catalogue lists them."""


def goods(code: str) -> Product:
    """A product of the story, listed or only found."""
    return PRODUCTS.get(code) or FOUND_GOODS[code]


def shots(product_code: str) -> tuple[Shot, ...]:
    """The product's shot list in order."""
    return SHOTS[goods(product_code).template]


def quick_set(product_code: str) -> tuple[str, ...]:
    """Codes of the three or four shots asked first."""
    return tuple(shot.code for shot in shots(product_code) if shot.quick)


def full_set(product_code: str) -> tuple[str, ...]:
    """Codes of the shots needed for a formal opinion."""
    return tuple(shot.code for shot in shots(product_code) if shot.required)


def checkpoints(product_code: str) -> tuple[Checkpoint, ...]:
    """What the brand's appraisers look at, in order."""
    product = PRODUCTS[product_code]
    return tuple(
        Checkpoint(
            code=f"{product.code}-{place:02d}",
            shot_code=shot_code,
            text_zh=words.split("|")[0],
            text_en=words.split("|")[1],
            secret=secret,
        )
        for place, (shot_code, words, secret) in enumerate(CHECKS[product.template], start=1)
    )


def fault_keys(product_code: str, shot_code: str) -> tuple[str, ...]:
    """Which of the trade's faults this product's fake shows on one shot: two of three, so that fakes differ."""
    product = goods(product_code)
    keys = tuple(FAULTS.get((product.template, shot_code), {}))
    return keys if len(keys) < 3 else keys[1:] if product.variant == 0 else keys[:2]
