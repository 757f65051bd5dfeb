"""What is said of the API is true: its description, its page, and its table of codes in docs/api.md."""

import json
import re
from pathlib import Path

from django.urls import path, resolve
from django.utils.translation import get_language, override
from drf_spectacular.generators import SchemaGenerator
from harness import people
from harness.described import OF_EACH_KIND, schema_of

from accounts.api import urlpatterns as people_api
from gateway import codes, described
from gateway.tokens import make_token
from gateway.views import AnswersFile
from kernel.ids import uuid7
from provinces import context

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
HOSTS = {"province": "gx", "brands": "brands", "office": "federation"}


@OF_EACH_KIND
def test_the_description_is_made_without_a_warning(kind):
    assert schema_of(kind)["paths"]  # which refuses to make another


@OF_EACH_KIND
def test_every_operation_says_how_it_may_be_refused_and_has_a_name_of_its_own(kind):
    names = []
    for address, methods in schema_of(kind)["paths"].items():
        for method, said in methods.items():
            names.append(said["operationId"])
            for status in ("400", "401", "403", "404", "503"):
                assert list(said["responses"][status]["content"]) == ["application/problem+json"], (address, method)
    assert len(names) == len(set(names))


@OF_EACH_KIND
def test_a_program_may_ask_for_the_kind_of_file_that_an_operation_answers(kind):
    """A client that goes by the description says `Accept: application/pdf` to what answers one."""
    count = 0
    for address, operations in schema_of(kind)["paths"].items():
        for method, operation in operations.items():
            answers = [answer for code, answer in operation["responses"].items() if code.startswith("2")]
            media = {each for answer in answers for each in answer.get("content", {})}
            if media and "application/json" not in media:
                view = resolve(re.sub(r"{[^}]*}", str(uuid7()), address), f"config.urls.{kind}").func.cls
                assert issubclass(view, AnswersFile), (method, address)
                count += 1
    assert count


@OF_EACH_KIND
def test_the_page_shows_every_address_and_needs_nothing_from_outside(border, client_for, kind):
    page = client_for(HOSTS[kind]).get("/api/v1/").content.decode()
    for address in schema_of(kind)["paths"]:
        assert address in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_a_description_is_made_once_for_each_language(border, client_for, monkeypatch):
    """Whoever asks again, a stranger too, costs next to nothing."""
    made = []

    class Counted(SchemaGenerator):
        def get_schema(self, *args, **kwargs):
            made.append(get_language())
            return super().get_schema(*args, **kwargs)

    monkeypatch.setattr(described, "SchemaGenerator", Counted)
    ours = described.Description([path("api/v1/", (list(people_api), None, None))])
    first = ours.as_json()
    with override("en"):
        english = ours.as_json()
        assert ours.as_json() == english
    assert ours.as_json() == first != english and made == ["zh-hans", "en"]
    assert ours.schema()["paths"].keys() == json.loads(english)["paths"].keys()

    monkeypatch.undo()
    asked = client_for("federation")
    chinese, english, unknown = (asked.get(f"/api/v1/schema/{more}") for more in ("", "?lang=en", "?lang=xx"))
    assert chinese["Content-Type"] == "application/vnd.oai.openapi+json"
    assert chinese.content == unknown.content != english.content
    assert asked.get("/api/v1/schema/", headers={"Accept": "text/csv"}).status_code == 406


def test_an_address_that_is_none_is_answered_for_programs(border, client_for):
    answer = client_for("gx").get("/api/v1/nothing/here/")
    assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_the_table_of_codes_is_the_one_of_the_code():
    written = DOCS.read_text(encoding="utf-8").partition("test_api_description.py -->\n")[2].strip()
    assert written == codes.table(), "write gateway.codes.table() into docs/api.md"


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
