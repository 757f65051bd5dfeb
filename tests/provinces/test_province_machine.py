"""G3: whatever is mixed, a thread works for exactly the province it believes to work for.

A Hypothesis state machine enters and leaves seats, opens transactions and savepoints, fails inside them, starts
threads, awaits asynchronous views, runs tasks and evaluates querysets and streams late. After each step four things
must agree: the seat believed, `current_schema()`, `current_user`, and the stamp of a row that was read.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, transaction
from django.http import StreamingHttpResponse
from harness.guards import size
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import Unit
from config.celery import app as celery
from provinces import context
from provinces.errors import BorderCrossing, NoSeat
from provinces.instances import home_of
from provinces.seats import BRANDS, OFFICE, Seat, province_seat
from provinces.tasks import HEADER

SEATS = [province_seat("gx"), province_seat("gz"), province_seat("gd"), BRANDS, OFFICE]
any_seat = st.sampled_from(SEATS)
numbers = count()
steps = count()


def told_by_postgresql() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_schema()::text")
        return cursor.fetchone()


def expected(seat: Seat) -> tuple[str, str]:
    return seat.login, seat.schema_name


def make_unit(seat: Seat) -> Unit:
    return Unit.objects.create(code=f"{seat.schema_name}-{next(numbers)}", name=seat.schema_name, kind="section_office")


@celery.task(name="tests.machine_task", bind=True, max_retries=1)
def machine_task(self, again: bool) -> tuple[str, str]:
    if again and not self.request.retries:
        raise self.retry(countdown=0)
    return told_by_postgresql()


class ProvinceMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.believed: list[Seat | None] = [None]
        self.blocks: list[tuple[str, ExitStack]] = []
        self.late: list[tuple[Seat, object]] = []

    @property
    def seat(self) -> Seat | None:
        return self.believed[-1]

    @property
    def inside_transaction(self) -> bool:
        return any(kind == "atomic" for kind, _ in self.blocks)

    # Seats and transactions -------------------------------------------------------------------------------------------

    @rule(wanted=any_seat)
    def enter(self, wanted: Seat) -> None:
        stack = ExitStack()
        if self.inside_transaction and wanted != self.seat:
            with pytest.raises(BorderCrossing):
                stack.enter_context(context.seat(wanted))
            return
        stack.enter_context(context.seat(wanted))
        self.blocks.append(("seat", stack))
        self.believed.append(wanted)

    @precondition(lambda self: self.seat is not None)
    @rule()
    def begin(self) -> None:
        stack = ExitStack()
        stack.enter_context(transaction.atomic())
        self.blocks.append(("atomic", stack))

    @precondition(lambda self: self.blocks)
    @rule(undo=st.booleans())
    def leave(self, undo: bool) -> None:
        kind, stack = self.blocks.pop()
        if kind == "atomic" and undo:
            transaction.set_rollback(True)
        stack.close()
        if kind == "seat":
            self.believed.pop()

    @precondition(lambda self: self.seat is not None)
    @rule()
    def fail_in_a_savepoint(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            make_unit(self.seat)
            _ = 1 / 0

    @rule(wanted=any_seat)
    def fail_in_another_seat(self, wanted: Seat) -> None:
        with pytest.raises((ZeroDivisionError, BorderCrossing)), context.seat(wanted), transaction.atomic():
            assert told_by_postgresql() == expected(wanted)
            _ = 1 / 0

    @precondition(lambda self: self.seat is not None)
    @rule()
    def break_a_statement(self) -> None:
        with pytest.raises(Exception, match="does not exist"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    # Other threads, asynchronous code, tasks --------------------------------------------------------------------------

    @rule(wanted=any_seat)
    def thread(self, wanted: Seat) -> None:
        def elsewhere() -> tuple[str, str]:
            try:
                with pytest.raises(NoSeat):
                    Unit.objects.count()
                with context.seat(wanted):
                    return told_by_postgresql()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(elsewhere).result(10) == expected(wanted)

    @rule()
    def asynchronous_view(self) -> None:
        async def view() -> tuple[str, str]:
            await asyncio.sleep(0)
            return await sync_to_async(told_by_postgresql)()

        if self.seat is None:
            with pytest.raises(NoSeat):
                async_to_sync(view)()
        else:
            assert async_to_sync(view)() == expected(self.seat)

    @rule()
    def asynchronous_view_in_any_thread(self) -> None:
        with pytest.raises(NoSeat):
            async_to_sync(sync_to_async(told_by_postgresql, thread_sensitive=False))()

    @rule(wanted=any_seat, again=st.booleans())
    def task(self, wanted: Seat, again: bool) -> None:
        def run():
            return machine_task.apply([again], headers={HEADER: wanted.name}).get()

        if self.inside_transaction and wanted != self.seat:
            with pytest.raises(BorderCrossing):
                run()
        else:
            assert tuple(run()) == expected(wanted)

    # What is evaluated late -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.seat is not None)
    @rule(streamed=st.booleans())
    def make_for_later(self, streamed: bool) -> None:
        rows = Unit.objects.filter(is_active=True)

        def body():
            yield from (row.name for row in rows)

        self.late.append((self.seat, StreamingHttpResponse(body()) if streamed else rows))
        del self.late[:-5]

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def use_now(self, data: st.DataObject) -> None:
        born, held = self.late.pop(data.draw(st.integers(0, len(self.late) - 1)))

        def use() -> set[str]:
            if isinstance(held, StreamingHttpResponse):
                return {name.decode() for name in held.streaming_content}
            return {row.name for row in held.all()}

        if self.seat is None:
            with pytest.raises(NoSeat):
                use()
        elif self.seat.schema_name != born.schema_name:
            with pytest.raises(BorderCrossing):
                use()
        else:
            assert use() <= {self.seat.schema_name}

    # What must always hold --------------------------------------------------------------------------------------------

    @invariant()
    def all_agree(self) -> None:
        next(steps)
        assert context.current() == self.seat
        if self.seat is None:
            with pytest.raises(NoSeat):
                Unit.objects.count()
            return
        assert told_by_postgresql() == expected(self.seat)
        with transaction.atomic():
            row = make_unit(self.seat)
            assert home_of(row) == home_of(Unit.objects.get(pk=row.pk)) == self.seat.schema_name
            assert set(Unit.objects.values_list("name", flat=True)) == {self.seat.schema_name}
            Unit.objects.filter(pk=row.pk)._raw_delete(row._state.db)

    def teardown(self) -> None:
        while self.blocks:
            self.blocks.pop()[1].close()


@pytest.mark.guard("G3")
def test_a_thread_works_for_whom_it_believes_to(border, trials):
    before = next(steps)
    phases = [Phase.generate] if "PLANTED_RUN" in os.environ else [Phase.generate, Phase.shrink]
    run_state_machine_as_test(
        ProvinceMachine,
        settings=settings(
            max_examples=size(25, 400),
            stateful_step_count=size(40, 60),
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    trials(next(steps) - before - 1)
