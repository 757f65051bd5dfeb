"""The forms under which one place is written: in full, shortened, by the word it ended with before."""

from __future__ import annotations

import re

_PEOPLES = (
    "蒙古族|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|"
    "傣族|黎族|傈僳族|佤族|畲族|高山族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族|柯尔克孜|土族|达斡尔族|"
    "仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|阿昌族|普米族|塔吉克族|塔吉克|怒族|乌孜别克族|"
    "俄罗斯族|鄂温克族|德昂族|保安族|裕固族|京族|塔塔尔族|独龙族|鄂伦春族|鄂伦春|赫哲族|门巴族|珞巴族|基诺族|"
    "蒙古|各族"
)
_SELF_GOVERNING = re.compile(rf"(?P<stem>.+?)(?:{_PEOPLES})*自治(?P<kind>县|旗|州)$")
_PEOPLE_TOWNSHIP = re.compile(rf"(?P<stem>.{{2,}}?)(?:{_PEOPLES})+乡$")
_PROVINCE_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
_NO_STEM = frozenset({"城区", "郊区", "矿区", "新区", "市区"})

PROVINCE_LETTERS = {
    "京": "110000", "津": "120000", "冀": "130000", "晋": "140000", "蒙": "150000", "辽": "210000", "吉": "220000",
    "黑": "230000", "沪": "310000", "申": "310000", "苏": "320000", "浙": "330000", "皖": "340000", "闽": "350000",
    "赣": "360000", "鲁": "370000", "豫": "410000", "鄂": "420000", "湘": "430000", "粤": "440000", "桂": "450000",
    "琼": "460000", "渝": "500000", "川": "510000", "蜀": "510000", "黔": "520000", "贵": "520000", "滇": "530000",
    "云": "530000", "藏": "540000", "陕": "610000", "秦": "610000", "甘": "620000", "陇": "620000", "青": "630000",
    "宁": "640000", "新": "650000", "台": "710000", "港": "810000", "澳": "820000",
}  # fmt: skip

ROAD_ENDINGS = ("路", "街", "道", "巷")
TOWNSHIP_ENDINGS = ("街道办事处", "地区办事处", "民族乡", "街道", "苏木", "镇", "乡")


def province_forms(name: str) -> tuple[str, list[str]]:
    """The short form of a province and what else is used: 广西, [广西省, 广西自治区, 广西区]."""
    stem = next((name.removesuffix(ending) for ending in _PROVINCE_ENDINGS if name.endswith(ending)), name)
    if name.endswith("自治区"):
        return stem, [f"{stem}自治区", f"{stem}区", f"{stem}省", *(["内蒙"] if stem == "内蒙古" else [])]
    return stem, []


def prefecture_forms(name: str) -> tuple[str, list[str]]:
    """The short form of a prefecture and what else is used: 恩施, [恩施州, 恩施地区]."""
    if match := _SELF_GOVERNING.fullmatch(name):
        stem = match["stem"]
        return stem, [f"{stem}州", f"{stem}自治州", f"{stem}地区"]
    if name.endswith("地区"):
        return name.removesuffix("地区"), []
    return name[:-1], [f"{name[:-1]}地区"]


def county_forms(name: str) -> tuple[str, list[str], list[str]]:
    """Short form (empty if too short), other full forms, and full forms with the ending it may have had before."""
    if match := _SELF_GOVERNING.fullmatch(name):
        stem, kind = match["stem"], match["kind"]
        return stem, [f"{stem}{kind}", f"{stem}自治{kind}"], []
    if name in _NO_STEM:
        return "", [], []
    stem = name.removesuffix("新区") if name.endswith("新区") and len(name) > len("新城区") else name[:-1]
    if len(stem) < 2:
        return "", [], []
    other = [f"{stem}区"] if name.endswith("新区") and name != f"{stem}区" else []
    before = [stem + ending for ending in "县市区" if stem + ending != name]
    if name.endswith("市"):
        before.append(f"{stem}镇")
    elif name.endswith("区") and not name.endswith("新区"):
        before.append(f"{stem}新区")
    return stem, other, [] if stem.startswith("市") else before


def township_forms(name: str) -> tuple[str, list[str], str]:
    """Short form (empty if none is safe), full forms it may have had before, and the `X街` of an `X街道`."""
    other: list[str] = []
    if match := _PEOPLE_TOWNSHIP.fullmatch(name):
        stem = match["stem"]
        other = [f"{stem}乡", f"{stem}镇"]
        return stem, other, ""
    ending = next((ending for ending in TOWNSHIP_ENDINGS if name.endswith(ending)), "")
    stem = name.removesuffix(ending)
    if not ending or not stem:
        return "", [], ""
    street = ""
    if ending == "街道":
        other = [f"{stem}镇", f"{stem}乡"]
        street = f"{stem}街" if len(stem) >= 2 and not stem.endswith(ROAD_ENDINGS) else ""
    elif ending == "镇":
        other = [f"{stem}乡", f"{stem}街道"]
    elif ending == "乡":
        other = [f"{stem}镇"]
    if len(stem) < 2:
        return "", [], ""
    return ("" if stem.endswith(ROAD_ENDINGS) else stem), other, street


def zone_forms(name: str) -> list[str]:
    """How a development zone is called for short: 南宁经济技术开发区 is 南宁经开区, 南宁开发区, 南宁市经开区."""
    forms = {name}
    if match := re.fullmatch(r"(.{2,3})市(.+)", name):
        forms.add(match[2])
        forms.add(match[1] + match[2])
    for long, shorts in (
        ("国家高新技术产业开发区", ("高新区", "高新技术开发区", "高新技术产业开发区", "国家高新区")),
        ("高新技术产业开发区", ("高新区", "高新技术开发区", "高新技术产业园区", "国家高新区", "高新开发区")),
        ("高技术产业开发区", ("高新区", "高技术区", "高区")),
        ("高新技术产业园区", ("高新区", "高新园区")),
        ("高新区", ("高新技术产业开发区", "高新技术开发区", "高新开发区")),
        ("经济技术开发区", ("经开区", "经济开发区", "开发区", "经济技术开发区")),
        ("经济开发区", ("经开区", "开发区", "经济技术开发区")),
        ("高科技园区", ("高科", "高科技园", "科技园")),
        ("工业园区", ("工业园", "园区")),
        ("综合实验区", ("实验区",)),
        ("经济综合实验区", ("", "区", "实验区", "综合实验区")),
    ):
        if name.endswith(long):
            forms.update(name.removesuffix(long) + short for short in shorts)
    for form in list(forms):
        for ending in ("经开区", "经济开发区", "经济技术开发区", "开发区", "高新区", "高新技术产业开发区"):
            stem = form.removesuffix(ending)
            if form.endswith(ending) and len(stem) in (2, 3) and not stem.endswith(("新", "区")):
                forms.add(f"{stem}市{ending}")
    return sorted(form for form in forms if len(form) >= 2)
