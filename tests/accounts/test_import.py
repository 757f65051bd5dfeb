"""Import of officers, units and roles: read, previewed, agreed to, run, reported; and once more without doubling."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from openpyxl import Workbook

from accounts import signals
from accounts.imports import jobs
from accounts.imports.columns import LABELS
from accounts.models import ImportFile, Post, Session, Unit, User
from accounts.tasks import run_import, sweep
from audit import trail
from kernel.errors import BadInput, MoveRefused, NotAllowed, TooLarge
from kernel.tables import read_rows
from provinces import context

HEADERS = [str(label) for label in LABELS.values()]
IP_SECTION = {"单位编码": "450103-ip", "单位名称": "青秀区局知识产权股", "单位类别": "股室", "上级单位编码": "450103"}


def row(**cells: str) -> list[str]:
    unknown = set(cells) - set(HEADERS)
    assert not unknown, unknown
    return [cells.get(header, "") for header in HEADERS]


def officer(number: int, **cells: str) -> list[str]:
    return row(
        **{
            "姓名": f"李{number}",
            "手机号": f"139{number:08d}",
            "执法证号": f"桂B{number:06d}",
            "证件有效期": "2028-12-31",
            "单位编码": "450103",
            **cells,
        }
    )


def as_csv(*rows: list[str], encoding: str = "utf-8", headers: list[str] = HEADERS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for each in [HEADERS, *rows]:
        book.active.append(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def bring_in(huang, qingxiu):
    """`bring_in(content)`: uploaded, confirmed and run by 黄管理员."""

    def bring(content: bytes, *, is_complete: bool = False):
        job = jobs.upload(content=content, file_name="名单.csv", is_complete=is_complete, by=huang)
        jobs.confirm(job=job, by=huang)
        jobs.run(job_id=job.pk)
        job.refresh_from_db()
        return job

    return bring


def counts(job) -> tuple[int, int, int, int]:
    return tuple(job.result[key] for key in ("new", "changed", "same", "bad"))


def bad_codes(job) -> list[tuple[int, str, str]]:
    return [(bad.row_number, bad.column, bad.code) for bad in job.bad_rows.all()]


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_each_encoding_that_offices_use(bring_in, encoding):
    job = bring_in(as_csv(officer(1, 姓名="覃𬭎"), encoding=encoding))
    assert counts(job) == (1, 0, 0, 0)
    assert User.objects.get(officer_cert_no="桂B000001").name == "覃𬭎"


def test_a_workbook_is_read_with_dates_and_numbers_as_cells(bring_in):
    cells = officer(1)
    cells[HEADERS.index("证件有效期")] = date(2027, 6, 30)
    cells[HEADERS.index("手机号")] = 13912345678
    job = bring_in(as_xlsx(cells))
    person = User.objects.get(officer_cert_no="桂B000001")
    assert counts(job) == (1, 0, 0, 0)
    assert (person.officer_cert_until, person.phone) == (date(2027, 6, 30), "+8613912345678")


def test_a_long_number_that_the_spreadsheet_rounded_is_not_believed(bring_in):
    job = bring_in(as_xlsx(officer(1, 执法证号=45010012345678901)))
    assert bad_codes(job) == [(2, "officer_cert_no", "lost_digits")]


def test_english_headers_in_any_order_are_matched(bring_in):
    content = as_csv(["450103", "C-1", "Li Ming"], headers=["Unit code", "certificate-no", "NAME"])
    assert counts(bring_in(content)) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01\x02\xff", "file_unreadable"),
        (b"PK\x03\x04 not a workbook", "file_unreadable"),
        ("甲,乙,丙\n1,2,3\n".encode(), "headers_unknown"),
        ("姓名,姓名,单位编码\n".encode(), "column_doubled"),
        (b"", "file_empty"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(huang, content, code):
    with pytest.raises(BadInput) as refused:
        jobs.upload(content=content, file_name="x", is_complete=False, by=huang)
    assert refused.value.code == code


def test_a_file_over_the_limit_is_refused(huang, settings):
    settings.ACCOUNTS_IMPORT_MAX_BYTES = 10
    with pytest.raises(TooLarge):
        jobs.upload(content=b"x" * 11, file_name="x", is_complete=False, by=huang)


def test_empty_rows_are_passed_over_and_row_numbers_stay_those_of_the_file():
    numbers = [number for number, _cells in read_rows(b"a,b\n\n,\n1,2\n")]
    assert numbers == [1, 4]


# Rows -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"姓名": ""}, "name", "missing"),
        ({"执法证号": ""}, "officer_cert_no", "missing"),
        ({"姓名": "长" * 41}, "name", "too_long"),
        ({"手机号": "12345"}, "phone", "phone"),
        ({"证件有效期": "明年"}, "officer_cert_until", "date"),
        ({"单位编码": ""}, "unit_code", "missing"),
        ({"单位编码": "999999"}, "unit_code", "unit_unknown"),
        ({"角色": "皇帝"}, "roles", "role_unknown"),
        ({"角色": "执法人员、安全管理员"}, "roles", "role_administrator"),
        ({**IP_SECTION, "单位类别": "部落"}, "unit_kind", "unit_kind"),
        ({**IP_SECTION, "单位类别": ""}, "unit_kind", "missing"),
        ({**IP_SECTION, "股室类型": "占星股"}, "section_type", "section"),
        ({**IP_SECTION, "行政区划代码": "45"}, "division_code", "division"),
        ({**IP_SECTION, "上级单位编码": "nowhere"}, "parent_code", "unit_parent"),
    ],
)
def test_a_bad_row_is_named_by_row_column_and_reason_and_the_rest_lands(bring_in, cells, column, code):
    job = bring_in(as_csv(officer(1), officer(2, **cells), officer(3)))
    assert bad_codes(job) == [(3, column, code)]
    assert counts(job) == (2, 0, 0, 1)
    assert "。" in job.bad_rows.get().reason


def test_of_a_doubled_certificate_account_or_phone_the_first_row_stays(bring_in):
    job = bring_in(
        as_csv(
            officer(1, 账号="li1"),
            officer(2, 执法证号="桂b000001"),
            officer(3, 账号="LI1"),
            officer(4, 手机号="139 0000 0001"),
        )
    )
    assert [code for _row, _column, code in bad_codes(job)] == ["cert_doubled", "username_doubled", "phone_doubled"]
    assert {bad.other for bad in job.bad_rows.all()} == {"2"}
    assert User.objects.get(officer_cert_no="桂B000001").name == "李1"


def test_somebody_elses_account_or_phone_is_not_taken_over(bring_in, chen):
    job = bring_in(as_csv(officer(1, 账号="chen"), officer(2, 手机号="13800000001")))
    assert [code for _row, _column, code in bad_codes(job)] == ["username_taken", "phone_taken"]
    chen.refresh_from_db()
    assert chen.name == "陈勇"


def test_units_are_made_parents_first_whatever_their_order_in_the_file(bring_in):
    job = bring_in(
        as_csv(
            officer(1, **IP_SECTION, 股室类型="知识产权股"),
            row(
                单位编码="450199",
                单位名称="南宁经开区分局",
                单位类别="分局",
                上级单位编码="450100",
                行政区划代码="450105",
            ),
            row(单位编码="450103-s", 单位名称="建政所", 单位类别="市场监管所", 上级单位编码="450103x"),
            row(
                单位编码="450103x",
                单位名称="高新区管委会",
                单位类别="管委会",
                上级单位编码="450100",
                行政区划代码="450100",
            ),
        )
    )
    assert job.result["units_new"] == 4
    station = Unit.objects.get(code="450103-s")
    assert (station.parent.code, station.parent.kind) == ("450103x", "zone_committee")
    assert Unit.objects.get(code="450103-ip").section_type == "ip_section"
    assert Unit.objects.get(code="450199").parent.code == "450100"


def test_units_that_hang_on_each_other_in_a_ring_are_left_out(bring_in):
    job = bring_in(
        as_csv(
            row(单位编码="a", 单位名称="甲", 单位类别="股室", 上级单位编码="b"),
            row(单位编码="b", 单位名称="乙", 单位类别="股室", 上级单位编码="a"),
            row(单位编码="450100", 单位名称="南宁市局", 单位类别="市局", 上级单位编码="450103"),
        )
    )
    assert [code for _row, _column, code in bad_codes(job)] == ["unit_ring", "unit_ring", "unit_ring"]
    assert Unit.objects.get(code="450103").parent.code == "450100"


# The whole matter -----------------------------------------------------------------------------------------------------


def file_of_300(mark: str = "") -> bytes:
    rows = [officer(number, 姓名=f"李{mark}{number}") for number in range(1, 301)]
    rows[49] = officer(50, 手机号="no phone")
    rows[99] = officer(100, 单位编码="nowhere")
    rows[149] = officer(150, 姓名="")
    rows[199] = officer(200, 执法证号="桂B000007")
    return as_csv(*rows)


def test_three_bad_rows_and_a_doubled_number_are_reported_and_a_second_run_changes_nothing_twice(bring_in):
    before = User.objects.count()
    job = bring_in(file_of_300())
    assert counts(job) == (296, 0, 0, 4)
    assert User.objects.count() == before + 296
    assert bad_codes(job) == [
        (51, "phone", "phone"),
        (101, "unit_code", "unit_unknown"),
        (151, "name", "missing"),
        (201, "officer_cert_no", "cert_doubled"),
    ]
    assert job.bad_rows.get(row_number=201).other == "8"
    people = User.objects.filter(officer_cert_no__startswith="桂B")
    assert not any(person.has_usable_password() for person in people)
    assert set(people.values_list("posts__role", flat=True)) == {Post.Role.OFFICER}
    second = bring_in(file_of_300())
    assert counts(second) == (0, 0, 296, 4)
    third = bring_in(file_of_300("改"))
    assert counts(third) == (0, 296, 0, 4)
    assert User.objects.count() == before + 296


def test_the_report_gives_each_bad_row_with_its_reason_as_csv_without_formulas(bring_in):
    job = bring_in(as_csv(officer(1, 手机号="=cmd()"), officer(2)))
    report = "".join(jobs.report(job))
    assert report.startswith("\ufeff行号")
    line = next(csv.reader([report.splitlines()[1]]))
    assert line[:3] == ["2", "手机号", "'=cmd()"]
    assert "11 位" in line[3]


def test_the_preview_counts_and_shows_fifty_rows_and_writes_nothing(huang, qingxiu):
    before = User.objects.count(), Unit.objects.count()
    job = jobs.upload(content=file_of_300(), file_name="名单.csv", is_complete=False, by=huang)
    assert (job.expected["new"], job.expected["bad"], job.rows) == (296, 4, 300)
    assert len(job.expected["sample"]) == 50
    assert job.expected["sample"][49]["outcome"] == "bad"
    assert (User.objects.count(), Unit.objects.count()) == before


def test_an_empty_cell_keeps_what_is_there(bring_in):
    bring_in(as_csv(officer(1, 角色="执法人员、线索管理员")))
    job = bring_in(as_csv(officer(1, 手机号="", 证件有效期="")))
    assert counts(job) == (0, 0, 1, 0)
    person = User.objects.get(officer_cert_no="桂B000001")
    assert person.phone == "+8613900000001"
    assert {post.role for post in person.posts.all()} == {"officer", "dispatcher"}


def test_roles_follow_the_file_and_administrators_offices_are_never_touched(bring_in, huang):
    bring_in(as_csv(officer(1, 角色="执法人员、线索管理员")))
    bring_in(as_csv(officer(1, 角色="局领导"), officer(2, 账号="huang", 姓名="黄敏", 角色="执法人员")))
    assert {post.role for post in User.objects.get(officer_cert_no="桂B000001").posts.all()} == {"leader"}
    assert {post.role for post in huang.posts.all()} == {"bureau_admin", "officer"}


def test_an_officer_whose_row_names_another_unit_moves_with_his_posts_and_is_told_of(
    bring_in, django_capture_on_commit_callbacks
):
    bring_in(as_csv(officer(1)))
    person = User.objects.get(officer_cert_no="桂B000001")
    heard = []

    def listen(**said):
        heard.append((said["user_id"], said["from_unit_id"], said["to_unit_id"]))

    signals.unit_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        job = bring_in(as_csv(officer(1, 单位编码="450100")))
    signals.unit_changed.disconnect(listen)
    assert counts(job) == (0, 1, 0, 0)
    city, county = Unit.objects.get(code="450100"), Unit.objects.get(code="450103")
    assert [post.unit_id for post in person.posts.all()] == [city.pk]
    assert heard == [(person.pk, county.pk, city.pk)]


def test_a_run_that_was_cut_off_is_run_again_to_the_same_end(bring_in, huang, monkeypatch):
    job = jobs.upload(content=file_of_300(), file_name="名单.csv", is_complete=False, by=huang)
    jobs.confirm(job=job, by=huang)
    monkeypatch.setattr("accounts.imports.running.CHUNK", 100)
    keep = jobs._keep_bad

    def broken(job, bad):
        keep(job, bad)
        if bad[0].row_number > 100:
            raise OSError("the worker was killed")

    monkeypatch.setattr(jobs, "_keep_bad", broken)
    with pytest.raises(OSError, match="killed"):
        jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    monkeypatch.setattr(jobs, "_keep_bad", keep)
    jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_done) == ("done", 300)
    assert job.result["new"] + job.result["same"] == 296
    assert User.objects.filter(officer_cert_no__startswith="桂B").count() == 296
    assert not ImportFile.objects.exists()


# Complete lists -------------------------------------------------------------------------------------------------------


def test_a_complete_list_suspends_whom_it_leaves_out_below_the_set_share(bring_in):
    bring_in(as_csv(*[officer(number) for number in range(1, 11)]))
    job = bring_in(as_csv(*[officer(number) for number in range(1, 10)]), is_complete=True)
    assert (job.state, job.result["missing"], job.result["suspended"]) == ("done", 1, 1)
    assert not User.objects.get(officer_cert_no="桂B000010").is_active


def test_an_officer_in_a_bad_row_is_not_missing(bring_in):
    bring_in(as_csv(*[officer(number) for number in range(1, 11)]))
    rows = [officer(number) for number in range(1, 11)]
    rows[9] = officer(10, 手机号="bad")
    assert bring_in(as_csv(*rows), is_complete=True).result["missing"] == 0


def test_a_complete_list_that_was_cut_waits_for_a_second_administrator(bring_in, huang, lan):
    bring_in(as_csv(*[officer(number) for number in range(1, 11)]))
    job = jobs.upload(
        content=as_csv(*[officer(number) for number in range(1, 7)]), file_name="x.csv", is_complete=True, by=huang
    )
    assert (job.expected["missing"], job.expected["officers"]) == (4, 10)
    jobs.confirm(job=job, by=huang)
    assert job.state == "waiting"
    with pytest.raises(MoveRefused):
        jobs.run(job_id=job.pk)
    with pytest.raises(NotAllowed) as refused:
        jobs.agree(job=job, by=huang)
    assert refused.value.code == "second_administrator_needed"
    assert User.objects.filter(is_active=False).count() == 0
    jobs.agree(job=job, by=lan)
    jobs.run(job_id=job.pk)
    assert User.objects.filter(is_active=False).count() == 4


def test_a_list_agreed_to_as_small_does_not_suspend_many_when_the_bureau_has_grown_since(bring_in, huang):
    bring_in(as_csv(*[officer(number) for number in range(1, 5)]))
    job = jobs.upload(
        content=as_csv(*[officer(number) for number in range(1, 5)]), file_name="x.csv", is_complete=True, by=huang
    )
    bring_in(as_csv(*[officer(number) for number in range(5, 11)]))
    jobs.confirm(job=job, by=huang)
    jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.result["held_back"], job.result["suspended"]) == (True, 0)
    assert User.objects.filter(is_active=False).count() == 0


def test_suspended_by_a_list_means_sessions_ended(bring_in, client_for):
    bring_in(as_csv(*[officer(number) for number in range(1, 11)]))
    person = User.objects.get(officer_cert_no="桂B000010")
    client_for("gx", user=person)
    assert Session.objects.filter(user_id=person.pk).count() == 1
    bring_in(as_csv(*[officer(number) for number in range(1, 10)]), is_complete=True)
    assert not Session.objects.filter(user_id=person.pk).exists()


def test_only_the_system_administrator_imports(lan, chen):
    for person in (lan, chen):
        with pytest.raises(NotAllowed):
            jobs.upload(content=as_csv(officer(1)), file_name="x.csv", is_complete=False, by=person)


# Workers --------------------------------------------------------------------------------------------------------------


def test_two_workers_at_once_do_an_import_once(border, make_person):
    """The broker may hand the same import to a second worker while the first is at it."""
    import threading

    with context.province("gx"):
        admin = make_person("huang", "黄敏", Post.Role.BUREAU_ADMIN)
        Unit.objects.create(code="450103", name="青秀区局", kind="county_bureau", division_code="450103")
        job = jobs.upload(content=file_of_300(), file_name="x.csv", is_complete=False, by=admin)
        jobs.confirm(job=job, by=admin)
    failed = []

    def work() -> None:
        try:
            with context.province("gx"):
                run_import.run(str(job.pk))
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    with context.province("gx"):
        job.refresh_from_db()
        assert (job.state, job.result["new"]) == ("done", 296)
        assert trail.of(job).filter(verb="start").count() == 1
        run_import.run(str(job.pk))
        assert trail.of(job).filter(verb="start").count() == 1


def test_an_import_that_never_reached_a_worker_is_handed_out_by_the_sweep(huang, qingxiu, monkeypatch):
    job = jobs.upload(content=as_csv(officer(1)), file_name="x.csv", is_complete=False, by=huang)
    jobs.confirm(job=job, by=huang)
    handed = []
    monkeypatch.setattr(run_import, "apply_async", lambda args: handed.extend(args))
    sweep.run()
    assert handed == [str(job.pk)]
    jobs.run(job_id=job.pk)
    sweep.run()
    assert len(handed) == 1
