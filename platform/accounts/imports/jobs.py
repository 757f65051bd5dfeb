"""An import as a matter with a life: uploaded and previewed, agreed to, run in the background, reported."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.imports.checking import Bad
from accounts.imports.columns import LABELS
from accounts.imports.running import CHUNK, Counts, Run
from accounts.models import ImportBadRow, ImportFile, ImportJob, Post, User
from accounts.services import put_out_many
from audit.move import move, refusal
from audit.trail import Actor, Person, record
from kernel import clock
from kernel.errors import BadInput, NotAllowed, TooLarge, Unavailable
from kernel.soon import soon
from kernel.tables import csv_line, plain
from provinces.alone import alone

MACHINE = Actor(None, "系统")


def upload(*, content: bytes, file_name: str, is_complete: bool, by: User) -> ImportJob:
    """Keep a file and say what it would do; nothing is changed yet. Raises BadInput, TooLarge."""
    rules.require(by, Post.Role.BUREAU_ADMIN)
    if len(content) > settings.ACCOUNTS_IMPORT_MAX_BYTES:
        raise too_large()
    if not content:
        raise BadInput(_("文件是空的。请重新选择文件。"), code="file_empty")
    content = plain(content)
    bad: list[Bad] = []
    run = Run(content, write=False, on_bad=bad.extend)
    counts = run.go()
    with transaction.atomic():
        job = ImportJob.objects.create(
            file_name=file_name[:200],
            is_complete=is_complete,
            by=by,
            rows=counts.rows,
            expected={**counts.as_json(), "sample": run.sample},
        )
        ImportFile.objects.create(job=job, content=content)
        _keep_bad(job, bad)
        record(job, "upload", by=by, data={"rows": counts.rows, "is_complete": is_complete})
    return job


def too_large() -> TooLarge:
    """The error of a file over the limit."""
    limit_mb = settings.ACCOUNTS_IMPORT_MAX_BYTES // 1_000_000
    return TooLarge(_("文件超过 {limit_mb} MB。请分成几个文件上传。"), code="file_too_large", limit_mb=limit_mb)


def needs_agreement(job: ImportJob, counts: Counts | None = None) -> bool:
    """Whether a second administrator must agree: a complete list that leaves out more officers than the set share."""
    expected = counts or Counts(missing=job.expected["missing"], officers=job.expected["officers"])
    return job.is_complete and expected.drop_share > settings.ACCOUNTS_IMPORT_DROP_SHARE


def confirm(*, job: ImportJob, by: User) -> ImportJob:
    """Run it, or ask a second administrator first when the list leaves out too many. Raises MoveRefused."""
    rules.require(by, Post.Role.BUREAU_ADMIN)
    if needs_agreement(job):
        return move(job, "ask", by=by)
    with transaction.atomic():
        move(job, "confirm", by=by)
        transaction.on_commit(lambda: enqueue(job.pk))
    return job


def agree(*, job: ImportJob, by: User) -> ImportJob:
    """The second administrator's yes. Raises NotAllowed `second_administrator_needed` for whoever uploaded the file."""
    rules.require(by, Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN)
    if by.pk == job.by_id:
        raise NotAllowed(
            _("上传的人不能自己同意。请另一位系统管理员或安全管理员来办理。"), code="second_administrator_needed"
        )
    with transaction.atomic():
        move(job, "confirm", by=by, agreed_by=by)
        transaction.on_commit(lambda: enqueue(job.pk))
    return job


def drop(*, job: ImportJob, by: User) -> ImportJob:
    """Let it be. The file is deleted."""
    rules.require(by, Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN)
    with transaction.atomic():
        move(job, "drop", by=by, finished_at=clock.now())
        ImportFile.objects.filter(job=job).delete()
    return job


def start_again(*, job: ImportJob, by: User) -> ImportJob:
    """Hand over an import once more that was cut off or never reached a worker. Raises MoveRefused, Unavailable."""
    rules.require(by, Post.Role.BUREAU_ADMIN)
    if job.state not in ImportJob.MOVES["start"][0]:
        raise refusal(job, "start")
    if not enqueue(job.pk):
        raise Unavailable(_("后台暂时没有应答，导入仍在排队。请几分钟后再点“现在开始”。"), code="broker_down")
    return job


def enqueue(job_id: UUID) -> bool:
    """Hand the import to a worker. False when the broker is down: it stays queued, and its page offers to try again."""
    from accounts.tasks import run_import

    return soon(run_import, str(job_id))


def run(*, job_id: UUID | str, by: Person = MACHINE) -> ImportJob:
    """Do a confirmed import. Safe to run again after it was cut off: what is written already counts as unchanged.

    Nothing happens while another worker is at it. Raises MoveRefused when it is not confirmed, or done.
    """
    job = ImportJob.objects.get(pk=job_id)
    with alone(job.pk) as is_alone:
        if not is_alone:
            return job
        move(job, "start", by=by, rows_done=0)
        try:
            _run(job, by)
        except Exception:
            move(job, "fail", by=by, finished_at=clock.now())
            raise
    return job


def unfinished() -> list[UUID]:
    """Imports that wait for a worker, or whose worker may be gone. `run` sees to it that none is done twice at once."""
    waiting = ImportJob.objects.filter(state__in=[ImportJob.State.CONFIRMED, ImportJob.State.RUNNING])
    return list(waiting.values_list("pk", flat=True))


def _run(job: ImportJob, by: Person) -> None:
    content = bytes(ImportFile.objects.get(job=job).content)
    ImportBadRow.objects.filter(job=job).delete()

    def on_progress(rows: int) -> None:
        job.rows_done += rows
        ImportJob.objects.filter(pk=job.pk).update(rows_done=job.rows_done)

    walk = Run(content, write=True, on_bad=lambda bad: _keep_bad(job, bad), on_progress=on_progress)
    counts = walk.go()
    suspended = 0
    held_back = job.is_complete and needs_agreement(job, counts) and job.agreed_by_id is None
    if job.is_complete and not held_back:
        why = _now("不在 {file} 的完整名单中").format(file=job.file_name)
        people = list(User.objects.filter(pk__in=walk.missing, is_active=True).exclude(pk=job.by_id))
        for start in range(0, len(people), CHUNK):
            with transaction.atomic():
                suspended += put_out_many(people[start : start + CHUNK], by=job.by, why=why)
    with transaction.atomic():
        result = {**counts.as_json(), "suspended": suspended, "held_back": held_back}
        move(job, "finish", by=by, finished_at=clock.now(), result=result)
        ImportFile.objects.filter(job=job).delete()


def report(job: ImportJob) -> Iterator[str]:
    """The rows left out, as lines of a CSV with BOM (so that spreadsheet programs read it as UTF-8)."""
    yield "\ufeff" + csv_line([_now("行号"), _now("列"), _now("内容"), _now("原因和办法")])
    for bad in job.bad_rows.iterator(chunk_size=1_000):
        yield csv_line([str(bad.row_number), str(LABELS[bad.column]), bad.value, bad.reason])


def template() -> str:
    """An empty file with every header and one made-up line."""
    made_up = ["张三", "", "13800000000", "桂A00001", "2028-12-31", "450103-ip", "青秀区局知识产权股", "450103"]
    made_up += ["股室", "450103", "执法人员", "知识产权股"]
    return "\ufeff" + csv_line([str(label) for label in LABELS.values()]) + csv_line(made_up)


def _keep_bad(job: ImportJob, bad: list[Bad]) -> None:
    ImportBadRow.objects.bulk_create(
        [
            ImportBadRow(
                job=job,
                row_number=each.row_number,
                column=each.column,
                value=each.value,
                code=each.code,
                other=each.other,
            )
            for each in bad
        ],
        batch_size=1_000,
    )
