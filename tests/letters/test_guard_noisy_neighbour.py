"""G25: a province that is stuck or flooded takes no more than its share; the others are served in turn."""

from __future__ import annotations

import queue
import threading

import pytest
from kombu import Connection

from config.celery import app
from federation.contracts.addresses import Address
from federation.letters import tasks
from provinces import context
from provinces.seats import province_seat
from provinces.tasks import HEADER
from provinces.turns import lane

GX = Address.province("gx")
OTHERS = ("gz", "fj")
THREADS = 4


@pytest.mark.guard("G25")
@pytest.mark.timeout(60, func_only=True)
def test_a_stuck_province_leaves_threads_to_the_others(desk, monkeypatch, trials):
    waiting: queue.Queue[str | None] = queue.Queue()
    monkeypatch.setattr(tasks, "wake", lambda name, **_more: waiting.put(name))
    stuck, go_on = threading.Semaphore(0), threading.Event()

    def behave(message, envelope):
        if envelope.addressee == GX:
            stuck.release()
            go_on.wait(30)

    desk.behave = behave
    for number in range(12):
        desk.send(f"{number}", GX, seat=province_seat("gd"))
    for code in OTHERS:
        for number in range(3):
            desk.send(f"{number}", Address.province(code))

    def work() -> None:
        from django.db import connection

        while (name := waiting.get()) is not None:
            with context.province(name):
                tasks.deliver.run()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        assert stuck.acquire(timeout=10)  # somebody is stuck in 广西
        for code in OTHERS:
            waiting.put(code)
        # Without moving anything in 广西 the others get all of theirs.
        for _ in range(100):
            if all(len(desk.noted(province_seat(code))) == 3 for code in OTHERS):
                break
            threading.Event().wait(0.1)
        held = 1
        while stuck.acquire(blocking=False):
            held += 1
        arrived = {code: len(desk.noted(province_seat(code))) for code in OTHERS}
    finally:
        go_on.set()
        for _ in range(60):
            if len(desk.noted(province_seat("gx"))) == 12:
                break
            threading.Event().wait(0.1)
        for _ in threads:
            waiting.put(None)
        for thread in threads:
            thread.join(20)
    assert arrived == dict.fromkeys(OTHERS, 3)
    assert held == 2
    assert len(desk.noted(province_seat("gx"))) == 12  # whoever was turned away was called again
    trials(18)


@pytest.mark.guard("G25")
def test_whoever_is_called_after_a_flood_is_served_in_turn(border, trials):
    with context.province("gd"):
        for _ in range(200):
            tasks.wake("gx")
        for code in OTHERS:
            tasks.wake(code)
    assert len({lane(code) for code in ("gx", *OTHERS)}) == 3
    served = []
    with Connection(app.conf.broker_url) as broker:
        consumer = broker.Consumer(app.conf.task_queues, accept=["json"])
        consumer.register_callback(lambda body, message: (served.append(message.headers[HEADER]), message.ack()))
        consumer.qos(prefetch_count=1)
        with consumer:
            while len(served) < 20:
                broker.drain_events(timeout=5)
    for code in OTHERS:
        assert served.index(code) < 10, served
    trials(len(served))
