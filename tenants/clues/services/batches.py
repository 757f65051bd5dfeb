"""批量办理: one thing done to many clues, each by the rules of one, each with its own result, and a way back.

What is refused for one is written on its row and stops nothing. Undoing takes back what can be taken back (a dispatch
that nobody has signed for, a priority, tags) and says of the rest why it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.standing import in_good_standing
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, Problem
from kernel.soon import soon
from tenants.clues.models import BatchRow, BatchRun, Clue, Dispatch
from tenants.clues.services import assessing, dispatching, marking, working

Kind, State, RowState = BatchRun.Kind, BatchRun.State, BatchRow.State
AT_ONCE = 50
"""So many are done while the person waits; more by a worker, with a bar."""
UNDO_FOR = timedelta(minutes=10)
_STUCK_AFTER = timedelta(minutes=10)
_WAITS_AFTER = timedelta(minutes=2)


def begin(*, by: User, kind: str, clue_ids: Sequence[UUID], args: Mapping[str, Any]) -> BatchRun:
    """Do one thing to these clues. The caller has asked a door for the ids. Raises BadInput.

    Up to fifty are done at once; more are left to a worker. The answer is the run, done or under way.
    """
    said = _read(kind, args)
    if not clue_ids:
        raise BadInput(_("还没有选择线索。请先在台账里勾选。"), code="batch_empty")
    with transaction.atomic():
        run = BatchRun.objects.create(kind=kind, args=said, by=by)
        BatchRow.objects.bulk_create(
            BatchRow(run=run, clue_id=pk, position=place) for place, pk in enumerate(dict.fromkeys(clue_ids), start=1)
        )
        trail.record(run, "begin", by=by, data={"kind": kind, "rows": len(clue_ids)})
    if len(clue_ids) <= AT_ONCE:
        return work(run.pk)
    _enqueue(run.pk)
    return run


def _read(kind: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked, checked once and not a thousand times."""
    words = str(args.get("words", "")).strip()[:1000]
    if kind == Kind.PROPOSED:
        return {"words": words}
    if kind == Kind.DISPATCH:
        if not args.get("unit_id"):
            raise BadInput(_("请选择分派到哪个单位。"), code="unit_missing")
        return {"unit_id": str(args["unit_id"]), "words": words}
    if kind == Kind.PRIORITY:
        if args.get("priority") not in Clue.Priority.values:
            raise BadInput(_("紧急程度只能选一般、重点或特急。"), code="priority_wrong")
        return {"priority": args["priority"], "why": words}
    if kind == Kind.TAGS:
        add, remove = list(args.get("add", ())), list(args.get("remove", ()))
        if not (add or remove) or not set(add) | set(remove) <= set(Clue.AreaTag.values):
            raise BadInput(_("请从列表中选择要加上或去掉的区域标签。"), code="tag_wrong")
        return {"add": add, "remove": remove}
    if kind == Kind.ASSESS:
        members = [str(each) for each in args.get("member_ids", ())]
        if not members:
            raise BadInput(_("请选择参加研判的人员。"), code="panel_missing")
        return {"member_ids": members}
    if kind == Kind.END:
        if args.get("result") not in Clue.Result.values or args.get("outcome") not in Clue.Outcome.values:
            raise BadInput(_("请选择核查结果和处置方式。"), code="ending_missing")
        return {"result": args["result"], "outcome": args["outcome"], "words": words}
    raise BadInput(_("没有这种批量操作。请刷新页面后重试。"), code="batch_kind")


def _enqueue(run_id: UUID) -> None:
    from tenants.clues.ledger_tasks import work_batch

    soon(work_batch, str(run_id))


def work(run_id: UUID) -> BatchRun:
    """Do what is still to be done of a batch, forwards or back. Safe to run twice: a row that is done is left."""
    run = BatchRun.objects.select_related("by").get(pk=run_id)
    if run.state == State.UNDOING:
        return _work_back(run)
    try:
        run = move(run, "start", by=run.by, touched_at=clock.now())
    except MoveRefused:
        return run
    _each(run, RowState.WAITING, _forwards, done=RowState.DONE, refused=RowState.REFUSED)
    return move(run, "finish", by=run.by, finished_at=clock.now(), undo_until=clock.now() + UNDO_FOR)


def undo(*, by: User, run: BatchRun) -> BatchRun:
    """Take back what can be taken back. The caller has asked a door for the run. Raises Conflict `undo_too_late`."""
    if run.state == State.DONE and run.undo_until is not None and run.undo_until <= clock.now():
        raise Conflict(
            _("这次批量办理已过可撤销的时间（{minutes} 分钟）。请逐条处理。"),
            code="undo_too_late",
            minutes=int(UNDO_FOR.total_seconds() // 60),
        )
    run = move(run, "undo", by=by, touched_at=clock.now())
    if run.rows.filter(state=RowState.DONE).count() <= AT_ONCE:
        return _work_back(run)
    _enqueue(run.pk)
    return run


def _work_back(run: BatchRun) -> BatchRun:
    _each(run, RowState.DONE, _back, done=RowState.UNDONE, refused=RowState.KEPT)
    return move(run, "finish_undo", by=run.by, finished_at=clock.now())


def _each(
    run: BatchRun,
    wanted: str,
    step: Callable[[BatchRun, BatchRow, User], dict[str, Any]],
    *,
    done: str,
    refused: str,
) -> None:
    """One row after the other, each in its own transaction; a refusal is written down in both languages."""
    person = User.objects.get(pk=run.by_id)
    for number, row in enumerate(run.rows.filter(state=wanted).select_related("clue")):
        if number % 20 == 0:
            BatchRun.objects.filter(pk=run.pk).update(touched_at=clock.now())
        try:
            with transaction.atomic():
                if not in_good_standing(person.pk):
                    raise NotAllowed()
                before = step(run, row, person)
                _keep(row, done, before=before)
        except Problem as problem:
            _keep(row, refused, problem=problem)


def _keep(row: BatchRow, state: str, *, before: dict[str, Any] | None = None, problem: Problem | None = None) -> None:
    row.state = state
    if before:
        row.before = before
    row.problem, row.said = "", {}
    if problem is not None:
        row.problem = problem.code[:60]
        for name, language in (("zh", "zh-hans"), ("en", "en")):
            with translation.override(language):
                row.said[name] = problem.detail
    row.save(update_fields=["state", "before", "problem", "said"])


def _forwards(run: BatchRun, row: BatchRow, person: User) -> dict[str, Any]:
    """One clue. Answers what undoing needs."""
    args, clue = run.args, row.clue
    if run.kind in (Kind.PROPOSED, Kind.DISPATCH):
        unit_id = UUID(args["unit_id"]) if run.kind == Kind.DISPATCH else None
        sent = dispatching.dispatch(by=person, clue_id=clue.pk, unit_id=unit_id, words=args["words"])
        return {"dispatch_id": str(sent.pk)}
    if run.kind == Kind.PRIORITY:
        before = {"priority": clue.priority, "why": clue.priority_why}
        marking.set_priority(by=person, clue_id=clue.pk, priority=args["priority"], why=args["why"])
        return before
    if run.kind == Kind.TAGS:
        tags = list(clue.area_tags)
        marking.set_tags(by=person, clue_id=clue.pk, add=args["add"], remove=args["remove"])
        return {"tags": tags}
    if run.kind == Kind.ASSESS:
        assessing.open_assessment(by=person, clue_id=clue.pk, member_ids=[UUID(each) for each in args["member_ids"]])
        return {}
    working.end(by=person, clue_id=clue.pk, result=args["result"], outcome=args["outcome"], words=args["words"])
    return {}


def _back(run: BatchRun, row: BatchRow, person: User) -> dict[str, Any]:
    """One clue back. Raises where it stays as it is, with the reason."""
    clue, before = row.clue, row.before
    if run.kind in (Kind.PROPOSED, Kind.DISPATCH):
        still = Dispatch.objects.filter(pk=before.get("dispatch_id"), ending="").exists()
        if not still or clue.state != Clue.State.DISPATCHED:
            raise Conflict(_("单位已经签收或退回，分派不能再撤回。请打开线索处理。"), code="undo_signed")
        with translation.override("zh-hans"):
            why = str(_("撤销批量分派"))
        dispatching.recall(by=person, clue_id=clue.pk, reason=why)
    elif run.kind == Kind.PRIORITY:
        if clue.priority != run.args["priority"]:
            raise Conflict(_("紧急程度后来又改过，没有撤销。"), code="undo_changed_since")
        marking.set_priority(by=person, clue_id=clue.pk, priority=before["priority"], why=before["why"])
    elif run.kind == Kind.TAGS:
        was, now = set(before["tags"]), set(clue.area_tags)
        marking.set_tags(
            by=person,
            clue_id=clue.pk,
            add=[tag for tag in run.args["remove"] if tag in was - now],
            remove=[tag for tag in run.args["add"] if tag in now - was],
        )
    else:
        raise Conflict(_("这种操作不能撤销。请打开线索，按程序处理。"), code="undo_not_possible")
    return {}


def sweep() -> int:
    """Take up batches that were left lying. Returns how many."""
    moment = clock.now()
    waiting = BatchRun.objects.filter(state=State.QUEUED, touched_at__lt=moment - _WAITS_AFTER)
    stuck = BatchRun.objects.filter(state__in=[State.RUNNING, State.UNDOING], touched_at__lt=moment - _STUCK_AFTER)
    found = [*waiting[:20], *stuck[:20]]
    for run in found:
        BatchRun.objects.filter(pk=run.pk).update(touched_at=moment)
        _enqueue(run.pk)
    return len(found)
