"""What goes back: the report on each row as a workbook, and an empty template."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _now

from kernel.tables import workbook
from tenants.clues.imports.columns import LABELS
from tenants.clues.imports.reasons import sentence
from tenants.clues.models import ClueImport

_SHOWN = ("ref", "subject_name", "subject_account", "address_raw", "product", "content")


def report(job: ClueImport) -> bytes:
    """Every row with what became of it, its clue's number or the reason, and what to do about it."""
    header = [_now("行号"), _now("结果"), _now("线索编号"), _now("列"), _now("内容"), _now("原因和办法")]
    header += [str(LABELS[name]) for name in _SHOWN]

    def rows() -> Iterator[list[str]]:
        for line in job.lines.select_related("clue").iterator(chunk_size=1_000):
            yield [
                str(line.row_number),
                str(line.get_outcome_display()),
                line.clue.number if line.clue else "",
                str(LABELS.get(line.column, "")),
                line.value,
                sentence(line.code, other=line.other),
                *(str(line.said.get(name, "")) for name in _SHOWN),
            ]

    return workbook(_now("导入结果"), header, rows(), (8, 10, 22, 14, 24, 44, 18, 24, 20, 30, 24, 50))


def template() -> bytes:
    """An empty workbook with every header and one made-up row."""
    made_up = {
        "ref": "JC-0001",
        "content": "店铺销售标称“岚禾”白酒，价格只有官方店的三成，评价称口感不对",
        "platform": "某电商平台",
        "subject_account": "好酒优选店",
        "link": "https://shop.example/item/1",
        "address_raw": "广西南宁市兴宁区朝阳路 1 号",
        "brand": "岚禾",
        "product": "岚禾 53 度酱香 500ml",
        "estimated_value": "12000",
        "outlet_day": "2026-11-20",
    }
    return workbook(
        _now("线索"),
        [str(label) for label in LABELS.values()],
        [[made_up.get(name, "") for name in LABELS]],
        [16] * len(LABELS),
    )
