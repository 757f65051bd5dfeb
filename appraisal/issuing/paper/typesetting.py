"""A letter's facts as a PDF/A-3 on A4, with the same facts attached as JSON. The same facts make the same bytes."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime, time
from pathlib import Path
from typing import Any

import segno
import typst

from appraisal.issuing.facts import AnnexFacts, LetterFacts
from appraisal.issuing.paper import wording
from kernel import clock
from papers import fonts

_TEMPLATE = Path(__file__).with_name("letter.typ")
STANDARD = "a-3b"
FACTS_NAME, ANNEX_NAME = "opinion.json", "annex.json"
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


def typeset(facts: LetterFacts) -> bytes:
    """The letter in Chinese, and the same from its codes in English. Raises FontMissing."""
    said = {
        "title": f"辨认意见书 {facts.number}",
        "author": facts.holder.name,
        "description": wording.DESCRIPTION,
        "notice": wording.DEMONSTRATION if facts.demonstration else "",
        "foot": f"{facts.number}　校验码 {facts.check_code}",
        "foot_right": facts.check_url.partition("?")[0]
        .partition("#")[0]
        .removeprefix("https://")
        .removeprefix("http://"),
        "qr": _qr(facts.check_url),
        "attachment": {"name": FACTS_NAME, "description": "本意见书所载事实（JSON）"},
        "pages": wording.letter(facts),
    }
    return _set(said, facts.to_json(), facts.issued_on)


def typeset_annex(annex: AnnexFacts, *, check_url: str = "", demonstration: bool = False) -> bytes:
    """The sealed annex, a paper of its own: for the bureau only."""
    said = {
        "title": f"密封附件 {annex.number}",
        "author": annex.holder_name,
        "description": wording.ANNEX_DESCRIPTION,
        "notice": wording.DEMONSTRATION if demonstration else "",
        "foot": f"{annex.number}　密封附件",
        "foot_right": "仅供行政机关内部使用",
        "qr": _qr(check_url or annex.number),
        "attachment": {"name": ANNEX_NAME, "description": "本附件所载特征（JSON）"},
        "pages": wording.annex(annex),
    }
    return _set(said, annex.to_json(), annex.issued_on)


def _set(said: dict[str, Any], facts: bytes, day: Any) -> bytes:
    text = json.dumps(_printable(said), ensure_ascii=False)
    attached = facts.decode()
    moment = datetime.combine(day, time(12), clock.SHANGHAI)

    def draw(faces: typst.Fonts, words: str) -> bytes:
        placed = {**json.loads(words), "fonts": fonts.families()}
        compiler = typst.Compiler(
            _TEMPLATE, font_paths=faces, sys_inputs={"said": json.dumps(placed), "facts": attached}
        )
        data = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=int(moment.timestamp()))
        assert isinstance(data, bytes)
        return data

    return fonts.drawable(text, draw)


def _printable(said: Any) -> Any:
    """Without characters that show nothing or turn the line around; what is attached keeps them."""
    if isinstance(said, str):
        return _CONTROLS.sub("", said.replace("\r\n", "\n").replace("\t", " "))
    if isinstance(said, dict):
        return {key: _printable(item) for key, item in said.items()}
    if isinstance(said, list | tuple):
        return [_printable(item) for item in said]
    return said


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1)
    return out.getvalue().decode()
