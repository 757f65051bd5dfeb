"""A file that comes in is checked whole before anything is written, then taken in by a person. B-07, edges 7 and 8."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from harness.partner import Partner, clue, connect

from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from kernel.tables import Sheet, book, read_sheets
from provinces.alone import alone
from provinces.context import required
from tenants.clues.models import Clue
from tenants.parcels import kinds as registry
from tenants.parcels import presenters, selectors, services, sheets
from tenants.parcels.models import Report, ReportRow
from tenants.parcels.services import checking, incoming, taking


def _effects(report: Report) -> dict[int, tuple[str, str]]:
    return {row.line: (row.effect, row.code) for row in report.lines.all()}


def test_bad_rows_are_told_with_line_and_column_and_the_rest_lands(bureau: Any, partner: Partner) -> None:
    """Edge case 7: too long, unknown value, GBK, wrong date, doubled, unknown column; the good rows go in."""
    lines = [
        json.dumps(clue("A-1"), ensure_ascii=False).encode(),
        json.dumps(clue("A-2", title="长" * 121), ensure_ascii=False).encode(),
        json.dumps(clue("A-3", source="邻居"), ensure_ascii=False).encode(),
        json.dumps(clue("A-4", subject_name="南宁某酒行"), ensure_ascii=False).encode("gb18030"),
        json.dumps(clue("A-5", found_on="2026-02-30"), ensure_ascii=False).encode(),
        json.dumps(clue("A-1"), ensure_ascii=False).encode(),
        json.dumps(clue("A-7", reporter_phone="13800000000"), ensure_ascii=False).encode(),
        json.dumps(clue("A-8", content=None), ensure_ascii=False).encode(),
        b'{"kind": "clue", "id": "A-9", "data": ',
        json.dumps({"kind": "wish", "id": "A-10", "data": {}}).encode(),
        json.dumps(clue("A-11", content="锟斤拷锟斤拷"), ensure_ascii=False).encode(),
        json.dumps(clue("A-12", source="12315", found_on="2026年3月1日"), ensure_ascii=False).encode(),
    ]
    # The ninth line is cut off, so the list is no JSON as a whole; the lines around it still are.
    lines[8] = b'{"kind": "clue", "id": "A-9", "data": }'
    report = partner.bring(bureau.meng, partner.pack(b"[\n" + b",\n".join(lines) + b"\n]\n"))
    assert report.state == Report.State.CHECKED and report.signed and not Clue.objects.exists()
    assert _effects(report) == {
        2: ("new", ""),
        3: ("rejected", "too_long"),
        4: ("rejected", "unknown_value"),
        5: ("rejected", "line_encoding"),
        6: ("rejected", "date_wrong"),
        7: ("rejected", "doubled"),
        8: ("rejected", "column_unknown"),
        9: ("rejected", "missing"),
        10: ("rejected", "line_unreadable"),
        11: ("rejected", "kind_unknown"),
        12: ("rejected", "mojibake"),
        13: ("new", ""),
    }
    long = report.lines.get(line=3)
    assert long.column == "title" and "120" in long.words and "121" in long.words
    done = services.take(by=bureau.meng, report=report)
    assert done.state == Report.State.TAKEN and done.taken_by_name == bureau.meng.display_name
    assert (done.counts["made"], done.counts["rejected"]) == (2, 10)
    assert sorted(Clue.objects.values_list("source_kind", flat=True)) == ["hotline_12315"] * 2
    back = dict(read_sheets(presenters.returned(partner.connection, done)))["线索"]
    header, first = back[0][1], back[1][1]
    assert "原因" in header and first[header.index("编号")] == "A-2" and "缩短" in first[header.index("原因")]


def test_taking_in_twice_is_once(bureau: Any, partner: Partner) -> None:
    """The same file is the same report; the same records under a new number are known; another text under an old
    number is sent back. B-05."""
    content = partner.pack([clue("B-1"), clue("B-2")])
    report = services.take(by=bureau.meng, report=partner.bring(bureau.meng, content))
    assert partner.bring(bureau.meng, content) == report
    services.take(by=bureau.meng, report=report)
    again = partner.bring(bureau.meng, partner.pack([clue("B-1"), clue("B-2", content="改过的内容"), clue("B-3")]))
    assert _effects(again) == {2: ("same", ""), 3: ("rejected", "ref_reused"), 4: ("new", "")}
    services.take(by=bureau.meng, report=again)
    assert Clue.objects.count() == 3
    other = partner.pack([clue("B-4")], sequence=1)
    assert partner.bring(bureau.meng, other).refused == "sequence_used"


def test_a_file_whose_check_breaks_off_again_and_again_is_refused_at_last(bureau, partner, monkeypatch):
    """Nobody waits for ever for a file that takes the worker with it; brought again, it is looked at anew."""
    content = partner.pack([clue("T-1")])
    with monkeypatch.context() as patch:
        patch.setattr(checking, "opened", lambda *said: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            partner.bring(bureau.meng, content)
        report = Report.objects.get()
        for _ in range(checking.MOST_TRIES - 1):
            with pytest.raises(ZeroDivisionError):
                services.check(report.pk)
            assert Report.objects.get().state == Report.State.CHECKING
        report = services.check(report.pk)
    assert (report.state, report.refused) == (Report.State.REFUSED, "broken_off") and report.refused_words
    assert partner.bring(bureau.meng, content).state == Report.State.CHECKED


def test_a_package_that_is_not_whole_or_not_theirs_is_refused_before_any_row(bureau: Any, partner: Partner) -> None:
    """Signature, digests, addressee, names, bombs, sequence: each its own code and sentence; nothing is written."""
    stranger = Partner(partner.connection, by=bureau.huang, register=False)
    other = connect(bureau.huang, name="别的系统")
    good = [clue("C-1")]

    def manifest(**said: Any) -> Any:
        return lambda it: it.update(said)

    def extra(name: str, data: bytes = b"x") -> Any:
        return lambda packed: packed.writestr(name, data)

    link = zipfile.ZipInfo("attachments/a.pdf")
    link.external_attr = 0o120777 << 16
    spoilt = {
        "signature_missing": partner.pack(good, signed=False),
        "signature_wrong": stranger.pack(good),
        "another_connection": partner.pack(good, change=manifest(connection_id=str(other.pk))),
        "format_unknown": partner.pack(good, change=manifest(format="else/9")),
        "file_missing": partner.pack(
            good, change=lambda it: it["files"].append({"path": "attachments/a.pdf", "sha256": "0"})
        ),
        "file_differs": partner.pack(good, change=lambda it: it["files"][0].update(sha256="0" * 64)),
        "file_not_listed": partner.pack(good, after=extra("attachments/more.pdf")),
        "manifest_unreadable": partner.pack(good, change=manifest(sequence="one")),
        "unpacked_too_large": partner.pack(good, after=extra("attachments/bomb.bin", b"\0" * 30_000_000)),
        "records_unreadable": partner.pack(b"[{]"),
        "no_records": partner.pack(b"[\n]\n"),
        "not_a_package": b"%PDF-1.7 no package",
    }
    for code, content in spoilt.items():
        report = partner.bring(bureau.meng, content)
        assert (report.state, report.refused) == (Report.State.REFUSED, code)
        assert report.refused_words and "{" not in report.refused_words
    for name in ("../records.json", "/etc/passwd", "attachments/../../x", "attachments/a\\b"):
        assert partner.bring(bureau.meng, partner.pack(good, after=extra(name))).refused == "path_outside"
    linked = partner.pack(good, after=lambda packed: packed.writestr(link, "/etc/passwd"))
    assert partner.bring(bureau.meng, linked).refused == "path_outside"
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = partner.pack(good, after=extra("records.json"))
    assert partner.bring(bureau.meng, doubled).refused == "file_doubled"
    assert not Clue.objects.exists() and not ReportRow.objects.exists()
    ended = selectors.keys_of(partner.connection).first()
    assert ended is not None
    services.end_key(by=bureau.huang, connection=partner.connection, key_id=ended.pk)
    assert partner.bring(bureau.meng, partner.pack(good)).refused == "no_partner_key"


def test_a_damaged_package_is_refused_and_never_left_lying(bureau: Any, partner: Partner) -> None:
    """Whatever a spoilt ZIP makes its reader raise; and a file that a manifest lists twice is the one that is there."""
    good = partner.pack([clue("Z-1")], attachments={"attachments/a.txt": b"a" * 500})

    def spoilt(mark: bytes, skip: int, change: Callable[[int], int], count: int = 8) -> bytes:
        data = bytearray(good)
        at = data.find(mark) + skip
        data[at : at + count] = bytes(change(each) for each in data[at : at + count])
        return bytes(data)

    records = b"records.json"
    broken = {
        "deflate": spoilt(records, len(records), lambda each: each ^ 0xFF),
        "version": spoilt(b"PK\x01\x02", 6, lambda each: 0xFF, 2),
        "packing": spoilt(b"PK\x01\x02", 10, lambda each: 14 if each else 0, 2),
    }
    for name, content in broken.items():
        report = partner.bring(bureau.meng, content)
        assert (report.state, report.refused) == (Report.State.REFUSED, "not_a_package"), name
    twice = partner.pack(
        [clue("Z-2")],
        attachments={"attachments/a.txt": b"a"},
        change=lambda it: it["files"].insert(0, {"path": "attachments/a.txt", "size_bytes": 1, "sha256": []}),
    )
    assert partner.bring(bureau.meng, twice).state == Report.State.CHECKED


def test_nothing_signed_by_a_key_that_was_ended_meanwhile_is_taken_in(bureau: Any, partner: Partner) -> None:
    """Checked while the key was good; ended since, because it was stolen."""
    report = partner.bring(bureau.meng, partner.pack([clue("E-1")]))
    services.end_key(by=bureau.huang, connection=partner.connection, key_id=partner.registered)
    with pytest.raises(Conflict) as refused:
        services.take(by=bureau.meng, report=report)
    assert refused.value.code == "key_ended" and not Clue.objects.exists()


def test_one_file_of_a_connection_is_taken_in_at_a_time_and_each_number_once(bureau: Any, partner: Partner) -> None:
    """Two may bring the same record, or bear the same number: what a look before the write would not see in time."""
    first, second = (partner.bring(bureau.meng, partner.pack([clue("F-1", title=title)])) for title in ("一", "二"))
    with alone(taking.lock_of(partner.connection.pk)):
        waiting = services.take(by=bureau.meng, report=first)
        assert waiting.state == Report.State.TAKING and not Clue.objects.exists()
    assert incoming.go_on(first.pk).state == Report.State.TAKEN
    assert _effects(services.take(by=bureau.meng, report=second)) == {2: ("rejected", "refused")}
    third = [partner.bring(bureau.meng, partner.pack([clue(ref)], sequence=9)) for ref in ("F-2", "F-3")]
    services.take(by=bureau.meng, report=third[0])
    with pytest.raises(Conflict) as refused:
        services.take(by=bureau.meng, report=third[1])
    assert refused.value.code == "sequence_used"
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=third[1].pk).update(state=Report.State.TAKEN)


def test_a_missing_number_and_a_clock_that_is_off_are_told(bureau: Any, partner: Partner) -> None:
    """Numbers go on one by one, so a lost parcel shows. Edge case 8: a clock 20 minutes off is told, not refused."""
    services.take(by=bureau.meng, report=partner.bring(bureau.meng, partner.pack([clue("D-1")])))
    late = partner.bring(bureau.meng, partner.pack([clue("D-4")], sequence=4))
    assert late.notes[0] == {"code": "gap", "data": {"missing": [2, 3]}}
    assert selectors.missing_numbers(partner.connection.pk) == [2, 3]
    ahead = (clock.now() + timedelta(minutes=20)).isoformat()
    fast = partner.bring(
        bureau.meng, partner.pack([clue("D-2")], sequence=2, change=lambda it: it.update(made_at=ahead))
    )
    assert {"code": "clock_off", "data": {"minutes": 20}} in fast.notes and fast.state == Report.State.CHECKED
    assert selectors.missing_numbers(partner.connection.pk) == [3]


def test_a_table_filled_in_by_hand_goes_the_same_way(bureau: Any, partner: Partner) -> None:
    """A bureau without a system: the template has lists to pick from, its rows are checked like any other."""
    kinds = registry.kinds_of(partner.connection, incoming=True)
    made = openpyxl.load_workbook(io.BytesIO(sheets.template(kinds)))
    page = made["线索"]
    assert page.data_validations.dataValidation
    header = [cell.value for cell in page[1]]
    page.append([{"编号": "E-1", "线索内容*": "'=有人卖假烟", "来源*": "12315"}.get(each, "") for each in header])
    page.append([{"编号": "E-2", "线索内容*": "又一家", "来源*": "隔壁"}.get(each, "") for each in header])
    out = io.BytesIO()
    made.save(out)
    report = partner.bring(bureau.meng, out.getvalue(), "填报.xlsx")
    assert not report.signed and report.notes[0]["code"] == "unsigned"
    assert {row.ref: row.code for row in report.lines.all()} == {"E-1": "", "E-2": "unknown_value"}
    services.take(by=bureau.meng, report=report)
    assert Clue.objects.get().content == "=有人卖假烟"
    back = presenters.returned(partner.connection, report)
    mended = dict(read_sheets(back))["线索"]
    rows = [[cell for cell in cells] for _number, cells in mended]
    rows[1][rows[0].index("来源*")] = "12315"
    again = partner.bring(bureau.meng, book([Sheet(title="线索", header=rows[0], rows=rows[1:])]), "改好.xlsx")
    assert [row.effect for row in again.lines.all()] == ["new"], "the table that went back comes in once it is mended"
    services.configure(
        by=bureau.huang, connection=partner.connection, kinds=["clue"], nightly=False, sheets_allowed=False
    )
    other = book([Sheet(title="线索", header=["线索内容"], rows=[["x"]])])
    assert partner.bring(bureau.meng, other, "x.xlsx").refused == "sheets_not_allowed"


def test_who_carries_files_and_who_keeps_the_connection(bureau: Any, partner: Partner) -> None:
    """An administrator sets and reads no case; an officer does neither; nothing goes while the connection is off."""
    content = partner.pack([clue("F-1")])
    for person in (bureau.huang, bureau.chen):
        with pytest.raises(NotAllowed):
            partner.bring(person, content)
    report = partner.bring(bureau.wei, content)
    assert report.lines.get().code == "refused", "a leader keeps no desk of clues: the report says so"
    with pytest.raises(NotAllowed):
        services.add_key(by=bureau.meng, connection=partner.connection, pem=partner.pem)
    with pytest.raises(BadInput):
        services.add_key(by=bureau.huang, connection=partner.connection, pem="-----BEGIN PRIVATE KEY-----")
    assert required().name == "gx"


def test_pages_show_the_report_and_take_it_in(bureau: Any, partner: Partner, client_for: Any) -> None:
    """From the upload to the clue, and the administrator's page without the contents."""
    meng = client_for("gx", user=bureau.meng)
    here = f"/connections/{partner.connection.pk}/parcels/"
    assert meng.get("/parcels/").status_code == 200
    page = meng.get(here)
    assert page.status_code == 200 and "上传并检查" in page.content.decode()
    file = io.BytesIO(partner.pack([clue("G-1"), clue("G-2", source="邻居")]))
    file.name = "来件.zip"
    sent = meng.post(f"{here}bring/", {"file": file})
    report = Report.objects.get()
    assert sent.status_code == 302 and sent["Location"].endswith(f"/parcels/in/{report.pk}/")
    said = meng.get(f"/parcels/in/{report.pk}/").content.decode()
    assert "收入 1 条" in said and "不在可选范围内" in said
    meng.post(f"/parcels/in/{report.pk}/take/")
    assert Clue.objects.count() == 1
    assert "已新增" in meng.get(f"/parcels/in/{report.pk}/").content.decode()
    assert meng.get(f"/parcels/in/{report.pk}/returned/")["Content-Type"].startswith("application/vnd.openxml")
    huang = client_for("gx", user=bureau.huang)
    assert huang.get(here).status_code == 200
    assert huang.get(f"/parcels/in/{report.pk}/").status_code == 404
    chen = client_for("gx", user=bureau.chen)
    assert chen.get(here).status_code == 404
