"""A time-stamp authority made with openssl, behind a small HTTP server."""

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

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
