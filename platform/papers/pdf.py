"""A paper as PDF, set by typst: some ten milliseconds once its typefaces have been read."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import segno
import typst

from papers.content import ROLE_WORDS, Printing, signer_words
from papers.fonts import families, fonts
from webui.signatures import picture

_TEMPLATE = Path(__file__).with_name("paper.typ")


@dataclass(frozen=True)
class Pdf:
    """The file, and how many pages it has."""

    data: bytes
    pages: int


def write(printing: Printing) -> Pdf:
    """Set a paper. The same printing makes the same bytes. Raises FontMissing."""
    compiler = typst.Compiler(_TEMPLATE, font_paths=fonts(), sys_inputs={"paper": json.dumps(_said(printing))})
    data = compiler.compile(format="pdf", timestamp=0)
    assert isinstance(data, bytes)
    pages = json.loads(compiler.query("<pages>", field="value", one=True))
    return Pdf(data, int(pages))


def qr_svg(text: str) -> bytes:
    """A QR code of the check code, for whoever scans the paper back."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1)
    return out.getvalue()


def _said(printing: Printing) -> dict[str, object]:
    content = printing.content.as_json()
    content.setdefault("letterhead", None)
    for block in content["blocks"]:
        if block["kind"] == "glass":
            block["png"] = list(picture(block.pop("strokes")))
    return {
        "content": content,
        "check_code": printing.check_code,
        "version": printing.version,
        "watermark": printing.watermark,
        "fonts": families(),
        "roles": [signer_words(each) for each in printing.content.signers],
        "short": [each.name or ROLE_WORDS[each.role] for each in printing.content.signers],
        "qr": list(qr_svg(printing.check_code)),
        "marks": [
            {"place": each.place, "page": each.page, "png": list(each.png), "at": each.at} for each in printing.marks
        ],
        "absences": list(printing.absences),
    }
