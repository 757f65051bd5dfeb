"""A real Celery worker in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from celery.contrib.testing.worker import start_worker

from config.celery import app


@contextmanager
def working(*queues: str, pool: str = "solo", concurrency: int = 1) -> Iterator[None]:
    """It serves these queues, all of them without a name, until the block ends.

    Which queues a worker is told to serve is kept by the application and not by the worker: left there, the next worker
    of this process would serve those only, and wait for ever for what stands in the others.
    """
    known = app.amqp.queues
    chosen, known._consume_from = known._consume_from, None
    try:
        with start_worker(
            app, pool=pool, concurrency=concurrency, perform_ping_check=False, loglevel="ERROR", queues=list(queues)
        ):
            yield
    finally:
        known._consume_from = chosen
