"""What it costs to bring in the officers of a whole province from one workbook."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from openpyxl import Workbook

from accounts.imports import jobs
from accounts.imports.columns import LABELS
from accounts.models import ImportJob, Post, Unit, User
from accounts.rules import Role
from provinces import context
from runtime.bench import Result, Stage, bench

ROWS, UNITS = 15_000, 300
BAD = {4_000: ("phone", "no number"), 8_000: ("unit_kind", "no kind"), 12_000: ("name", "")}
DOUBLED = 14_000


@bench("officers_import")
def officers_import(stage: Stage) -> Result:
    """15,000 rows, three bad and one doubled: previewed, imported, imported again; against bare inserts."""
    stage.prepare()
    imported, bare = stage.open_provinces(2)
    content = _workbook()
    with context.province(bare):
        began = time.perf_counter()
        _insert_bare()
        bare_s = time.perf_counter() - began
    with context.province(imported):
        admin = User.objects.create_user("admin", name="管理员")
        Post.objects.create(user=admin, role=Role.BUREAU_ADMIN)
        with _watched_memory() as peak:
            first, preview_s, import_s = _bring_in(content, admin)
            again, _preview_s, again_s = _bring_in(content, admin)
        people = User.objects.count() - 1
    expected = ROWS - len(BAD) - 1
    outcome = (first.result["new"], first.result["bad"], again.result["same"], again.result["new"], people)
    if outcome != (expected, len(BAD) + 1, expected, 0, expected):
        raise RuntimeError(f"the import is not what the file says: {outcome}")
    return Result(
        n=ROWS,
        ratio=import_s / bare_s,
        reference=f"the same people written by bulk_create alone, no file read, nothing checked: {bare_s:.2f} s",
        figures={
            "rows_per_s": ROWS / import_s,
            "import_s": import_s,
            "preview_s": preview_s,
            "second_run_s": again_s,
            "peak_growth_mb": peak[0] / 1e6,
            "file_mb": len(content) / 1e6,
            "bad_rows": first.result["bad"],
        },
    )


def _bring_in(content: bytes, admin: User) -> tuple[ImportJob, float, float]:
    """The import from upload to report, with the seconds of the preview and of the run."""
    began = time.perf_counter()
    job = jobs.upload(content=content, file_name="officers.xlsx", is_complete=False, by=admin)
    previewed = time.perf_counter()
    jobs.confirm(job=job, by=admin)
    started = time.perf_counter()
    jobs.run(job_id=job.pk)
    done = time.perf_counter()
    job.refresh_from_db()
    return job, previewed - began, done - started


def _workbook() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([str(label) for label in LABELS.values()])
    for number in range(ROWS):
        unit = number % UNITS
        cells = {
            "name": f"人员{number}",
            "username": "",
            "phone": f"139{number:08d}",
            "officer_cert_no": f"A{1 if number == DOUBLED else number:08d}",
            "officer_cert_until": "2028-12-31",
            "unit_code": f"u{unit}",
            "unit_name": f"单位{unit}",
            "parent_code": "" if unit == 0 else f"u{(unit - 1) // 8}",
            "unit_kind": "县（区）局",
            "division_code": "450000",
            "roles": "执法人员",
            "section_type": "",
        }
        if number in BAD:
            field, value = BAD[number]
            cells[field] = value
        sheet.append([cells[field] for field in LABELS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _insert_bare() -> None:
    units = Unit.objects.bulk_create(
        Unit(code=f"u{number}", name=f"单位{number}", kind=Unit.Kind.COUNTY_BUREAU, division_code="450000")
        for number in range(UNITS)
    )
    for start in range(0, ROWS, 1_000):
        people = [
            User(username=f"A{number}", name=f"人员{number}", phone=f"+86139{number:08d}", unit=units[number % UNITS])
            for number in range(start, start + 1_000)
        ]
        for person in people:
            person.set_unusable_password()
        User.objects.bulk_create(people)
        Post.objects.bulk_create(Post(user=person, unit=person.unit, role=Role.OFFICER) for person in people)


@contextmanager
def _watched_memory() -> Iterator[list[int]]:
    """Growth of this process's resident memory inside the block, in bytes, as [peak]."""
    process = psutil.Process()
    before = process.memory_info().rss
    peak = [0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            peak[0] = max(peak[0], process.memory_info().rss - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()
