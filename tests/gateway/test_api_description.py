"""What is said of the API is true: its description, its page, and docs/api.md with the program in it."""

import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.urls import path
from django.utils.module_loading import import_string
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from harness import people

from gateway import codes
from gateway.tokens import make_token
from provinces import context

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
KINDS = ["province", "brands", "office"]
HOSTS = {"province": "gx", "brands": "brands", "office": "federation"}


def schema_of(kind):
    patterns = import_string(f"config.urls.{kind}_api.urlpatterns")
    maps = SimpleNamespace(urlpatterns=[path("api/v1/", (patterns, None, None))])
    return SchemaGenerator(urlconf=maps).get_schema(public=True)


@pytest.mark.parametrize("kind", KINDS)
def test_the_description_is_made_without_a_warning(kind):
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        schema_of(kind)
    assert not GENERATOR_STATS._warn_cache and not GENERATOR_STATS._error_cache


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_says_how_it_may_be_refused_and_has_a_name_of_its_own(kind):
    names = []
    for address, methods in schema_of(kind)["paths"].items():
        for method, said in methods.items():
            names.append(said["operationId"])
            for status in ("400", "401", "403", "404", "503"):
                assert list(said["responses"][status]["content"]) == ["application/problem+json"], (address, method)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_shows_every_address_and_needs_nothing_from_outside(border, client_for, kind):
    page = client_for(HOSTS[kind]).get("/api/v1/").content.decode()
    for address in schema_of(kind)["paths"]:
        assert address in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_an_address_that_is_none_is_answered_for_programs(border, client_for):
    answer = client_for("gx").get("/api/v1/nothing/here/")
    assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_the_table_of_codes_is_the_one_of_the_code():
    written = DOCS.read_text(encoding="utf-8").partition("test_api_description.py -->\n")[2].strip()
    assert written == codes.table(), "write gateway.codes.table() into docs/api.md"


class Quiet(WSGIRequestHandler):
    def log_message(self, *said):
        pass


def test_the_program_in_the_docs_does_what_it_says(border, tmp_path):
    people.divisions()
    bureau, _house = people.bureau("gx"), people.brand_house("岚壑春")
    with context.province("gx"):
        _row, token = make_token(user=bureau.chen, seat="gx", name="docs")
    (tmp_path / "photo.jpg").write_bytes(people.jpeg())
    (program,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    (tmp_path / "ask.py").write_text(program, encoding="utf-8")
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "ask.py", "岚壑春", "photo.jpg"],
            cwd=tmp_path,
            env={"CZJ_URL": f"http://127.0.0.1:{server.server_port}", "CZJ_HOST": "gx.testhost", "CZJ_TOKEN": token},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.shutdown()
        server.server_close()
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split()[-1] == "sent"


def test_a_key_is_made_on_its_page_shown_once_used_and_revoked(border, client_for):
    people.divisions()
    chen = people.bureau("gx").chen
    browser = client_for("gx", user=chen)
    page = browser.post("/me/tokens/", {"name": "案件系统", "days": "30"}).content.decode()
    (token,) = re.findall(r'value="(czj_gx_[\w-]+)"', page)
    program = {"Authorization": f"Bearer {token}"}
    assert client_for("gx").get("/api/v1/me/", headers=program).json()["username"] == "chen"
    assert client_for("gx").post("/api/v1/notices/read/", headers=program).json()["code"] == "scope_missing"
    again = browser.get("/me/tokens/").content.decode()
    assert token not in again and "案件系统" in again
    (address,) = re.findall(r'action="(/me/tokens/[\w-]+/revoke/)"', again)
    browser.post(address)
    assert client_for("gx").get("/api/v1/me/", headers=program).status_code == 401


def test_a_key_makes_no_key(border, client_for):
    people.divisions()
    chen = people.bureau("gx").chen
    with context.province("gx"):
        _row, token = make_token(user=chen, seat="gx", name="first")
    answer = client_for("gx").post(
        "/api/v1/me/tokens/",
        {"name": "second"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 403 and answer.json()["code"] == "token_makes_no_token"
