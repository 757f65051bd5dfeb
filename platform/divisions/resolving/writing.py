"""Text as it comes: traditional characters, marks within names, pinyin."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final

_APART: Final = re.compile(r"(?<![一-鿿])[一-鿿](?:[ \u3000.·・,，、/_\-—|]{1,2}[一-鿿](?![一-鿿])){2,}")
_MARKS: Final = frozenset(" \u3000.·・,，、/_-—|")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
LATIN: Final = re.compile(r"[A-Za-z\uff21-\uff3a\uff41-\uff5a]{2,}")
HAN: Final = re.compile(r"[一-鿿]")
_SLIPS: Final = str.maketrans(
    {
        "巿": "市",
        "卅": "州",
        "洲": "州",
        "囗": "口",
        "曰": "日",
        "亰": "京",
        "閩": "闽",
        "柬": "东",
        "栁": "柳",
        "甯": "宁",
    }
)


class Simplifier:
    """Traditional characters one by one, except those that stand in a name of today: 乾县 keeps its 乾."""

    def __init__(self, keep: frozenset[str]) -> None:
        table = {}
        lines = (resources.files("opencc") / "dictionary" / "TSCharacters.txt").read_text("utf-8").splitlines()
        for line in lines:
            traditional, _, simple = line.partition("\t")
            if len(traditional) == 1 and traditional not in keep and simple:
                table[ord(traditional)] = simple.split(" ")[0]
        table[ord("臺")] = "台"
        self.table = table
        self.unneeded = frozenset(map(chr, table)).isdisjoint

    def __call__(self, text: str) -> str:
        return text if self.unneeded(text) else text.translate(self.table)


def closed_up(text: str) -> tuple[str, list[int] | None]:
    """The text with marks taken out from between single characters, 广-西 南-宁, and where each character stood."""
    drop: set[int] = {match.start() for match in _INVISIBLE.finditer(text)}
    for match in _APART.finditer(text):
        drop.update(at for at in range(match.start(), match.end()) if text[at] in _MARKS)
    if not drop:
        return text, None
    kept = [at for at in range(len(text)) if at not in drop]
    return "".join(text[at] for at in kept), kept


def without_slips(text: str) -> str:
    """Characters a reading machine or a hurried hand mistakes, put right."""
    return text.translate(_SLIPS)


@cache
def _syllables(word: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(word, style=Style.NORMAL, v_to_u=False))


_ENDING: Final = {"省": "sheng", "市": "shi", "县": "xian", "区": "qu", "州": "zhou", "旗": "qi", "盟": "meng"}
_ODD: Final = {
    "陕西": "shaanxi", "内蒙古": "neimenggu", "重庆": "chongqing", "厦门": "xiamen", "六安": "luan",
    "蚌埠": "bengbu", "乐清": "yueqing", "长春": "changchun", "长沙": "changsha", "台州": "taizhou",
    "丽水": "lishui", "歙县": "shexian", "大埔": "dabu", "番禺": "panyu", "东莞": "dongguan", "单县": "shanxian",
    "莘县": "shenxian", "亳州": "bozhou", "浚县": "xunxian", "铅山": "yanshan", "弋阳": "yiyang", "涪陵": "fuling",
    "綦江": "qijiang", "渑池": "mianchi",
}  # fmt: skip


def pinyin_of(name: str) -> list[str]:
    """How a place's name is written in Latin letters, without blanks."""
    forms = [_syllables(name)]
    for head, spelt in _ODD.items():
        if name.startswith(head):
            forms.append(spelt + _syllables(name[len(head) :]) if len(name) > len(head) else spelt)
    return forms
