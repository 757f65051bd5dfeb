"""Every example of docs/api/ does what it says: curl and Python, run as they stand there, against this product."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from harness import people
from harness.campaigns_world import people_of
from harness.correspondence_world import RENHUAI, divisions, issued
from harness.served import named, served

from accounts.models import Post
from audit.trail import Actor
from connections import services as connections
from federation.letters.delivery import deliver_everywhere
from gateway.tokens import make_token
from provinces import context
from provinces.hosts import DIRECTORY
from tenants.correspondence.services.drafting import To

pytestmark = pytest.mark.xdist_group("docs-examples")  # one reader follows them all, page after page
PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "api").glob("*.md"))
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.S | re.M)
SAYS = {
    "requests": "sent",
    "signing-in": "chen",
    "clues": "registered",
    "opinions": "答复期限（工作日） 10",
    "letters": "1 签收 0 未签收",
    "events": "clue.registered",
    "bulk": "1 bad_input county_code",
}
"""What stands in the output of a page's Python."""


@pytest.fixture(scope="module")
def reader(database, tmp_path_factory):
    """Somebody who follows the docs: an environment, with a key and a client, and a photo in the folder."""
    DIRECTORY.clear()
    divisions()
    folder = tmp_path_factory.mktemp("docs")
    bureau, writers, _house = people.bureau("gx"), people.bureau("gz", RENHUAI), people.brand_house("岚壑春")
    with context.province("gx"):
        people_of(bureau)
        Post.objects.create(user=bureau.chen, unit=bureau.unit, role=Post.Role.DISPATCHER)
    with context.province("gz"):
        issued(people_of(writers), to=To(unit_ref=people.NANNING), kind_code="notice")
    deliver_everywhere()
    with context.province("gx"):
        _row, token = make_token(user=bureau.chen, seat="gx", name="docs")
        machine = Actor(None, "系统")
        row = connections.create(by=machine, kind="case_system", name="办案系统")
        client, secret = connections.make_client(
            row, by=machine, name="办案系统", wanted=["matters:read"], unit=bureau.unit, roles=["officer"]
        )
        connections.switch_on(row, by=machine)
    (folder / "photo.jpg").write_bytes(people.jpeg())
    with served() as port:
        keys = {"CZJ_TOKEN": token, "CZJ_CLIENT_ID": client.oidc_id, "CZJ_CLIENT_SECRET": secret}
        yield folder, named("gx.testhost", port, folder) | keys
    connection.set_seat(None)
    database.empty_what_was_empty()


def run(argv, folder, environment):
    ran = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_b02_the_examples_of_a_page_run_as_they_stand(reader, page):
    folder, environment = reader
    assert shutil.which("curl"), "the examples are in curl: install it where tests run"
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert {kind for kind, _text in blocks} == {"sh", "python"}, "every page shows both"
    said = ""
    for kind, text in blocks:
        argv = ["bash", "-euc", text] if kind == "sh" else [sys.executable, "-c", text]
        said += run(argv, folder, environment) if kind == "python" else ""
        if kind == "sh":
            run(argv, folder, environment)
    assert SAYS.get(page.stem, "") in said, said
