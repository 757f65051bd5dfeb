"""Case numbers on both sides, photos by reference, results on the way back (B-01, B-06; edge cases 1, 10)."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from harness import people

from accounts.models import Post, Unit, User
from appraisal.requests.models import AppraisalRequest
from audit.models import Trail
from kernel import searching
from kernel.canonical import canonical_json
from provinces import context
from tenants.clues.models import Clue
from tenants.embedding import news, results, selectors
from tenants.embedding.models import Matter, MatterAlias, MatterLink, MatterPhoto
from tenants.embedding.services import photos
from webhooks.models import Event


@pytest.fixture
def opens(world, browser):
    """`opens(number, …)`: 陈队长 opens a case; returns its page's prefix and its matter."""

    def go(number: str = "桂市监案〔2026〕12号", *, target: str = "matter", **more):
        gone = browser.get("/launch/", {"token": world.system.token(number, target=target, **more)})
        assert gone.status_code == 302, gone.content.decode()[:3000]
        matter_id = gone["Location"].split("/")[2]
        with context.province("gx"):
            matter = Matter.objects.get(pk=matter_id)
        return f"/embedded/{matter_id}", matter

    return go


def test_one_number_for_two_cases_waits_for_a_person_and_a_renumbered_case_is_found_by_both(world, browser, opens):
    """Edge case 1: conflict list; the old number stays as alias."""
    _at, first = opens("12号", case={"id": "A"})
    at, second = opens("12号", case={"id": "B"})
    assert first.pk != second.pk
    listed = browser.get(f"{at}/matters/?state=conflict").content.decode()
    assert listed.count("12号") >= 2 and "编号冲突" in listed
    page = browser.get(f"{at}/matters/{second.pk}/").content.decode()
    assert "是同一件，并入它" in page and str(first.pk) in page
    assert browser.post(f"{at}/matters/{second.pk}/rename/", {"number": "13号"}).status_code == 302
    with context.province("gx"):
        assert set(Matter.objects.values_list("case_number", "state")) == {("12号", "active"), ("13号", "active")}
    # Renumbered by the system: found by the old number and the new.
    at, again = opens("14号", case={"id": "A", "previous_number": "12号"})
    assert again.pk == first.pk
    for words in ("12号", "14号"):
        assert str(first.pk) in browser.get(f"{at}/matters/", {"q": words}).content.decode()
    # Without a key of the system the earlier number leads to the same matter; a clue that became a case stays one.
    clue = opens("线索7", case={"kind": "clue"})[1]
    assert opens("15号", case={"previous_number": "线索7"})[1].pk == clue.pk
    # They are one after all: everything hangs on the one that stays, and all numbers find it.
    at, twin = opens("14号", case={"id": "C"})
    assert browser.post(f"{at}/matters/{twin.pk}/merge/", {"into": str(first.pk)}).status_code == 302
    at, again = opens("14号", case={"id": "C"})
    assert again.pk == first.pk
    assert browser.post(f"{at}/matters/{first.pk}/rename/", {"number": "13号"}).status_code == 302
    with context.province("gx"):
        first.refresh_from_db()
        assert (first.case_number, first.state) == ("14号", "active"), "a number in use was taken twice"
        assert Trail.objects.filter(record_id=first.pk, verb="renumber").exists()


@pytest.mark.parametrize("looked_at", [searching.LOOKED_AT, 0], ids=["by walking", "by the index"])
def test_matters_are_found_by_number_ground_party_and_the_number_they_had(gx, monkeypatch, looked_at):
    monkeypatch.setattr(searching, "LOOKED_AT", looked_at)
    unit = Unit.objects.create(code="gx-1", name="青秀区局", kind=Unit.Kind.COUNTY_BUREAU, division_code="450103")
    chen = User.objects.create_user("chen", name="陈队长", unit=unit)
    Post.objects.create(user=chen, unit=unit, role=Post.Role.OFFICER)
    said = {"connection_id": uuid4(), "connection_name": "办案", "officer": chen, "unit": unit}
    wanted = Matter.objects.create(
        case_number="桂市监案〔2026〕12号", title="销售假酒", party={"name": "星湖路烟酒店"}, **said
    )
    MatterAlias.objects.create(matter=wanted, number="线索-7A")
    Matter.objects.create(case_number="桂市监案〔2026〕99号", title="无照", **said)
    visit = MatterLink.objects.create(matter=wanted, kind=MatterLink.Kind.SITE, object_id=uuid4())

    def found(text: str) -> set[str]:
        return {each.case_number for each in selectors.search(selectors.matters_of(chen), text)}

    for text in ("12号", "〔2026〕12", "假酒", "酒", "湖路", "线索", "7a", "线索-７Ａ", "烟酒店 12号"):
        assert found(text) == {wanted.case_number}, text
    assert found("案〔2026〕") == found(" ") == {wanted.case_number, "桂市监案〔2026〕99号"}
    assert found("13号") == found("%") == set()
    # Lists of requests find what was begun for a matter by its numbers, not by its party.
    assert selectors.requests_numbered("12号") == selectors.requests_numbered("线索-7") == [visit.object_id]
    assert selectors.requests_numbered("星湖") == selectors.requests_numbered(" ") == []


def test_clue_letter_and_inspection_begin_with_what_the_system_said(world, browser, opens):
    """Nothing is typed twice: party, place and number are there, and what is begun belongs to the case."""
    at, matter = opens(target="clue", place={"address": "南宁市青秀区民族大道1号", "county_code": "450103"})
    page = browser.get(f"{at}/clues/new/").content.decode()
    for words in ("青秀区好酒商行", "91450103MA5KX1234X", "民族大道1号", "涉嫌销售侵犯注册商标专用权的商品案"):
        assert words in page
    said = {"content": "涉嫌售假", "subject_name": "青秀区好酒商行", "address_raw": "民族大道1号", "channel": "offline"}
    made = browser.post(f"{at}/clues/new/", {**said, "anyway": "1"})
    assert made.status_code == 302, made.content.decode().split('id="messages"')[1][:1500]
    assert browser.get(f"{at}/inspections/new/").content.decode().count("民族大道1号")
    with context.province("gx"):
        clue = Clue.objects.get()
        assert selectors.matters_of_object("clue", clue.pk) == [matter]
    assert clue.number in browser.get(f"{at}/matters/{matter.pk}/").content.decode()
    assert opens(target="clue")[1].pk == matter.pk


class Files(ThreadingHTTPServer):
    """What the case system keeps: path to (status, body)."""

    held: dict[str, tuple[int, bytes]]


class Handler(BaseHTTPRequestHandler):
    server: Files

    def do_GET(self) -> None:
        status, body = self.server.held.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def files():
    with Files(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        server.held = {}
        yield server
        server.shutdown()
        thread.join()


def test_photos_by_reference_are_fetched_and_sealed_and_what_fails_is_listed_one_by_one(world, browser, opens, files):
    """Wrong digest, refused, silent: each by itself; the good ones are there, and nothing is lost."""
    good, other = people.jpeg("one"), people.jpeg("two")
    base = f"http://127.0.0.1:{files.server_port}"
    files.held = {"/a": (200, good), "/b": (200, good), "/c": (302, b""), "/e": (200, b"no photo")}
    said = [
        {"url": f"{base}/a", "sha256": hashlib.sha256(good).hexdigest(), "name": "门头"},
        {"url": f"{base}/b", "sha256": hashlib.sha256(other).hexdigest(), "name": "换过的"},
        {"url": f"{base}/c", "sha256": "c" * 64, "name": "转到别处"},
        {"url": "http://169.254.169.254/x", "sha256": "d" * 64, "name": "云里的"},
        {"url": f"{base}/e", "sha256": hashlib.sha256(b"no photo").hexdigest(), "name": "不是照片"},
        {"url": f"http://127.0.0.1:{shut_port()}/f", "sha256": "f" * 64, "name": "没开机"},
    ]
    at, matter = opens(photos=said)
    with context.province("gx"):
        assert photos.fetch_all(matter.pk) == 1
        states = dict(MatterPhoto.objects.values_list("name", "state"))
        assert states == {"门头": "kept", "换过的": "failed", "转到别处": "failed", "云里的": "failed",
                          "不是照片": "failed", "没开机": "waiting"}  # fmt: skip
        kept = MatterPhoto.objects.select_related("exhibit").get(name="门头")
        assert kept.exhibit.sha256 == kept.sha256 and kept.exhibit.by_id == world.chen.pk
        assert "南宁办案系统" in kept.exhibit.kept_reason and not kept.exhibit.live
    page = browser.get(f"{at}/matters/{matter.pk}/").content.decode()
    assert "摘要不符" in page and "302" in page and page.count("再取一次") == 4
    files.held["/b"] = (200, other)
    wrong = MatterPhoto(name="换过的")
    with context.province("gx"):
        wrong = MatterPhoto.objects.get(name="换过的")
    assert browser.post(f"{at}/matter-photos/{wrong.pk}/", {"again": "1"}).status_code == 302
    with context.province("gx"):
        assert photos.fetch_all(matter.pk) == 1
    # Used without being taken again.
    begun = browser.post(f"{at}/matters/{matter.pk}/begin/appraisal/")["Location"]
    site = begun.split("site=")[1]
    chosen = {"site_id": site, "unlisted": "1", "brand_name": "云上坡"}
    assert browser.post(f"{at}/check/", chosen).status_code == 302
    with context.province("gx"):
        item = AppraisalRequest.objects.get().items.get()
    shot = {"shot": f"{item.pk}:front_label"}
    assert browser.post(f"{at}/matter-photos/{kept.pk}/", shot).status_code == 302
    with context.province("gx"):
        assert item.photos.get().exhibit_id == kept.exhibit_id


def test_the_result_is_one_frozen_shape_by_api_file_and_event(world, browser, opens, client_for):
    """B-01: verdict, opinion letter and digests come back under the case's own number; the file proves itself."""
    at, matter = opens()
    with context.province("gx"):
        made = results.result_of(matter)
        assert list(made) == [
            "format", "matter", "kind", "case_number", "previous_numbers", "case_id", "province", "conflict",
            "answered", "changed_at", "requests", "opinions", "photos", "clues", "letters",
        ]  # fmt: skip
        assert made["format"] == "chazhenjia.result/1" and made["answered"] is False
        news.changed(matter)
        event = Event.objects.get(kind="matter.changed")
        assert event.about == matter.pk and event.payload["case_number"] == matter.case_number
        stranger = uuid4()
        known = news.references([matter.pk, stranger])
        assert [each["case_number"] for each in known[matter.pk]] == [matter.case_number] and stranger not in known
    file = json.loads(browser.get(f"{at}/matters/{matter.pk}/result.json").content)
    head, _gap, tail = file["signature"].split(".")
    raw = Ed25519PublicKey.from_public_bytes(_unpacked(file["key"]["x"]))
    body = base64.urlsafe_b64encode(canonical_json(file["result"])).rstrip(b"=")
    raw.verify(_unpacked(tail), head.encode() + b"." + body)
    api = client_for("gx", user=world.chen)
    found = api.get("/api/v1/matters/", {"case_number": matter.case_number}).json()["results"]
    assert [each["id"] for each in found] == [str(matter.pk)]
    assert api.get(f"/api/v1/matters/{matter.pk}/result/").json()["case_number"] == matter.case_number
    renamed = api.patch(f"/api/v1/matters/{matter.pk}/", {"case_number": "改过的号"}, content_type="application/json")
    assert renamed.json()["previous_numbers"] == ["桂市监案〔2026〕12号"]
    service = people_of(world)
    with context.province("gx"):
        assert selectors.matters_of(service).get() == matter


def people_of(world):
    """The service account of the case system."""
    from accounts.models import User

    with context.province("gx"):
        return User.objects.get(is_service=True)


def shut_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
