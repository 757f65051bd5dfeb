"""Uploads by tus 1.0.0: continued at the byte where they broke, taken in once, each person's their own."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from accounts.tickets import make_upload_ticket
from evidence import hooks, resumable, services
from evidence.errors import FileTooLarge, UploadElsewhere
from evidence.hooks import UploadTarget
from evidence.models import CustodyEvent, Exhibit, Quarantined, Upload, UploadIncident
from evidence.parts import Part, Writer, parts_dir
from evidence.uploads import answer
from kernel import clock
from kernel.errors import Conflict, NotFound404

TARGET = "/admin/quarantine/"  # stands for any page that takes files
TUS = {"Tus-Resumable": "1.0.0", "Accept": "*/*"}


@pytest.fixture
def taken(monkeypatch) -> list[hooks.Arrived]:
    """What arrived at the target, which is open to all but 黄管理员."""
    arrived: list[hooks.Arrived] = []

    def check(person, args, query):
        if person.username == "huang":
            raise NotFound404()

    def take(one: hooks.Arrived) -> dict[str, object]:
        arrived.append(one)
        if one.exhibit is None:
            return {"sha256": one.digests.sha256, "bytes": one.file.stat().st_size}
        return answer(one.exhibit)[0]

    monkeypatch.setattr(hooks, "_targets", dict(hooks._targets))
    hooks.on_uploaded("evidence:quarantine", UploadTarget(check=check, take=take))
    return arrived


class Phone:
    """A tus client in a few lines."""

    def __init__(self, client: Client, **headers: str) -> None:
        self.client, self.headers = client, TUS | headers

    def begin(self, data: bytes, *, target: str = TARGET, body: bytes | None = None, **fields: str):
        said = {"sha256": hashlib.sha256(data).hexdigest(), "source": "camera", "target": target, "filename": "a.jpg"}
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in (said | fields).items())
        more = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        return self.send("POST", "/uploads/", body or b"", **more)

    def patch(self, address: str, offset: int, piece: bytes, **headers: str):
        return self.send("PATCH", address, piece, **{"Upload-Offset": str(offset)} | headers)

    def send(self, method: str, address: str, body: bytes = b"", **headers: str):
        return self.client.generic(
            method, address, body, content_type="application/offset+octet-stream", headers=self.headers | headers
        )

    def offset(self, address: str) -> int:
        response = self.send("HEAD", address)
        assert response.status_code == 200, response.status_code
        return int(response["Upload-Offset"])


@pytest.fixture
def phone(gx, objects, people, client_for, taken):
    chen, _ = people()
    return Phone(client_for("gx", user=chen))


def test_a_photo_in_three_pieces_becomes_the_exhibit_that_was_sealed(phone, photo, taken):
    data = photo()
    begun = phone.begin(data, shot_code="front", captured_at="2026-11-21T10:30:00+08:00", lat="22.8", lon="108.3")
    assert begun.status_code == 201 and begun["Tus-Resumable"] == "1.0.0" and begun["Upload-Expires"].endswith("GMT")
    address, third = begun["Location"], len(data) // 3
    first = phone.patch(address, 0, data[:third])
    assert (first.status_code, first["Upload-Offset"]) == (204, str(third))
    assert phone.offset(address) == third
    phone.patch(address, third, data[third : 2 * third])
    last = phone.patch(address, 2 * third, data[2 * third :])
    exhibit = Exhibit.objects.get()
    assert last.status_code == 200 and last["Upload-Offset"] == str(len(data))
    expected = {"photo_id": str(exhibit.pk), "sha256": hashlib.sha256(data).hexdigest()}
    assert last.json() == expected | {"thumb_url": f"/photo/{exhibit.pk}/thumb"}
    assert services.store().digests(exhibit.original_key).sha256 == expected["sha256"]
    assert taken[0].fields["shot_code"] == "front" and str(exhibit.latitude) == "22.800000"
    # The answer was lost: HEAD says that all is there, GET says it again, and nothing is taken twice.
    assert phone.offset(address) == len(data)
    assert phone.client.get(address).json() == last.json() and phone.patch(address, len(data), b"").json()
    assert len(taken) == 1 and not list(parts_dir().iterdir())


def test_edge_case_7_an_upload_cut_at_80_percent_resumes_three_days_later(phone, photo):
    data = photo()
    address = phone.begin(data)["Location"]
    cut = len(data) * 8 // 10
    phone.patch(address, 0, data[:cut])
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert resumable.sweep() == 0
        # Sessions end meanwhile; the same person signs in again, here with the same client.
        assert phone.offset(address) == cut
        assert phone.patch(address, cut, data[cut:]).status_code == 200
    assert Exhibit.objects.get().sha256 == hashlib.sha256(data).hexdigest()


def test_edge_case_7_the_account_is_disabled_meanwhile_and_the_rest_goes_into_quarantine(
    phone, photo, client_for, taken
):
    data, draft = photo(), uuid4()
    address = phone.begin(data, lat="22.8", lon="108.3", position_source="gps")["Location"]
    phone.patch(address, 0, data[:1000])
    chen = Upload.objects.get().by_id
    ticket = make_upload_ticket(draft_id=draft, user_id=chen)
    assert resumable.User.objects.filter(pk=chen).update(is_active=False)
    outside = Phone(client_for("gx"))
    assert outside.patch(address, 1000, data[1000:]).json()["code"] == "sign_in_needed"
    other = Phone(client_for("gx"), **{"Upload-Ticket": make_upload_ticket(draft_id=draft, user_id=uuid4())})
    assert other.send("HEAD", address).status_code == 401
    late = Phone(client_for("gx"), **{"Upload-Ticket": ticket})
    assert late.offset(address) == 1000
    last = late.patch(address, 1000, data[1000:])
    assert last.status_code == 202 and last.json()["quarantined"] is True
    row = Quarantined.objects.get()
    assert row.sha256 == hashlib.sha256(data).hexdigest() and row.fields["position_source"] == "gps"
    assert not Exhibit.objects.exists() and not taken
    huang = resumable.User.objects.get(username="huang")
    exhibit = services.assign(quarantined_id=row.pk, to=huang, by=huang).exhibit
    assert (str(exhibit.latitude), exhibit.position_source, exhibit.by_id) == ("22.800000", "gps", chen)


def test_an_upload_begun_with_a_ticket_alone_reaches_nothing_but_quarantine(
    gx, objects, people, client_for, photo, taken
):
    chen, _ = people()
    ticket, data = make_upload_ticket(draft_id=uuid4(), user_id=chen.pk), photo()
    late = Phone(client_for("gx"), **{"Upload-Ticket": ticket})
    last = late.begin(data, body=data)
    assert last.status_code == 201 and last.json()["quarantined"] is True and last["Location"]
    assert Quarantined.objects.count() == 1 and not Exhibit.objects.exists() and not taken
    assert "ticket" not in Upload.objects.get().fields


def test_edge_case_4_the_same_file_twice_is_stored_once_and_both_uses_are_recorded(
    phone, photo, taken, client_for, objects
):
    data = photo()
    first = phone.begin(data, body=data, captured_at="2026-11-21T10:30:00+08:00")
    again = phone.begin(data, body=data, captured_at="2026-11-21T10:30:00+08:00")
    assert first.json()["photo_id"] == again.json()["photo_id"] and len(taken) == 2
    assert CustodyEvent.objects.filter(act="received").count() == 1, "a repeated sending is no second use"
    wei = resumable.User.objects.create_user("wei", name="韦")
    from_album = Phone(client_for("gx", user=wei)).begin(data, body=data, source="album")
    assert from_album.json()["photo_id"] == first.json()["photo_id"]
    assert len(list(objects.glob("gx/original/*/*"))) == 1 and Exhibit.objects.count() == 1
    event = CustodyEvent.objects.filter(act="received").last()
    assert (event.by_name, event.data["again"], event.data["source"]) == ("韦", True, "album")


def test_edge_case_8_other_bytes_than_sealed_are_not_kept_and_both_digests_are_logged(phone, photo):
    data, other = photo(), photo(seed=b"other")
    data = data[: min(len(data), len(other))]
    address = phone.begin(data)["Location"]
    refused = phone.patch(address, 0, other[: len(data)])
    assert (refused.status_code, refused.json()["code"]) == (422, "digest_differs")
    incident = UploadIncident.objects.get()
    assert incident.declared_sha256 == hashlib.sha256(data).hexdigest()
    assert incident.found_sha256 == hashlib.sha256(other[: len(data)]).hexdigest()
    assert not Exhibit.objects.exists() and phone.send("HEAD", address).status_code == 404
    assert not list(parts_dir().iterdir())


def test_an_upload_is_its_persons_alone_and_the_target_is_asked(phone, photo, client_for, taken):
    address = phone.begin(photo())["Location"]
    huang = Phone(client_for("gx", user=resumable.User.objects.get(username="huang")))
    absent = f"/uploads/{uuid4()}"
    for method in ("HEAD", "PATCH", "DELETE", "GET"):
        more = {"Upload-Offset": "0"}
        mine, nobodys = (huang.send(method, at, b"x", **more) for at in (address, absent))
        assert mine.status_code == nobodys.status_code == 404 and mine.content == nobodys.content
    assert phone.offset(address) == 0
    assert huang.begin(photo()).status_code == 404, "the page of the target would not let her in"
    for target in ("", "/", "/nowhere/", "//evil.example/", "/items/", "/admin/quarantine"):
        assert phone.begin(photo(), target=target).json()["code"] == "upload_target_unknown"


def test_the_protocol_s_own_refusals(phone, photo, settings):
    data = photo()
    able = phone.client.options("/uploads/")
    assert able.status_code == 204 and "creation-with-upload" in able["Tus-Extension"]
    assert "sha256" in able["Tus-Checksum-Algorithm"]
    old = phone.send("POST", "/uploads/", **{"Tus-Resumable": "0.2.2"})
    assert old.status_code == 412 and old["Tus-Version"] == "1.0.0"
    address = phone.begin(data)["Location"]
    assert phone.patch(address, 5, data[5:]).status_code == 409
    wrong_type = phone.client.generic(
        "PATCH", address, data, content_type="image/jpeg", headers=TUS | {"Upload-Offset": "0"}
    )
    assert wrong_type.status_code == 415
    assert phone.patch(address, 0, data + b"more").status_code == 413
    assert phone.send("PATCH", address, data).status_code == 400
    for origin in ({"Origin": "http://gd.testhost"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        assert phone.patch(address, 0, data, **origin).status_code == 403
    assert phone.offset(address) == 0
    settings.MAX_UPLOAD_BYTES = 100
    assert phone.begin(data).json()["code"] == "too_large"
    assert phone.send("POST", "/uploads/", **{"Upload-Length": "9", "Upload-Metadata": "sha256 !!"}).status_code == 400


def test_a_piece_with_a_checksum_is_kept_whole_or_not_at_all(phone, photo):
    data = photo()
    address = phone.begin(data)["Location"]
    good = base64.b64encode(hashlib.sha1(data[:500]).digest()).decode()
    bad = phone.patch(address, 0, data[1:501], **{"Upload-Checksum": f"sha1 {good}"})
    assert bad.status_code == 460 and phone.offset(address) == 0
    assert phone.patch(address, 0, data[:500], **{"Upload-Checksum": "md5 x"}).status_code == 400
    assert phone.patch(address, 0, data[:500], **{"Upload-Checksum": f"sha1 {good}"}).status_code == 204
    rest = base64.b64encode(hashlib.sha256(data[500:]).digest()).decode()
    assert phone.patch(address, 500, data[500:], **{"Upload-Checksum": f"sha256 {rest}"}).status_code == 200


def test_unfinished_uploads_go_after_14_days_and_can_be_taken_back_before(phone, photo):
    data = photo()
    old, kept = phone.begin(data)["Location"], phone.begin(data)["Location"]
    assert phone.send("DELETE", old).status_code == 204 and phone.send("HEAD", old).status_code == 404
    with clock.frozen(clock.now() + timedelta(days=13, hours=23)):
        assert resumable.sweep() == 0
        phone.patch(kept, 0, data[:100])
    with clock.frozen(clock.now() + timedelta(days=15)):
        assert resumable.sweep() == 0, "it was continued meanwhile"
    with clock.frozen(clock.now() + timedelta(days=28)):
        assert phone.send("HEAD", kept).status_code == 404
        assert resumable.sweep() == 1 and not list(parts_dir().iterdir()) and not Upload.objects.exists()
    done = phone.begin(data, body=data)
    assert phone.send("DELETE", done["Location"]).json()["code"] == "upload_done"


def test_the_later_of_two_writers_goes_on_and_nothing_is_doubled(gx, objects):
    part = Part(uuid4())
    part.create()
    with Writer(part, 0) as first:
        first.write(b"abc")
        with Writer(part, 3) as second:
            with pytest.raises(UploadElsewhere):
                first.write(b"def")
            second.write(b"def")
        with pytest.raises(UploadElsewhere), Writer(part, 3):
            pass
    assert part.path.read_bytes() == b"abcdef" and part.size() == 6


def test_eight_writers_at_once_leave_each_byte_once(gx, objects):
    part, data, done = Part(uuid4()), os.urandom(400_000), []
    part.create()

    def write() -> None:
        while part.path.stat().st_size < len(data):
            try:
                with Writer(part, part.path.stat().st_size) as writer:
                    while writer.offset < len(data):
                        writer.write(data[writer.offset : writer.offset + 10_000])
                done.append(1)
            except UploadElsewhere:
                continue

    threads = [threading.Thread(target=write) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join(20) for thread in threads]
    assert part.path.read_bytes() == data and len(done) <= len(threads)


def test_a_server_that_died_after_the_last_byte_finishes_at_the_next_question(phone, photo, taken):
    data = photo()
    address = phone.begin(data)["Location"]
    with Writer(Part(Upload.objects.get().pk), 0) as writer:
        writer.write(data)
    assert phone.offset(address) == len(data) and len(taken) == 1
    assert phone.client.get(address).json()["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_refusal_by_the_matter_keeps_what_has_arrived(phone, photo, monkeypatch):
    data = photo()
    address = phone.begin(data)["Location"]
    good = hooks._targets["evidence:quarantine"]

    def shut(person, args, query):
        raise NotFound404()

    def refuse(arrived):
        raise Conflict()

    hooks.on_uploaded("evidence:quarantine", UploadTarget(check=good.check, take=refuse))
    other = photo(seed=b"other")
    assert phone.begin(other, body=other).status_code == 409, "the sender knows no address yet, so it is told at once"
    assert Upload.objects.count() == 1 and len(list(parts_dir().glob("*"))) == 2
    Exhibit.objects.get()
    hooks.on_uploaded("evidence:quarantine", UploadTarget(check=shut, take=good.take))
    assert phone.patch(address, 0, data).status_code == 404
    hooks.on_uploaded("evidence:quarantine", good)
    assert phone.offset(address) == len(data) and Exhibit.objects.count() == 2


def test_a_person_s_unfinished_uploads_are_bounded(phone, photo, settings):
    settings.UPLOADS_OPEN = 2
    data = photo()
    for _ in range(2):
        assert phone.begin(data).status_code == 201
    assert phone.begin(data).json()["code"] == "too_many_uploads"


def test_a_file_of_another_kind_is_handed_over_with_its_digests(phone, taken, settings):
    good = hooks._targets["evidence:quarantine"]
    hooks.on_uploaded("evidence:quarantine", UploadTarget(check=good.check, take=good.take, kind="file"))
    data = os.urandom(300_000)
    last = phone.begin(data, body=data)
    assert last.json() == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": 300_000}
    assert not taken[0].file.exists(), "what the target did not store is gone"


def test_a_large_file_is_written_in_small_pieces_and_never_held(gx, objects, people, taken, settings):
    """As much as is read at once does not depend on the length of the file."""
    chen, _ = people()
    good = hooks._targets["evidence:quarantine"]
    hooks.on_uploaded("evidence:quarantine", UploadTarget(check=good.check, take=good.take, kind="file"))
    upload = resumable.begin(resumable.Sender(chen), length=2_000_000_000, target=TARGET, fields={"sha256": "0" * 64})
    asked: list[int] = []

    def read(size: int) -> bytes:
        asked.append(size)
        return b"\x00" * size if len(asked) < 300 else b""

    safe = resumable.append(upload, offset=0, read=read, length=2_000_000_000)
    assert max(asked) <= 1 << 16 and safe == 299 << 16 == resumable.offset_of(upload)
    with pytest.raises(FileTooLarge):
        resumable.begin(resumable.Sender(chen), length=settings.MAX_FILE_BYTES + 1, target=TARGET, fields={})


def test_the_sweep_runs_at_the_brands_host_too(brands_seat, objects):
    assert resumable.sweep() == 0
