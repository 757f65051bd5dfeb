"""Files and pastes of 12315 and of monitoring: read whatever wrote them, checked, brought in once (C-05 to C-07)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from kernel.errors import BadInput, NotAllowed, TooLarge
from tenants.clues.imports import columns, jobs, reports
from tenants.clues.models import Clue, ClueImport, ClueImportFile, ClueImportRow
from tenants.clues.services import registering

HEADER = "登记编号,举报人姓名,举报人电话,被举报人,被举报人地址,举报内容,登记时间"
ROWS = (
    "12315-001,李四,13800000001,红棚酒行,南宁市青秀区民族大道 1 号,卖假白酒,2026-02-20",
    "12315-002,王五,13800000002,城东烟酒店,荔浦县荔柳路 12 号,卖假烟,2026/2/21",
)


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows)).encode()


def bring(bureau: Any, content: bytes, **more: Any) -> ClueImport:
    facts = {"kind": "hotline_12315", "name": "12315", "file_name": "x.csv", **more}
    return jobs.bring(by=bureau.meng, content=content, **facts)


def through(bureau: Any, content: bytes, **more: Any) -> ClueImport:
    job = bring(bureau, content, **more)
    jobs.check(job, by=bureau.meng, matched=job.columns, fill_down=job.fill_down)
    if job.lines.filter(outcome="ready").exists():
        jobs.confirm(job, by=bureau.meng)
        jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_c05_numbers_of_12315_are_kept_and_nobody_who_reported_is(bureau: Any) -> None:
    job = bring(bureau, table(*ROWS))
    assert set(job.columns) == {"ref", "subject_name", "address_raw", "content", "outlet_day"}
    kept = bytes(ClueImportFile.objects.get(job=job).content).decode()
    assert "李四" not in kept and "13800000001" not in kept and "李四" not in str(job.sample)
    with pytest.raises(BadInput) as refused:
        jobs.check(job, by=bureau.meng, matched={**job.columns, "subject_phone": 2})
    assert refused.value.code == "column_reporter"
    jobs.check(job, by=bureau.meng, matched=job.columns)
    jobs.confirm(job, by=bureau.meng)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.counts["made"]) == ("done", 2)
    assert not ClueImportFile.objects.filter(job=job).exists()
    clue = Clue.objects.get(sources__ref="12315-002")
    assert (clue.division_code, clue.subject_name) == ("450381", "城东烟酒店")
    assert clue.secrecy == Clue.Secrecy.REPORTER_PROTECTED and clue.verify_by is not None
    assert str(clue.sources.get().outlet_day) == "2026-02-21"
    assert Clue.objects.get(sources__ref="12315-001").proposed_unit is not None, "a proposal whose it is"


def test_edge_11_a_file_run_twice_makes_no_doubles_with_numbers_or_without(bureau: Any) -> None:
    without = "店铺,线索内容,商品\n好酒优选店,卖假酒,岚禾酱香\n好酒优选店,卖假酒,岚禾 酱香\n乙店,卖假烟,某烟".encode()
    first = through(bureau, without, kind="monitoring", name="某监测")
    assert first.counts == {"ready": 0, "made": 2, "duplicate": 1, "rejected": 0}
    again = through(bureau, without.replace("乙店".encode(), "乙　店".encode()), kind="monitoring", name="某监测")
    assert again.counts["made"] == 0 and again.counts["duplicate"] == 3
    numbers = {row.other for row in again.lines.filter(code="known")}
    assert numbers == set(Clue.objects.values_list("number", flat=True))
    through(bureau, table(*ROWS))
    last = through(bureau, table(*ROWS), name="12315 平台")
    assert last.counts["duplicate"] == 2, "numbers of 12315 are one series, whatever the source was called"
    assert Clue.objects.count() == 4


def test_edge_11_rejected_rows_are_listed_with_row_and_reason_and_the_rest_comes_in(bureau: Any) -> None:
    header = "监测编号,店铺名称,线索内容,金额,监测日期"
    rows = ("J1,甲店,卖假酒,1.2万元,2026-02-01", "J2,乙店,卖假酒,很多,2026-02-01", "J3,丙店,卖假酒,5,2030-01-01")
    rows += ("J4,,,,", "J1,丁店,卖假酒,,", "J6,=cmd|' /C calc'!A0,卖假酒,,")
    job = through(bureau, table(*rows, header=header), kind="monitoring", name="某监测")
    assert job.counts == {"ready": 0, "made": 2, "duplicate": 1, "rejected": 3}
    found = {row.row_number: row.code for row in job.lines.exclude(outcome="made")}
    assert found == {3: "value", 4: "day_ahead", 5: "empty", 6: "ref_doubled"}
    assert Clue.objects.get(sources__ref="J1").estimated_value == 12_000
    book = load_workbook(io.BytesIO(reports.report(job))).worksheets[0]
    said = [[cell.value for cell in row] for row in book.iter_rows()]
    assert said[0][0] == "行号" and said[2][0] == "3" and "不是金额" in said[2][5]
    assert any(str(cell).startswith("'=cmd") for cell in said[6]), "no formula leaves in a report"


def test_c07_three_thousand_rows_in_three_encodings_with_merged_cells_come_in(bureau: Any) -> None:
    """Checked whole; brought in in part, since a clue each is the business of `register_many`."""
    header = "平台,店铺,商品,线索内容,地址"
    rows = [
        f"{'淘某' if n % 10 == 0 else ''},{f'店{n // 5}' if n % 5 == 0 else ''},酒{n},售假 {n},南宁市青秀区 {n} 号"
        for n in range(3_000)
    ]
    parts = [header.encode(), *(row.encode(("utf-8", "gb18030")[n % 2]) for n, row in enumerate(rows))]
    job = bring(bureau, b"\n".join(parts), kind="monitoring", name="某监测")
    assert (job.encoding, job.rows, sorted(job.fill_down)) == ("mixed", 3_000, [0, 1])
    jobs.check(job, by=bureau.meng, matched=job.columns, fill_down=job.fill_down)
    assert job.counts["ready"] == 3_000
    line = job.lines.get(row_number=2_999)
    assert line.said["platform"] == "淘某" and line.said["subject_account"] == "店599"
    other = bring(bureau, "\n".join([header, *rows]).encode("utf-16"), kind="monitoring", name="某监测")
    assert (other.encoding, other.rows) == ("utf-16", 3_000)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in [
        ["2026 年 2 月监测结果", None, None],
        header.split(",")[:3],
        ["淘某", "甲", "酒"],
        [None, "乙", "烟"],
    ]:
        sheet.append(cells)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    out = io.BytesIO()
    book.save(out)
    merged = bring(bureau, out.getvalue(), kind="monitoring", name="某监测")
    assert (merged.header_row, merged.rows, merged.fill_down) == (2, 2, [])
    assert [row["cells"][0] for row in merged.sample] == ["淘某", "淘某"]


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(bureau: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    job = bring(bureau, table(*(f"R-{n},,,店{n},,卖假酒,2026-02-20" for n in range(5))))
    jobs.check(job, by=bureau.meng, matched=job.columns)
    jobs.confirm(job, by=bureau.meng)
    whole, calls = jobs.register_many, []

    def breaks(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return whole(*args, **more)

    monkeypatch.setattr(jobs, "register_many", breaks)
    with pytest.raises(RuntimeError):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and Clue.objects.count() == 2
    registering.register(
        registering.NewClue(
            desk=bureau.top, content="先到一步",
            source=registering.Source(kind="hotline_12315", name="12315", ref="R-3"),
        ),
        by=bureau.meng,
    )  # fmt: skip
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.counts["made"], job.counts["duplicate"]) == ("done", 4, 1)
    jobs.run(job.pk)
    assert Clue.objects.count() == 5, "a message that comes again does nothing"


def test_a_source_keeps_its_columns_and_a_wrong_header_row_can_be_set_right(bureau: Any) -> None:
    odd = "序,说法,在哪\n1,卖假酒,南宁市青秀区".encode()
    job = bring(bureau, odd, kind="monitoring", name="怪表")
    assert "content" not in job.columns
    with pytest.raises(BadInput) as refused:
        jobs.check(job, by=bureau.meng, matched=job.columns)
    assert refused.value.code == "headers_unknown"
    jobs.check(job, by=bureau.meng, matched={"content": 1, "address_raw": 2})
    assert bring(bureau, odd, kind="monitoring", name="怪表").columns == {"content": 1, "address_raw": 2}
    above = bring(bureau, b"a,b\n" + odd, kind="monitoring", name="怪表")
    jobs.check(above, by=bureau.meng, matched={"content": 1, "address_raw": 2}, header_row=2)
    above.refresh_from_db()
    assert (above.header, above.counts["ready"]) == (["序", "说法", "在哪"], 1)


@pytest.mark.parametrize(
    ("content", "more", "code"),
    [
        (b"  ", {}, "file_empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x01\x02", {}, "file_unreadable"),
        ("只有表头,内容".encode(), {}, "import_no_rows"),
        (table(*ROWS), {"kind": "brand"}, "import_kind"),
        (table(*ROWS), {"kind": "monitoring", "name": " "}, "import_name"),
        (b"x" * 20_000_001, {}, "file_too_large"),
        (("a,b\n" + "1,2\n" * 20_011).encode(), {}, "too_many_rows"),
    ],
    # Without names pytest would name a test by its whole file, and every report would carry 20 MB.
    ids=["empty", "no text", "heads alone", "unknown kind", "no name", "too large", "too many rows"],
)
def test_what_is_no_table_of_clues_is_refused_with_what_to_do(
    bureau: Any, content: bytes, more: dict[str, Any], code: str
) -> None:
    with pytest.raises((BadInput, TooLarge)) as refused:
        bring(bureau, content, **more)
    assert refused.value.code == code
    with pytest.raises(NotAllowed):
        jobs.bring(by=bureau.chen, kind="monitoring", name="x", content=b"a,b\n1,2", file_name="x")


def test_headers_as_platforms_write_them_are_known_and_those_of_reporters_are_shut_out() -> None:
    header = ["序号", "*工单编号", "消费者姓名", "联系电话", "被投诉企业（全称）", "事发地址", "诉求内容", "商品 URL"]
    assert columns.guess(header) == {"ref": 1, "subject_name": 4, "address_raw": 5, "content": 6, "link": 7}
    assert columns.reporters(header) == ["消费者姓名", "联系电话"]


def test_the_pages_lead_from_the_paste_to_the_report(bureau: Any, client_for: Any) -> None:
    meng = client_for("gx", user=bureau.meng)
    pasted = table(*ROWS).decode().replace(",", "\t")
    answer = meng.post("/clues/imports/", {"kind": "hotline_12315", "name": "", "text": pasted})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    page = meng.get(answer["Location"]).content.decode()
    assert "举报人信息，不导入" in page and "红棚酒行" in page and "李四" not in page
    job = ClueImport.objects.get()
    matched = {f"column-{position}": field for field, position in job.columns.items()}
    meng.post(f"/clues/imports/{job.pk}/check/", {**matched, "header_row": "1"})
    assert "导入 2 条" in meng.get(f"/clues/imports/{job.pk}/").content.decode()
    meng.post(f"/clues/imports/{job.pk}/confirm/")
    assert "正在导入" in meng.get(f"/clues/imports/{job.pk}/?part=progress").content.decode()
    jobs.run(job.pk)
    done = meng.get(f"/clues/imports/{job.pk}/")
    assert "去线索台账" in done.content.decode()
    report = meng.get(f"/clues/imports/{job.pk}/report.xlsx")
    assert report.status_code == 200 and report.content.startswith(b"PK")
    assert meng.get("/clues/imports/template.xlsx").content.startswith(b"PK")
    assert ClueImportRow.objects.filter(outcome="made").count() == 2
    twice = meng.post(f"/clues/imports/{job.pk}/confirm/", follow=True)
    assert "没有可导入的行" in twice.content.decode(), "a step that is not open is told"


def test_a_row_of_an_import_costs_a_handful_of_statements(bureau: Any) -> None:
    """What is the same for all rows, and what many rows write alike, is asked and written once a portion."""

    def statements(count: int, first: int) -> int:
        rows = (f"S-{first + n},,,店{n},南宁市青秀区民族大道 {n} 号,卖假酒,2026-02-20" for n in range(count))
        job = bring(bureau, table(*rows))
        jobs.check(job, by=bureau.meng, matched=job.columns)
        jobs.confirm(job, by=bureau.meng)
        with CaptureQueriesContext(connection) as caught:
            jobs.run(job.pk)
        assert job.lines.filter(outcome="made").count() == count
        return len(caught)

    few, many = registering.ONE_GROUND_FROM + 1, registering.ONE_GROUND_FROM + 41
    extra = statements(many, 1000) - statements(few, 0)
    assert extra <= 4 * 40, extra
