"""A procedure: named steps, a journal in `public`, a dry run, and the same end however often it was killed on the way.

    outcome = run("province.add", "gx", [Act("schema", _("…"), do=…, would=…), …], options={…}, by="…", say=print)

Each step is done again until it has been noted as done, so a step must bear being repeated: it looks at what is there.
A run that was killed (-9) or failed is taken up by the next call of the same kind and scope with the same options.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from audit.move import move
from audit.trail import Actor
from kernel import clock
from kernel.errors import Words, told
from operations.errors import OtherOptions, ProcedureBusy
from operations.models import Procedure, Step
from provinces import context
from provinces.alone import alone

log = logging.getLogger(__name__)
Say = Callable[[str], object]


@dataclass
class Run:
    """What each step gets. found: by name, what earlier steps left. dry: nothing may be changed."""

    kind: str
    scope: str
    options: Mapping[str, Any]
    by: str
    say: Say
    dry: bool = False
    found: dict[str, Any] = field(default_factory=dict)
    procedure: Procedure | None = None

    def line(self, words: Words) -> None:
        """One line of progress under the step's own."""
        self.say(f"    {words}")


@dataclass(frozen=True)
class Act:
    """One step. name: stands in the journal. do: does it, repeatedly if need be, and returns JSON for later steps.

    would: what a dry run says of it, one line each; it changes nothing. again: done anew each time it is taken up.
    """

    name: str
    title: Words
    do: Callable[[Run], Any]
    would: Callable[[Run], Iterator[Words] | Sequence[Words]] = lambda run: ()
    again: bool = False


def run(
    kind: str,
    scope: str,
    acts: Sequence[Act],
    *,
    options: Mapping[str, Any] | None = None,
    by: str,
    say: Say = log.info,
    dry_run: bool = False,
) -> Run:
    """Take all steps that are not done yet, in order. Hold no seat that must be kept, and no transaction.

    Raises ProcedureBusy, OtherOptions, and what a step raises, after the journal has it; run again to go on.
    """
    wanted = json.loads(json.dumps(dict(options or {}), cls=DjangoJSONEncoder))
    state = Run(kind, scope, wanted, by, say, dry=dry_run)
    if dry_run:
        _tell(state, acts)
        return state
    with _alone(kind, scope):
        state.procedure = _open(state)
        try:
            for place, act in enumerate(acts, 1):
                _take(state, act, f"[{place}/{len(acts)}] {act.title}")
        except BaseException as error:
            _fail(state.procedure, error)
            raise
        move(state.procedure, "finish", by=Actor(None, by), ended_at=clock.now(), problem="")
    return state


def abandon(kind: str, scope: str, *, by: str, why: str) -> bool:
    """Give up the open run of that kind and scope: what it did stays as it is. Whether there was one.

    Raises ProcedureBusy while it is going on.
    """
    with _alone(kind, scope):
        open_one = Procedure.objects.filter(kind=kind, scope=scope, state__in=Procedure.OPEN).first()
        if open_one is None:
            return False
        move(open_one, "abandon", by=Actor(None, by), why=why, ended_at=clock.now())
    return True


def last(kind: str, scope: str) -> Procedure | None:
    """The last run of that kind and scope. For the owner."""
    return Procedure.objects.filter(kind=kind, scope=scope).order_by("-began_at").first()


@contextmanager
def _alone(kind: str, scope: str) -> Iterator[None]:
    """As the owner. Raises ProcedureBusy."""
    with context.owner(), alone(uuid5(NAMESPACE_URL, f"procedure {kind} {scope}")) as is_alone:
        if not is_alone:
            raise ProcedureBusy(kind=kind, scope=scope)
        yield


def _tell(state: Run, acts: Sequence[Act]) -> None:
    """The dry run: reads as the owner inside a transaction that PostgreSQL itself keeps from writing."""
    with context.owner(), _reading_only():
        open_one = Procedure.objects.filter(kind=state.kind, scope=state.scope, state__in=Procedure.OPEN).first()
        done = set()
        if open_one is not None:
            state.options = open_one.options
            for step in open_one.steps.filter(done_at__isnull=False):
                done.add(step.name)
                state.found[step.name] = step.found
        for place, act in enumerate(acts, 1):
            here = " ✓" if act.name in done and not act.again else ""
            state.say(f"[{place}/{len(acts)}] {act.title}{here}")
            if not here:
                for words in act.would(state):
                    state.line(words)


@contextmanager
def _reading_only() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _open(state: Run) -> Procedure:
    found = Procedure.objects.filter(kind=state.kind, scope=state.scope, state__in=Procedure.OPEN).first()
    if found is None:
        return Procedure.objects.create(
            kind=state.kind, scope=state.scope, options=dict(state.options), by_name=state.by
        )
    if found.options != state.options:
        raise OtherOptions(kind=state.kind, scope=state.scope, options=json.dumps(found.options, ensure_ascii=False))
    for step in found.steps.filter(done_at__isnull=False):
        state.found[step.name] = step.found
    return move(found, "take_up", by=Actor(None, state.by))


def _take(state: Run, act: Act, heading: str) -> None:
    if act.name in state.found and not act.again:
        state.say(f"{heading} ✓")
        return
    state.say(heading)
    with context.owner():
        step, made = Step.objects.get_or_create(procedure=state.procedure, name=act.name)
        if not made:
            Step.objects.filter(pk=step.pk).update(tries=step.tries + 1)
    found = act.do(state) or {}
    _note(act, step, found)
    state.found[act.name] = found


def _note(act: Act, step: Step, found: Any) -> None:
    """The step is done. Killed before this line it is done again."""
    with context.owner():
        Step.objects.filter(pk=step.pk).update(done_at=clock.now(), found=found)


def _fail(procedure: Procedure, error: BaseException) -> None:
    """Noted if the database is still there; otherwise the run counts as killed, which is taken up all the same."""
    try:
        with context.owner():
            move(procedure, "fail", by=Actor(None, procedure.by_name), problem=told(error)[:2000])
    except Exception:
        log.exception("the journal of %s could not be written", procedure)


__all__ = ["Act", "Run", "Say", "abandon", "last", "run"]
