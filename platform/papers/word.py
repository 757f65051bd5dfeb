"""A paper as Word, filled by docxtpl. The template is made here in code, so that nothing binary is kept."""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache
from typing import Any

import segno

from kernel.late import Late
from papers.content import Block, Break, Facts, Glass, Printing, Seal, Text, Tone, signer_words
from webui.signatures import picture

docx = Late("docx")
docxtpl = Late("docxtpl")

FONT = "宋体"
_EPOCH = datetime(2020, 1, 1)
_WATERMARK = (
    '<w:r {ns}><w:pict xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
    'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
    '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
    '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>'
    '<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
    '<v:shape id="watermark" o:spid="_x0000_s2049" type="#_x0000_t136" style="position:absolute;margin-left:0;'
    "margin-top:0;width:440pt;height:62pt;rotation:328;z-index:-251658752;mso-position-horizontal:center;"
    "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
    'mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#d9d9d9" stroked="f">'
    '<v:fill opacity=".6"/><v:textpath style="font-family:&quot;宋体&quot;;font-size:1pt" string="{words}"/>'
    "</v:shape></w:pict></w:r>"
)


_RED_LINE = '<w:pBdr {ns}><w:bottom w:val="single" w:sz="18" w:space="4" w:color="C8161D"/></w:pBdr>'


def write(printing: Printing) -> bytes:
    """Fill the template with a paper."""
    content = printing.content
    head = content.letterhead
    filled = docxtpl.DocxTemplate(io.BytesIO(template(content.landscape, printing.watermark, head is not None)))
    code = io.BytesIO()
    segno.make(printing.check_code, error="m", micro=False).save(code, kind="png", scale=6, border=1)
    code.seek(0)
    filled.render(
        {
            "bureau": content.bureau,
            "title": content.title,
            "document_no": content.document_no,
            "issuer": f"签发人：{head.issuer}" if head is not None and head.issuer else "",
            "form": f"文书格式 {content.form_no}" if content.form_no else "",
            "check_code": printing.check_code,
            "version": printing.version,
            "blocks": [_block(filled, each) for each in content.blocks],
            "signers": [
                {
                    "words": signer_words(signer),
                    "marks": [
                        {
                            "picture": docxtpl.InlineImage(filled, io.BytesIO(mark.png), height=docx.shared.Mm(10)),
                            "words": f"第 {mark.page} 页 {mark.at}",
                        }
                        for mark in printing.marks
                        if mark.place == place
                    ],
                }
                for place, signer in enumerate(content.signers)
            ],
            "absences": list(printing.absences),
            "seal_place": content.seal_place,
            "qr": docxtpl.InlineImage(filled, code, width=docx.shared.Mm(16)),
        },
        autoescape=True,
    )
    core = filled.docx.core_properties  # `get_docx` would begin anew
    core.title, core.author, core.created, core.modified = content.title, content.bureau, _EPOCH, _EPOCH
    out = io.BytesIO()
    filled.save(out)
    return out.getvalue()


def _block(filled: Any, block: Block) -> dict[str, Any]:
    if isinstance(block, Text):
        return {"kind": block.tone.value, "words": block.words}
    if isinstance(block, Facts):
        return {"kind": "facts", "rows": block.rows}
    if isinstance(block, Glass):
        drawn = docxtpl.InlineImage(filled, io.BytesIO(picture(block.strokes)), height=docx.shared.Mm(10))
        return {"kind": "glass", "words": block.words, "picture": drawn}
    if isinstance(block, Seal):
        return {"kind": Tone.RIGHT.value, "words": f"{block.unit}\n（印章）\n{block.day}"}
    if isinstance(block, Break):
        return {"kind": "break", "words": block.words}
    return {"kind": "table", "columns": [name for name, _ in block.columns], "rows": block.rows}


@lru_cache(maxsize=8)
def template(landscape: bool = False, watermark: str = "", letterhead: bool = False) -> bytes:
    """The Word template that every paper fills: blocks in order, then the places for signatures."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = docx.shared.Mm(210), docx.shared.Mm(297)
    if landscape:
        section.orientation = docx.enum.section.WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = docx.shared.Mm(297), docx.shared.Mm(210)
    section.left_margin = section.right_margin = docx.shared.Mm(22)
    section.top_margin, section.bottom_margin = docx.shared.Mm(24), docx.shared.Mm(24)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, docx.shared.Pt(12)
    normal.element.rPr.rFonts.set(docx.oxml.ns.qn("w:eastAsia"), FONT)
    _head_and_foot(section, watermark)
    _say(document, "{{ qr }}", align=docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT)
    if letterhead:
        _red_head(document)
    else:
        _say(document, "{{ bureau }}", size=15, align=docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER)
        _say(document, "{{ title }}", size=20, bold=True, align=docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER)
        _say(document, "{%p if document_no %}")
        _say(document, "{{ document_no }}", align=docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER)
        _say(document, "{%p endif %}")
    _say(document, "{%p for b in blocks %}")
    for tone, look in (
        (Tone.BODY, {"indent": True}),
        (Tone.PLAIN, {}),
        (Tone.HEADING, {"bold": True}),
        (Tone.NOTE, {"size": 9.5}),
        (Tone.RIGHT, {"align": docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT}),
    ):
        _say(document, f"{{%p if b.kind == '{tone.value}' %}}")
        _say(document, "{{ b.words }}", **look)
        _say(document, "{%p endif %}")
    _say(document, "{%p if b.kind == 'glass' %}")
    _say(document, "{{ b.picture }} {{ b.words }}")
    _say(document, "{%p endif %}")
    _say(document, "{%p if b.kind == 'break' %}")
    _say(
        document, "{{ b.words }}", size=9, align=docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
    ).paragraph_format.page_break_before = True
    _say(document, "{%p endif %}")
    _say(document, "{%p if b.kind == 'facts' %}")
    _facts(document)
    _say(document, "{%p endif %}")
    _say(document, "{%p if b.kind == 'table' %}")
    _table(document)
    _say(document, "{%p endif %}")
    _say(document, "{%p endfor %}")
    _say(document, "{%p for s in signers %}")
    _say(document, "{{ s.words }}：{% if not s.marks %}＿＿＿＿＿＿＿＿＿＿{% endif %}")
    _say(document, "{%p for m in s.marks %}")
    _say(document, "{{ m.picture }} {{ m.words }}")
    _say(document, "{%p endfor %}")
    _say(document, "{%p endfor %}")
    _say(document, "{%p for a in absences %}")
    _say(document, "{{ a }}", bold=True)
    _say(document, "{%p endfor %}")
    _say(document, "{{ seal_place }}", align=docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _red_head(document: Any) -> None:
    """The head of an official letter: who issues it in red, its number and who signed it, a red line."""
    paragraph = _say(document, "{{ bureau }}", size=26, bold=True, align=docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER)
    paragraph.runs[0].font.color.rgb = docx.shared.RGBColor(0xC8, 0x16, 0x1D)
    line = _say(document, "{{ document_no }}　　　　{{ issuer }}")
    line._p.get_or_add_pPr().append(docx.oxml.parse_xml(_RED_LINE.format(ns=docx.oxml.ns.nsdecls("w"))))
    _say(document, "{{ title }}", size=19, bold=True, align=docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER)


def _say(
    place: Any, words: str, *, size: float = 0, bold: bool = False, align: Any = None, indent: bool = False
) -> Any:
    paragraph = place.add_paragraph()
    run = paragraph.add_run(words)
    run.bold = bold
    if size:
        run.font.size = docx.shared.Pt(size)
    if align is not None:
        paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = docx.shared.Pt(24)
    paragraph.paragraph_format.space_after = docx.shared.Pt(4)
    return paragraph


def _facts(document: Any) -> None:
    table = document.add_table(rows=3, cols=2)
    table.style = "Table Grid"
    table.rows[0].cells[0].text = "{%tr for r in b.rows %}"
    table.rows[1].cells[0].text, table.rows[1].cells[1].text = "{{ r[0] }}", "{{ r[1] }}"
    table.rows[2].cells[0].text = "{%tr endfor %}"
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = docx.shared.Mm(42), docx.shared.Mm(124)


def _table(document: Any) -> None:
    table = document.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    for row, cells in (
        (0, ("{%tc for k in b.columns %}", "{{ k }}", "{%tc endfor %}")),
        (1, ("{%tr for row in b.rows %}", "", "")),
        (2, ("{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}")),
        (3, ("{%tr endfor %}", "", "")),
    ):
        for cell, words in zip(table.rows[row].cells, cells, strict=True):
            cell.text = words
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size, run.bold = docx.shared.Pt(9.5), row == 0
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(docx.oxml.OxmlElement("w:tblHeader"))


def _head_and_foot(section: Any, watermark: str) -> None:
    head = section.header.paragraphs[0]
    head.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
    head.add_run("{{ form }}").font.size = docx.shared.Pt(8.5)
    if watermark:
        head._p.append(docx.oxml.parse_xml(_WATERMARK.format(ns=docx.oxml.ns.nsdecls("w"), words=watermark)))
    foot = section.footer.paragraphs[0]
    foot.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
    for words, field in (
        ("校验码 {{ check_code }}　第 ", "PAGE"),
        (" 页 共 ", "NUMPAGES"),
        (" 页　第 {{ version }} 版", ""),
    ):
        foot.add_run(words).font.size = docx.shared.Pt(8.5)
        if field:
            _field(foot, field)


def _field(paragraph: Any, code: str) -> None:
    """A field that Word counts itself."""
    for kind in ("begin", code, "separate", "1", "end"):
        run = paragraph.add_run()
        run.font.size = docx.shared.Pt(8.5)
        if kind in ("begin", "separate", "end"):
            mark = docx.oxml.OxmlElement("w:fldChar")
            mark.set(docx.oxml.ns.qn("w:fldCharType"), kind)
        elif kind == code:
            mark = docx.oxml.OxmlElement("w:instrText")
            mark.set(docx.oxml.ns.qn("xml:space"), "preserve")
            mark.text = f" {code} "
        else:
            mark = docx.oxml.OxmlElement("w:t")
            mark.text = kind
        run._r.append(mark)
