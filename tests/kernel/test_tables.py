"""Tables that people bring are read whatever wrote them, and reports that go back carry no formula."""

import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook

from kernel.errors import BadInput
from kernel.tables import csv_line, plain, read_rows, read_sheets, shape_of, workbook

LINES = ["平台,店铺,线索内容", "淘宝,甲店,售假酒", "拼多多,乙店,售假烟"]
CELLS = [line.split(",") for line in LINES]


def cells(content: bytes) -> list[list[str]]:
    return [row for _number, row in read_rows(content)]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_each_encoding_is_found_by_its_bytes(encoding: str, told: str) -> None:
    content = "\n".join(LINES).encode(encoding)
    assert shape_of(content).encoding == told
    assert cells(content) == CELLS


def test_lines_of_several_encodings_in_one_file_are_each_read_in_their_own() -> None:
    content = b"\n".join([LINES[0].encode(), LINES[1].encode("gb18030"), LINES[2].encode("utf-8")])
    assert shape_of(content).encoding == "mixed"
    assert cells(content) == CELLS


def test_what_was_pasted_with_tabs_and_a_title_above_is_cut_at_the_tabs() -> None:
    pasted = "监测结果\n" + "\n".join(LINES).replace(",", "\t")
    assert cells(pasted.encode())[1:] == CELLS


def test_merged_cells_are_taken_apart_and_each_says_what_the_whole_said() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [["平台", "店铺", "内容"], ["淘宝", "甲店", "一"], [None, None, "二"], [None, "乙店", "三"]]:
        sheet.append(row)
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("B2:B3")
    out = io.BytesIO()
    book.save(out)
    assert cells(plain(out.getvalue(), filled=True))[1:] == [
        ["淘宝", "甲店", "一"],
        ["淘宝", "甲店", "二"],
        ["淘宝", "乙店", "三"],
    ]
    assert cells(plain(out.getvalue()))[2][0] == "", "without being asked nothing is filled in"


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        cells(b"\x00\x01\x02\xff" * 50)
    assert refused.value.code == "file_unreadable"


@pytest.mark.parametrize("read", [cells, read_sheets])
def test_a_damaged_workbook_is_refused_in_words(read: Callable[[bytes], object]) -> None:
    data = bytearray(workbook("表", ["一"], [["二"]] * 50))
    at = data.find(b"xl/worksheets/sheet1.xml") + len(b"xl/worksheets/sheet1.xml")
    data[at : at + 8] = bytes(each ^ 0xFF for each in data[at : at + 8])
    with pytest.raises(BadInput) as refused:
        read(bytes(data))
    assert refused.value.code == "file_unreadable"


def test_no_formula_leaves_in_a_report() -> None:
    assert csv_line(["=1+1", "@x", "好"]).strip() == "'=1+1,'@x,好"
    made = load_workbook(io.BytesIO(workbook("报告", ["行号"], [["=cmd|' /C calc'!A0"], ["\x07好"]])))
    values = [cell.value for row in made.worksheets[0].iter_rows() for cell in row]
    assert values == ["行号", "'=cmd|' /C calc'!A0", "好"]
    assert all(cell.data_type == "s" for row in made.worksheets[0].iter_rows() for cell in row)
