"""Time-stamps of heads: by an authority made with openssl behind a small HTTP server, and by our own."""

import shutil
import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pytest

from audit import heads, log, stamps
from audit.models import HeadStamp, LogHead
from kernel import clock

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/tsa.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[tsa_cert]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = critical, timeStamping
"""


class Authority:
    """What `openssl ts -reply` answers. broken: answers 503. spoil: applied to each request first."""

    def __init__(self, folder):
        self.folder, self.broken, self.spoil, self.asked = folder, False, lambda query: query, 0

    def answer(self, query):
        (self.folder / "query.tsq").write_bytes(self.spoil(query))
        self._openssl("ts", "-reply", "-queryfile", "query.tsq", "-out", "reply.tsr")
        return (self.folder / "reply.tsr").read_bytes()

    def make(self):
        (self.folder / "openssl.cnf").write_text(CONFIG.format(folder=self.folder))
        (self.folder / "serial").write_text("01")
        new_key = ("-newkey", "rsa:2048", "-nodes", "-days", "30")
        self._openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA")
        self._openssl("req", *new_key[:3], "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test TSA")
        self._openssl(
            *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30"),
            *("-extfile", "openssl.cnf", "-extensions", "tsa_cert", "-out", "tsa.pem"),
        )

    def _openssl(self, *arguments):
        environment = {"OPENSSL_CONF": str(self.folder / "openssl.cnf"), "PATH": "/usr/bin:/bin:/usr/local/bin"}
        subprocess.run(
            [shutil.which("openssl"), *arguments], cwd=self.folder, env=environment, check=True, capture_output=True
        )


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("tsa"))
    made.make()
    return made


@pytest.fixture
def tsa(authority, settings):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            authority.asked += 1
            query = self.rfile.read(int(self.headers["Content-Length"]))
            answer = b"" if authority.broken else authority.answer(query)
            self.send_response(503 if authority.broken else 200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments):
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TSA_URL = f"http://127.0.0.1:{server.server_port}/tsa"
    settings.TSA_CERTIFICATES = str(authority.folder / "ca.pem")
    authority.broken, authority.spoil = False, lambda query: query
    yield authority
    server.shutdown()
    server.server_close()


@pytest.fixture
def head(brands_seat):
    """A head of the brands' log, whose seat writes no letters."""
    log.append("test", uuid4(), {})
    return heads.make()


def test_the_authoritys_time_stamp_is_kept_whole_and_verifies_with_its_certificate(head, tsa):
    assert stamps.finish_waiting("brands") == 1
    stamp = HeadStamp.objects.get(head=head)
    assert (stamp.state, stamp.is_demo, stamp.authority.split(":")[0]) == ("stamped", False, "127.0.0.1")
    assert abs(stamp.stamped_at - clock.now()) < timedelta(minutes=1)
    data, response = head.body.encode(), bytes(stamp.response)
    assert stamps.verified_at(response, data, is_demo=False) == stamp.stamped_at
    with pytest.raises(stamps.NoStamp):
        stamps.verified_at(response, data + b" ", is_demo=False)
    with pytest.raises(stamps.NoStamp):
        stamps.verified_at(response, data, is_demo=True)
    (tsa.folder / "head").write_bytes(data)
    (tsa.folder / "kept.tsr").write_bytes(response)
    tsa._openssl("ts", "-verify", "-data", "head", "-in", "kept.tsr", "-CAfile", "ca.pem", "-untrusted", "tsa.pem")


def test_with_the_authority_down_the_head_waits_marked_and_is_finished_later(head, tsa):
    tsa.broken = True
    assert stamps.finish_waiting("brands") == 0
    stamp = HeadStamp.objects.get(head=head)
    assert (stamp.state, stamp.tries) == ("waiting", 1)
    assert "503" in stamp.problem
    tsa.broken = False
    asked = tsa.asked
    assert stamps.finish_waiting("brands") == 0, "not before its time"
    assert tsa.asked == asked
    with clock.frozen(clock.now() + stamps.BACK_OFF[0] + timedelta(seconds=1)):
        assert stamps.finish_waiting("brands") == 1
    stamp.refresh_from_db()
    assert (stamp.state, stamp.problem) == ("stamped", "")


def test_an_answer_to_another_question_does_not_count(head, tsa):
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    other = TimestampRequestBuilder().data(b"other").hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()
    tsa.spoil = lambda query: other
    assert stamps.finish_waiting("brands") == 0
    assert "nonce" in HeadStamp.objects.get(head=head).problem


def test_an_authority_that_nobody_vouches_for_does_not_count(head, tsa, settings):
    settings.TSA_CERTIFICATES = ""
    assert stamps.finish_waiting("brands") == 0
    assert "TSA_CERTIFICATES" in HeadStamp.objects.get(head=head).problem


def test_without_an_authority_our_own_stamps_and_says_that_it_is_for_demonstration(head):
    assert stamps.finish_waiting("brands") == 1
    stamp = HeadStamp.objects.get(head=head)
    assert stamp.is_demo
    assert "演示时间戳" in stamp.authority
    assert stamps.verified_at(bytes(stamp.response), head.body.encode(), is_demo=True) == stamp.stamped_at


def test_there_is_one_head_a_day_and_it_covers_what_came_before(brands_seat):
    from audit.tasks import daily

    assert not heads.is_due("brands")
    log.append("test", uuid4(), {})
    daily.run()
    log.append("test", uuid4(), {})
    daily.run()
    assert [head.size for head in LogHead.objects.filter(log="brands")] == [1]
    with clock.frozen(clock.now() + timedelta(days=1)):
        daily.run()
    assert [head.size for head in LogHead.objects.filter(log="brands")] == [1, 2]
    assert heads.is_whole(heads.latest("brands"))
