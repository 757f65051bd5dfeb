"""What the market regulation bureau of a division is called, where nobody has said otherwise.

Bureaux of provinces go by their own titles: 天津 has a 委员会, 宁夏 a 厅. A district is named after its city
(南宁市青秀区市场监督管理局), a county and a county-level city by itself (仁怀市市场监督管理局). In 深圳 the districts'
bureaux are branches of the city's.
"""

from __future__ import annotations

ENDING = "市场监督管理局"
_TITLES = {"120000": "天津市市场监督管理委员会", "640000": "宁夏回族自治区市场监督管理厅"}
_SPELT = (
    "11京12津13冀14晋15内21辽22吉23黑31沪32苏33浙34皖35闽36赣37鲁41豫"
    "42鄂43湘44粤45桂46琼50渝51川52黔53云54藏61陕62甘63青64宁65新66兵"
)
_WORDS = {_SPELT[place : place + 2]: _SPELT[place + 2] for place in range(0, len(_SPELT), 3)}
CORPS = "66"
"""The first two digits by which 新疆生产建设兵团 is known here; its cities have codes of 新疆 (6590xx)."""
CORPS_REF, CORPS_NAME = "660000", "新疆生产建设兵团"
WITHOUT = ("71", "81", "82")
"""Places without such a bureau: they are not in the directory."""
_SHENZHEN = "440300"
_NOT_OF_A_CITY = ("林区", "特区")


def prefix_of(division_code: str) -> str:
    """The two digits of the province that a division's bureau belongs to: that of the 兵团 for its cities."""
    return CORPS if division_code.startswith("6590") else division_code[:2]


def bureau_name(code: str, name: str, level: str, parent_code: str, parent_name: str) -> str:
    """The ordinary name of a division's bureau."""
    if level == "province":
        return _TITLES.get(code, name + ENDING)
    if level == "county" and parent_code == _SHENZHEN:
        return f"深圳市{ENDING}{name.removesuffix('区')}监管局"
    is_district = level == "county" and name.endswith("区") and (len(name) < 4 or name[-2:] not in _NOT_OF_A_CITY)
    if is_district and parent_name.endswith(("市", "区")):
        return f"{parent_name}{name}{ENDING}"
    return name + ENDING


def agency_word(code: str, level: str) -> str:
    """机关代字 of a province's bureau; others have their own, which only they know."""
    return f"{_WORDS[code[:2]]}市监" if level == "province" and code[:2] in _WORDS else ""
