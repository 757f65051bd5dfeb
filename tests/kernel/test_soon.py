"""Work handed over to a worker: a broker that is away delays it, a mistake of ours is told where it was made."""

import logging
import socket

import pytest
from celery import Celery

from kernel.soon import soon


@pytest.fixture
def nowhere():
    """An app whose broker is a port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    app = Celery("nowhere", broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
    app.conf.broker_transport_options = {"socket_connect_timeout": 2, "max_retries": 0}
    app.conf.task_publish_retry = False
    return app


def test_a_broker_that_is_away_is_no_error_of_the_caller(nowhere, caplog, monkeypatch):
    # A tool that configures logging for itself, earlier in the run, switches the loggers of others off.
    monkeypatch.setattr(logging.getLogger("kernel.soon"), "disabled", False)
    caplog.set_level(logging.WARNING, logger="kernel.soon")

    @nowhere.task(name="nowhere.write")
    def write(row):
        raise AssertionError("never runs")

    assert soon(write, "17") is False
    assert "nowhere.write" in caplog.text and "17" in caplog.text, "and the operator can read what waits"


def test_a_mistake_of_the_caller_is_told_at_once():
    class Wrong:
        name = "wrong"

        def apply_async(self, args, **options):
            raise LookupError("no such seat")

    with pytest.raises(LookupError):
        soon(Wrong())


def test_arguments_and_options_arrive_as_they_were_given():
    sent = []

    class Kept:
        name = "kept"

        def apply_async(self, args, **options):
            sent.append((args, options))

    assert soon(Kept(), "a", 2, seat="gx", queue="letters") is True
    assert sent == [(("a", 2), {"seat": "gx", "queue": "letters"})]
