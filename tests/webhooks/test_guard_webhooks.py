"""G22: what is posted is signed over id, time and body; old or changed it is refused; an id has one effect."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness.forgery import forged
from harness.told import MACHINE
from standardwebhooks import Webhook, WebhookVerificationError

from gateway import outbound
from kernel import clock
from runtime.ports import free_port
from webhooks import services
from webhooks.models import Delivery

ROOT = Path(__file__).resolve().parents[2]
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


@pytest.mark.guard("G22")
def test_any_change_of_id_time_body_or_signature_is_refused(told, trials):
    told.happen(number="桂Q-1")
    assert told.work() == 1, "the receiver's own library takes what was sent"
    ((headers, body),) = told.receiver.posts
    webhook = Webhook(told.receiver.keys[0])
    assert webhook.verify(body, headers)["type"] == "thing.moved"
    changed = [({**headers, name: forged(headers[name])}, body) for name in SIGNED[:2]]
    changed += [({name: value for name, value in headers.items() if name != gone}, body) for gone in SIGNED]
    changed += [(headers, body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]) for at in range(0, len(body), 7)]
    changed += [(headers, body + b" "), (headers, body[:-1])]
    good = headers["webhook-signature"]
    changed += [({**headers, "webhook-signature": f"v1,{forged(good[3:])}"}, body)]
    changed += [({**headers, "webhook-signature": good.replace("v1,", "v2,")}, body)]
    for wrong_headers, wrong_body in changed:
        with pytest.raises((WebhookVerificationError, ValueError)):
            webhook.verify(wrong_body, wrong_headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "QUJD" * 10).verify(body, headers)
    trials(len(changed) + 1)


@pytest.mark.guard("G22")
def test_what_was_signed_more_than_five_minutes_ago_is_refused_and_a_new_try_is_signed_anew(told, trials):
    with clock.frozen(datetime.now(UTC) - timedelta(minutes=6)):
        told.happen()
        assert told.work() == 0
    assert (told.receiver.refused, told.receiver.effects) == (1, {})
    with clock.frozen(datetime.now(UTC) + timedelta(seconds=30)):
        assert told.work() == 1
    first, second = (headers for headers, _body in told.receiver.posts)
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    trials(2)


@pytest.mark.guard("G22")
def test_an_id_has_one_effect_however_often_it_is_sent(told, trials):
    failing = iter((500, 200, 503, 200, 200))

    def takes_and_stumbles(held, headers, body):
        assert held.take(headers, body)
        return next(failing), {}, b""

    told.receiver.answer = takes_and_stumbles
    before = clock.now()
    about = told.happen(number="甲")
    with clock.frozen(clock.now()) as tick:
        for _ in range(2):
            told.work()
            tick(timedelta(seconds=20))
        services.replay(told.endpoint, by=MACHINE, since=before, until=clock.now())
        for _ in range(2):
            told.work()
            tick(timedelta(seconds=20))
        services.replay_one(told.endpoint, Delivery.objects.get(about=about).event_id, by=MACHINE)
        told.work()
    assert len(told.receiver.posts) == 5
    assert len(told.receiver.effects) == 1
    assert {body for _headers, body in told.receiver.posts} == {told.receiver.posts[0][1]}
    trials(5)


@pytest.mark.guard("G22")
def test_during_a_change_of_keys_both_sign_and_afterwards_only_the_new_one(told, trials):
    old = told.receiver.keys[0]
    new = services.rotate(told.endpoint, by=MACHINE)
    for keys in ([old], [new]):
        told.receiver.keys = keys
        told.happen()
        assert told.work() == 1
    headers, body = told.receiver.posts[-1]
    assert headers["webhook-signature"].count("v1,") == 2
    services.end_old_keys(told.endpoint, by=MACHINE)
    told.receiver.keys = [old]
    told.happen()
    assert told.work() == 0
    assert told.receiver.posts[-1][0]["webhook-signature"].count("v1,") == 1
    newest = services.rotate(told.endpoint, by=MACHINE)
    assert told.endpoint.keys.count() == 2, "of three keys two live"
    with pytest.raises(WebhookVerificationError):
        Webhook(newest).verify(body, headers)
    trials(5)


def test_the_receiver_of_the_manual_runs_and_takes_each_event_once(told, tmp_path):
    """docs/webhooks.md, as it stands there."""
    source = re.search(r"```python\n(.*?)```", (ROOT / "docs/webhooks.md").read_text(encoding="utf-8"), re.S)[1]
    assert len(source.splitlines()) <= 24
    port = free_port()
    environment = {**os.environ, "WEBHOOK_KEY": told.receiver.keys[0], "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", source], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        services.change(told.endpoint, by=MACHINE, url=f"http://127.0.0.1:{port}/")
        services.switch_on(told.endpoint, by=MACHINE)
        before = clock.now()
        told.happen(number="桂Q-7")
        assert told.work() == 1
        assert [row.state for row in told.rows()] == ["done"]
        services.replay(told.endpoint, by=MACHINE, since=before, until=clock.now() + timedelta(minutes=60))
        assert told.work() == 1
        answer = outbound.send("POST", f"http://127.0.0.1:{port}/", body=b"{}", headers={"webhook-id": "x"})
        assert answer.status == 401
    finally:
        process.kill()
        said = process.communicate()[0]
    assert said.split() == ["thing.moved", "桂Q-7"], "told twice, done once"
