"""Tables that people bring: CSV, workbooks, what was pasted out of a spreadsheet; and reports that go back to them.

rows = read_rows(content)          # (row number, cells) without empty rows
text = plain(content, filled=True) # a workbook as CSV, merged cells filled
line = csv_line(["=1+1"])          # '=1+1: no formula leaves this house
"""

from kernel.tables.reading import MAX_ROWS, LostDigits, Shape, as_csv, plain, read_rows, read_sheets, shape_of
from kernel.tables.writing import Sheet, book, csv_line, safe_cell, unsafe_cell, workbook

__all__ = [
    "MAX_ROWS",
    "LostDigits",
    "Shape",
    "Sheet",
    "as_csv",
    "book",
    "csv_line",
    "plain",
    "read_rows",
    "read_sheets",
    "safe_cell",
    "shape_of",
    "unsafe_cell",
    "workbook",
]
