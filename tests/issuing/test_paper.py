"""The paper: PDF/A-3 on A4 with its facts inside, in two languages, whatever is written on it."""

from __future__ import annotations

import io
import json
import re
import zlib
from dataclasses import replace
from uuid import UUID

import typst
from django.utils import translation
from harness import signed
from pyhanko.pdf_utils.reader import PdfFileReader

from appraisal.issuing import paper
from appraisal.issuing.facts import AnnexFacts, AnnexItem, Finding
from appraisal.issuing.paper import typesetting
from papers import fonts

RARE = "𠮷䶮𪚥"


def pages(pdf):
    return int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"])


def attached(pdf):
    """Name, relationship and content of each file in the PDF."""
    root = PdfFileReader(io.BytesIO(pdf)).root
    found = {}
    for entry in root["/AF"]:
        spec = entry.get_object()
        found[str(spec["/UF"])] = (str(spec["/AFRelationship"]), spec["/EF"]["/F"].data)
    return found


def text_of(pdf):
    """All that can be copied out of the file: by each typeface's table of what its glyphs mean."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            data = zlib.decompress(stream.strip(b"\r\n"))
        except zlib.error:
            continue
        if b"beginbfchar" in data or b"beginbfrange" in data:
            for code in re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]+)>", data):
                found.append(bytes.fromhex(code.decode()).decode("utf-16-be"))
    return "".join(found)


def test_a_letter_is_pdf_a_3_on_a4_with_its_facts_attached_and_the_same_facts_are_the_same_bytes():
    facts = signed.facts()
    pdf = paper.typeset(facts)
    assert paper.typeset(facts) == pdf
    metadata = PdfFileReader(io.BytesIO(pdf)).root["/Metadata"].data.decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata and "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    box = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"][0]["/MediaBox"]
    assert [round(float(each)) for each in box] == [0, 0, 595, 842]
    relation, data = attached(pdf)["opinion.json"]
    assert relation == "/Data" and data == facts.to_json()
    signed_pdf = paper.sign(pdf, signed.credential(), signed.HOUSE)
    assert paper.verify(signed_pdf).sound
    assert attached(signed_pdf)["opinion.json"][1] == facts.to_json()
    assert "<pdfaid:part>3</pdfaid:part>" in PdfFileReader(io.BytesIO(signed_pdf)).root["/Metadata"].data.decode()


def test_what_stands_on_the_paper_follows_the_facts_and_not_the_language_of_whoever_makes_it():
    facts = signed.facts(supersedes_no="岚河辨〔2026〕12号", version_no=2)
    said = typesetting.wording.letter(facts)
    with translation.override("en"):
        assert typesetting.wording.letter(facts) == said
    chinese, english = (json.dumps(page, ensure_ascii=False) for page in said)
    for words in ("辨认意见书", "假冒", "1499.00 元／瓶", "不是鉴定机构的鉴定意见", "岚河辨〔2026〕12号", "（公章）"):
        assert words in chinese
    for words in (
        "Identification opinion letter",
        "Counterfeit",
        "1499.00 yuan",
        "not an expert opinion",
        "2026-11-20",
    ):
        assert words in english or words == "2026-11-20"
    assert re.search(r"[\u4e00-\u9fff]{4}", re.sub("|".join(names(facts)), "", english)) is None, "not put in English"
    ungraded = "只给机关看的特征"
    assert ungraded not in chinese + english


def names(facts):
    """What stays in Chinese on the English pages: names, numbers, and what people wrote."""
    kept = {facts.holder.name, facts.holder.address, facts.commission.unit_name, facts.commission.notice_no}
    kept |= {facts.number, facts.supersedes_no, "广西壮族自治区", "岚河特曲 53度", "年度价目表", "岚授〔2026〕3号"}
    return [re.escape(each) for each in sorted(filter(None, kept), key=len, reverse=True)]


def test_rare_characters_are_drawn_and_none_becomes_an_empty_box():
    """PDF/A refuses a glyph that is missing; what no typeface has is printed by its number."""
    holder = replace(signed.facts().holder, name=f"{RARE}酒业有限公司")
    pdf = paper.typeset(signed.facts(holder=holder))
    text = text_of(pdf)
    assert "䶮" in text
    for sign in RARE:
        assert sign in text or f"U+{ord(sign):04X}"[2:] in "".join(sorted(text)) or "〔" in text
    assert json.loads(attached(pdf)["opinion.json"][1])["holder"]["name"] == holder.name
    drawn = fonts.drawable("\U000e0fff某", lambda _faces, words: words.encode())
    assert drawn.decode().endswith("某")


def test_a_character_that_nothing_can_draw_stands_by_its_number():
    def draw(_faces, words):
        if "\U0002ebef" in words:
            raise typst.TypstError('PDF/A-3b error: the text `"\U0002ebef"` could not be displayed')
        return words.encode()

    assert fonts.drawable("某\U0002ebef", draw).decode() == "某〔U+2EBEF〕"


def test_sixty_items_and_long_features_run_over_pages_under_their_heads():
    long = Finding(feature="喷码", genuine="字" * 1500, sample="样" * 3000, difference="异" * 200)
    items = tuple(
        signed.item(number, findings=(long,) if number == 7 else signed.item().findings) for number in range(1, 61)
    )
    pdf = paper.typeset(signed.facts(items=items))
    assert pages(pdf) > 12
    assert len(json.loads(attached(pdf)["opinion.json"][1])["items"]) == 60


def test_signs_that_turn_a_line_around_are_not_printed_and_stay_in_the_facts():
    facts = signed.facts(remarks='甲\u202e乙\u200b\x07丙 #eval("1") $x$ *粗*')
    said = json.dumps(typesetting._printable(typesetting.wording.letter(facts)), ensure_ascii=False)
    assert "甲乙丙 #eval" in said
    assert json.loads(attached(paper.typeset(facts))["opinion.json"][1])["remarks"] == facts.remarks


def test_the_annex_is_a_paper_of_its_own_with_its_own_facts():
    annex = AnnexFacts(
        letter_id=UUID(int=9), number="岚河辨〔2026〕15号", version_no=1, issued_on=signed.facts().issued_on,
        holder_name=signed.HOUSE.name,
        items=(AnnexItem(position=1, name="岚河特曲", findings=signed.item().findings),),
    )  # fmt: skip
    pdf = paper.typeset_annex(annex)
    assert pages(pdf) == 1
    assert attached(pdf)["annex.json"][1] == annex.to_json()
