"""A copy of the trail leaves for another machine: in order, chained, nothing missed, the same when sent twice."""

import json
import socket
import threading
from contextlib import contextmanager
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured
from harness.tls import context_for, https_server
from moto.server import ThreadedMotoServer

from audit.models import ReadLine, Trail
from gateway.outbound import forget_connections
from kernel import clock
from kernel.ids import uuid7
from oversight.copying import places, running, targets
from oversight.models import Copied, Copy

NONE = {"url": "", "ca_file": "", "certificate_file": "", "token": "", "lock_days": 30}


class Kept(targets.Target):
    """A receiver in memory that can be away, or go away after it has taken a batch."""

    def __init__(self) -> None:
        self.bodies, self.away, self.forgets_to_say = [], False, False

    def send(self, seat, first, bodies):
        if self.away:
            raise targets.CopyFailed("connection: away")
        self.bodies += bodies
        if self.forgets_to_say:
            raise targets.CopyFailed("connection: lost")


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    """No process has seen anything of the stream."""
    monkeypatch.setattr(places, "_seen", {})


def look(**fields) -> ReadLine:
    return ReadLine.objects.create(seat="gx", record_label="clues.clue", record_id=uuid7(), by_name="陈队长", **fields)


def test_lines_leave_once_in_a_chain_and_again_the_same_when_nobody_said_they_came(gx):
    target = Kept()
    line = Trail.objects.create(
        record_label="clues.clue",
        record_id=uuid7(),
        verb="end",
        by_name="韦处",
        why="当事人张某",
        data={"through": "办案系统"},
    )
    looks = [look() for _ in range(3)]
    target.forgets_to_say = True
    with pytest.raises(targets.CopyFailed):
        places.round_of("gx", target)
    once, target.bodies, target.forgets_to_say = target.bodies, [], False
    assert places.round_of("gx", target) == 4
    assert target.bodies == once, "to the byte"
    said = [json.loads(body) for body in target.bodies]
    assert [each["id"] for each in said] == [str(row.pk) for row in (line, *looks)]
    assert "张某" not in "".join(target.bodies), "free text stays in the house"
    assert said[0]["through"] == "办案系统"
    assert said[0]["why_sha256"]
    last = places.checked(target.bodies)
    look()
    places.round_of("gx", target)
    assert places.checked(target.bodies[4:], before=last)
    spoilt = [target.bodies[0], target.bodies[2]]
    with pytest.raises(ValueError, match="chain breaks at place 3"):
        places.checked(spoilt)


def test_a_line_that_was_committed_late_is_not_missed(gx):
    target = Kept()
    early = ReadLine(seat="gx", record_label="clues.clue", record_id=uuid7(), by_name="陈队长")
    look()
    assert places.round_of("gx", target) == 1
    early.save(force_insert=True)
    assert early.pk < ReadLine.objects.order_by("-pk").first().pk
    assert places.round_of("gx", target) == 1
    assert json.loads(target.bodies[-1])["id"] == str(early.pk)
    # Hours late: the long look back finds it.
    old = ReadLine(seat="gx", record_label="clues.clue", record_id=uuid7(), by_name="陈队长")
    hours = 5 * 3600 * 1000
    old.pk = type(old.pk)(int=old.pk.int - (hours << 80))
    old.save(force_insert=True)
    assert places.round_of("gx", target) == 0
    Copy.objects.update(swept_at=clock.now() - places.LONG_EVERY)
    assert places.round_of("gx", target) == 1


def test_a_receiver_that_is_away_delays_and_loses_nothing_and_is_told_of(gx, settings, monkeypatch):
    from accounts.models import Post, Unit, User
    from notify.models import Notice

    unit = Unit.objects.create(code="gx-0", name="省局", kind="provincial_bureau", division_code="450000")
    jing = User.objects.create_user("jing", name="荆某", unit=unit)
    Post.objects.create(user=jing, unit=unit, role="audit_admin")
    target = Kept()
    settings.AUDIT_COPY = NONE | {"url": "syslog+tls://siem.invalid:6514"}
    monkeypatch.setattr(targets, "target", lambda *_said: target)
    target.away = True
    look()
    assert running.run() == 0
    assert Notice.objects.count() == 0, "a hiccup rings nobody"
    Copied.objects.update(at=clock.now() - 2 * places.LATE)
    Copy.objects.update(failed_at=clock.now() - 2 * places.LATE)
    assert running.run() == 0
    assert Notice.objects.get(user_id=jing.pk).code == "trail_copy_behind"
    assert places.standing().is_late
    assert running.run() == 0
    assert Notice.objects.count() == 1, "told once"
    target.away = False
    look()
    assert running.run() == 2
    standing = places.standing()
    assert (standing.behind_s, standing.waiting, standing.problem) == (0, 0, "")


@contextmanager
def syslog_server(folder):
    """A TLS server of its own authority that keeps what it reads."""
    context = context_for(folder)
    listening, kept = socket.create_server(("127.0.0.1", 0)), []

    def serve() -> None:
        while True:
            try:
                came, _from = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(came, server_side=True) as secure:
                    content = b""
                    while piece := secure.recv(65536):
                        content += piece
                    kept.append(content)
                    secure.unwrap()
            except OSError:
                came.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], kept
    listening.close()
    thread.join(2)


def test_rfc_5424_over_tls_reaches_a_server_whose_certificate_is_known_and_no_other(gx, tmp_path):
    look()
    look()
    with syslog_server(tmp_path) as (port, kept):
        said = NONE | {"url": f"syslog+tls://localhost:{port}"}
        with pytest.raises(targets.CopyFailed, match="tls"):
            places.round_of("gx", targets.target(said, {}))
        target = targets.target(said | {"ca_file": str(tmp_path / "ca.pem")}, {})
        assert places.round_of("gx", target) == 2
    content, messages = b"".join(kept), []
    while content:
        size, _space, rest = content.partition(b" ")
        messages.append(rest[: int(size)].decode())
        content = rest[int(size) :]
    assert len(messages) == 2
    assert messages[0].startswith("<110>1 ")
    assert '[place@32473 seat="gx" number="1"] \ufeff{' in messages[0]
    assert places.checked([each.partition("\ufeff")[2] for each in messages])


def test_https_takes_each_batch_once_by_its_key_whatever_happens_to_the_answer(gx, tmp_path, monkeypatch):
    """A certificate nobody knows, an error, an answer that comes too late: nothing counts as sent; then it goes on."""
    look()
    forget_connections()
    monkeypatch.setattr(targets, "HTTPS_S", 0.4)
    with https_server(tmp_path) as server:
        said = NONE | {"url": f"https://localhost:{server.port}/in", "token": "t0ken"}
        target = targets.target(said, {})
        with pytest.raises(targets.CopyFailed, match=r"^https: certificate$"):
            places.round_of("gx", target)
        assert server.kept == [], "not a byte went to a stranger"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        server.status = 500
        with pytest.raises(targets.CopyFailed, match=r"^https: 500$"):
            places.round_of("gx", target)
        server.status, server.slow_s = 200, 0.8
        with pytest.raises(targets.CopyFailed, match=r"^https: timeout$"):
            places.round_of("gx", target)
        assert places.standing().waiting == 1
        server.slow_s = 0.0
        assert places.round_of("gx", target) == 1
        look()
        look()
        assert places.round_of("gx", target) == 2
        assert places.round_of("gx", target) == 0
    again, last = server.kept[:3], server.kept[-1]
    keys = [headers["Idempotency-Key"] for headers, _body in server.kept]
    assert keys == ["gx-1-1"] * 3 + ["gx-2-2"] and len({body for _headers, body in again}) == 1, "the same to the byte"
    assert all(headers["Authorization"] == "Bearer t0ken" for headers, _body in server.kept)
    assert places.checked((again[-1][1] + last[1]).decode().splitlines())
    forget_connections()


def test_a_bucket_keeps_each_batch_under_lock_and_a_folder_each_once(gx, tmp_path):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        s3 = {
            "endpoint_url": f"http://{host}:{port}", "access_key_id": "t", "secret_access_key": "t",
            "region": "cn-local",
        }  # fmt: skip
        raw = boto3.client("s3", endpoint_url=s3["endpoint_url"], aws_access_key_id="t", aws_secret_access_key="t",
                           region_name="cn-local")  # fmt: skip
        bucket = f"trail-{uuid4().hex[:8]}"
        raw.create_bucket(
            Bucket=bucket, ObjectLockEnabledForBucket=True, CreateBucketConfiguration={"LocationConstraint": "cn-local"}
        )
        look()
        assert places.round_of("gx", targets.target(NONE | {"url": f"s3://{bucket}/czj"}, s3)) == 1
        [kept] = raw.list_object_versions(Bucket=bucket)["Versions"]
        assert kept["Key"] == "czj/gx/000000000001-000000000001.jsonl"
        with pytest.raises(ClientError):
            raw.delete_object(Bucket=bucket, Key=kept["Key"], VersionId=kept["VersionId"])
        went_back(Copy(pk=Copy.objects.get().pk, placed=0, sent=0, last_hash=""))
        look()
        assert places.round_of("gx", targets.target(NONE | {"url": f"s3://{bucket}/czj"}, s3)) == 3
        names = sorted(each["Key"] for each in raw.list_object_versions(Bucket=bucket)["Versions"])
        assert names == [kept["Key"], "czj/gx/000000000002-000000000004.jsonl"], "and no version over what lay there"
    finally:
        server.stop()
    look()
    target = targets.target(NONE | {"url": f"file://{tmp_path}"}, {})
    assert places.round_of("gx", target) == 1
    [path] = tmp_path.rglob("*.jsonl")
    body = path.read_text().strip()
    target.send("gx", json.loads(body)["place"], [body])
    with pytest.raises(targets.CopyFailed, match="other lines"):
        target.send("gx", json.loads(body)["place"], [body.replace("陈", "李")])
    assert len(list(tmp_path.rglob("*"))) == 2, "a batch sent twice is one file"


@pytest.mark.parametrize("url", ["ftp://x/", "syslog://x:514", "http://siem.example/", "syslog+tls:///"])
def test_an_address_that_is_not_safe_or_not_known_is_refused(url):
    with pytest.raises(ImproperlyConfigured):
        targets.target(NONE | {"url": url}, {})


def went_back(first: Copy) -> None:
    """The rows of the stream as a backup had them when only `first` was known."""
    Copied.objects.filter(place__gt=first.placed).delete()
    Copy.objects.filter(pk=first.pk).update(placed=first.placed, sent=first.sent, last_hash=first.last_hash)


def test_a_running_worker_notices_rows_that_were_put_back_behind_its_back(gx):
    target = Kept()
    look()
    assert places.round_of("gx", target) == 1
    snapshot = Copy.objects.get()
    look()
    assert places.round_of("gx", target) == 1
    lost = json.loads(target.bodies[-1])
    went_back(snapshot)
    assert places.round_of("gx", target) == 2, "the gap, and the line that has lost its place"
    gap, again = (json.loads(body) for body in target.bodies[-2:])
    assert (gap["kind"], gap["unknown_from"], gap["place"]) == ("gap", 2, 1 + places.JUMP)
    assert (again["id"], again["place"]) == (lost["id"], gap["place"] + 1)
    assert places.checked(target.bodies)
    look()
    assert places.round_of("gx", target) == 1, "once"


def test_a_stream_that_went_back_overwrites_nothing_outside_marks_the_gap_and_tells_of_it(gx, tmp_path, settings):
    from accounts.models import Post, Unit, User
    from notify.models import Notice

    unit = Unit.objects.create(code="gx-0", name="省局", kind="provincial_bureau", division_code="450000")
    jing = User.objects.create_user("jing", name="荆某", unit=unit)
    Post.objects.create(user=jing, unit=unit, role="audit_admin")
    settings.AUDIT_COPY = NONE | {"url": f"file://{tmp_path}"}

    def outside() -> list[str]:
        return [line for file in sorted(tmp_path.rglob("*.jsonl")) for line in file.read_text().splitlines()]

    look()
    assert running.run() == 1
    backup = Copy.objects.get()
    look()
    look()
    assert running.run() == 2
    before = outside()

    # Whether the restoration says so or not: the receiver is asked, by each process once.
    went_back(backup)
    places._seen.clear()
    after = look()
    assert running.run() == 4, "the gap, two lines that have lost their place, and the new one"
    assert outside()[: len(before)] == before, "not a byte of what lies outside is changed"
    said = [json.loads(line) for line in outside()]
    assert [each["place"] for each in said] == [1, 2, 3, 4, 5, 6, 7]
    assert said[3]["kind"] == "gap" and (said[3]["unknown_from"], said[3]["unknown_to"]) == (2, 3)
    assert said[6]["id"] == str(after.pk)
    assert places.checked(outside())
    assert Notice.objects.get(user_id=jing.pk).code == "trail_copy_gap"
    standing = places.standing()
    assert (standing.waiting, standing.gap_from, standing.gap_to, standing.has_new_gap) == (0, 2, 3, True)
    assert running.run() == 0 and Notice.objects.count() == 1, "once"

    # A receiver that cannot be asked: no place that it may have is given again.
    Copy.objects.update(returned_at=clock.now())
    target = Kept()
    look()
    assert places.round_of("gx", target) == 2
    gap, line = (json.loads(body) for body in target.bodies)
    assert gap["place"] == 7 + places.JUMP and gap["unknown_to"] is None and gap["before"] == said[6]["hash"]
    assert line["place"] == gap["place"] + 1
    stray = [*outside(), json.dumps(said[6] | {"place": 8})]
    with pytest.raises(ValueError, match="breaks at place 8"):
        places.checked(stray)
    assert places.checked([*outside(), *target.bodies])
    spoilt = json.dumps(gap | {"before": "0" * 64})
    with pytest.raises(ValueError, match="chain breaks"):
        places.checked([*outside(), spoilt])
    # A restoration after which nothing had left: nothing is marked.
    Copy.objects.update(returned_at=clock.now())
    settings.AUDIT_COPY = NONE | {"url": f"file://{tmp_path}/other"}
    assert running.run() == 0
    assert Copy.objects.get().returned_at is None
