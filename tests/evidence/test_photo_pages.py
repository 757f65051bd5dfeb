"""A photo is seen through a door or not at all; what is uploaded is answered as the contract says."""

from __future__ import annotations

import hashlib
import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import JsonResponse
from django.test import RequestFactory
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.tickets import make_upload_ticket
from audit.models import ReadLine
from config.urls import province
from evidence import doors, hooks, services, uploads
from evidence.errors import KeyReused, SessionEnded
from evidence.models import CustodyEvent, Exhibit, Quarantined
from evidence.store import store
from kernel.errors import BadInput
from provinces import context

JSON = {"Accept": "application/json"}


def send(data: bytes, by) -> Exhibit:
    digest = hashlib.sha256(data).hexdigest()
    return services.receive(io.BytesIO(data), declared_sha256=digest, captured_at=None, source="camera", by=by)


@pytest.fixture
def shown(gx, objects, people, photo):
    """chen, huang, and a ready exhibit that chen may see."""
    chen, huang = people()
    exhibit = services.make_views(send(photo(), chen).pk)
    doors.register(lambda person, row: person.pk == chen.pk)
    return chen, huang, exhibit


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_view_and_thumbnail_are_served_to_whom_a_door_is_open(shown, client_for):
    chen, _, exhibit = shown
    client = client_for("gx", user=chen)
    answer = client.get(f"/photo/{exhibit.pk}/view")
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-cache" and answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert hashlib.sha256(body(answer)).hexdigest() == exhibit.view_sha256
    assert client.get(f"/photo/{exhibit.pk}/view", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert len(body(client.get(f"/photo/{exhibit.pk}/thumb"))) < exhibit.view_size


def test_absent_foreign_and_shut_are_the_same_404(shown, client_for):
    chen, huang, exhibit = shown
    answers = [
        client_for("gx", user=huang, headers=JSON).get(f"/photo/{exhibit.pk}/{what}")
        for what in ("view", "thumb", "original")
    ]
    answers += [
        client_for("gx", user=chen, headers=JSON).get(f"/photo/{uuid4()}/view"),
        client_for("gx", headers=JSON).get(f"/photo/{exhibit.pk}/view"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_door_that_closes_closes_what_the_browser_keeps(shown, client_for):
    chen, _, exhibit = shown
    client = client_for("gx", user=chen)
    etag = client.get(f"/photo/{exhibit.pk}/view")["ETag"]
    doors._doors.clear()
    assert client.get(f"/photo/{exhibit.pk}/view", headers={"If-None-Match": etag}).status_code == 404


def test_an_original_needs_its_own_door_and_a_purpose_and_leaves_a_trail(shown, client_for, photo):
    chen, _, exhibit = shown
    client = client_for("gx", user=chen, headers=JSON)
    assert client.get(f"/photo/{exhibit.pk}/original?purpose=x").status_code == 404
    doors.register(lambda person, row: person.pk == chen.pk, originals=True)
    assert client.get(f"/photo/{exhibit.pk}/original").json()["code"] == "purpose_missing"
    answer = client.get(f"/photo/{exhibit.pk}/original", {"purpose": "核对批号"})
    assert body(answer) == photo() and "attachment" in answer["Content-Disposition"]
    assert CustodyEvent.objects.get(exhibit=exhibit, act="original_read").purpose == "核对批号"


def test_a_photo_that_is_not_ready_says_so(shown, client_for, photo):
    chen, _, _ = shown
    waiting = send(photo(seed=b"2"), chen)
    assert (
        client_for("gx", user=chen, headers=JSON).get(f"/photo/{waiting.pk}/view").json()["code"] == "photo_not_ready"
    )


def test_a_link_opens_for_its_person_while_in_good_standing(shown, client_for):
    chen, huang, exhibit = shown
    address = store().link(exhibit.view_key, person_id=chen.pk, seconds=60)
    client = client_for("gx", user=chen)
    assert body(client.get(address))
    assert ReadLine.objects.filter(record_id=exhibit.pk, by_id=chen.pk, what="link").count() == 1
    assert client_for("gx", user=huang).get(address).status_code == 404
    assert client_for("gx").get(address).status_code == 404


# Uploads --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def request_of():
    """`request_of(user, data, **fields)`: an upload as the capture page sends it."""

    def make(user, data: bytes, *, key: str = "", **fields: str):
        sent = {"sha256": hashlib.sha256(data).hexdigest(), "source": "camera", "shot_code": "front"} | fields
        sent["file"] = SimpleUploadedFile("a.jpg", data, "image/jpeg")
        request = RequestFactory().post("/upload", sent, headers={"Idempotency-Key": key} if key else {})
        request.user = user
        return request

    return make


class Nobody:
    is_authenticated = False
    pk = None


def test_an_upload_becomes_an_exhibit_with_time_and_place(gx, objects, people, photo, request_of):
    chen, _ = people()
    request = request_of(
        chen, photo(), captured_at="2026-11-21T10:30:00+08:00", lat="22.8170001", lon="108.3665", accuracy_m="11.6",
        kept_reason="只剩这一瓶",
    )  # fmt: skip
    exhibit = uploads.handle_upload(request)
    assert exhibit.captured_at.isoformat() == "2026-11-21T10:30:00+08:00"
    assert (str(exhibit.latitude), exhibit.accuracy_m, exhibit.kept_reason) == ("22.817000", 12, "只剩这一瓶")
    answer, status = uploads.answer(exhibit)
    assert status == 201 and answer["photo_id"] == str(exhibit.pk) and answer["sha256"] == exhibit.sha256
    assert answer["thumb_url"] == f"/photo/{exhibit.pk}/thumb"


def test_the_same_key_and_photo_give_the_same_exhibit_and_another_photo_a_conflict(
    gx, objects, people, photo, request_of
):
    chen, huang = people()
    first = uploads.handle_upload(request_of(chen, photo(), key="k1"))
    assert uploads.handle_upload(request_of(chen, photo(), key="k1")).pk == first.pk
    with pytest.raises(KeyReused) as refused:
        uploads.handle_upload(request_of(chen, photo(seed=b"2"), key="k1"))
    assert refused.value.status == 409
    assert uploads.handle_upload(request_of(huang, photo(seed=b"2"), key="k1")).pk != first.pk


@pytest.mark.parametrize(
    "fields",
    [
        {"captured_at": "yesterday"}, {"captured_at": "2026-11-21T10:30:00"}, {"captured_at": "2026-13-45T10:30:00Z"},
        {"source": "letter"}, {"lat": "91", "lon": "0"}, {"lat": "x", "lon": "0"}, {"lat": "NaN", "lon": "0"},
        {"lat": "1", "lon": "2", "accuracy_m": "inf"}, {"sha256": ""}, {"sha256": "A" * 63},
    ],
)  # fmt: skip
def test_a_bad_field_is_named_and_nothing_is_kept(gx, objects, people, photo, request_of, fields):
    chen, _ = people()
    with pytest.raises(BadInput):
        uploads.handle_upload(request_of(chen, photo(), **fields))
    assert not Exhibit.objects.exists()


def test_without_session_and_ticket_the_photo_stays_on_the_phone(gx, objects, people, photo, request_of):
    people()
    with pytest.raises(SessionEnded) as refused:
        uploads.handle_upload(request_of(Nobody(), photo()))
    assert refused.value.status == 401


def test_a_ticket_reaches_quarantine_alone_and_the_administrator_gives_the_photo_out(
    gx, objects, people, photo, request_of, client_for
):
    chen, huang = people()
    draft = uuid4()
    ticket = make_upload_ticket(draft_id=draft, user_id=chen.pk)
    chen.is_active = False
    chen.save()
    row = uploads.handle_upload(request_of(Nobody(), photo(), ticket=ticket))
    again = uploads.handle_upload(request_of(chen, photo(), ticket=ticket))
    assert isinstance(row, Quarantined) and again.pk == row.pk and not Exhibit.objects.exists()
    assert uploads.answer(row)[1] == 202
    assert client_for("gx", user=_active(chen)).get("/admin/quarantine/").status_code == 404

    heard = []
    hooks.on_assigned(heard.append)
    admin = client_for("gx", user=huang)
    page = admin.get("/admin/quarantine/").content.decode()
    assert "陈队长" in page and f"/photo/{row.pk}" not in page and "<img" not in page
    answer = admin.post("/admin/quarantine/", {"photo": str(row.pk), "officer": str(chen.pk)})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == "assigned" and row.exhibit.by_id == chen.pk and heard == [row]
    assert services.make_views(row.exhibit_id).state == "ready"
    assert client_for("gx", user=chen).get(f"/photo/{row.exhibit_id}/view").status_code == 200
    assert admin.get(f"/photo/{row.exhibit_id}/view").status_code == 404
    assert admin.post("/admin/quarantine/", {"photo": str(row.pk), "officer": str(chen.pk)}).status_code == 400


def _active(person):
    person.is_active = True
    person.save()
    return person


@csrf_exempt
def _upload(request):
    received = uploads.handle_upload(request)
    answer, status = uploads.answer(received)
    return JsonResponse(answer, status=status)


def test_over_http_an_upload_is_answered_201_and_over_the_limit_413(
    border, objects, photo, people, client_for, settings, monkeypatch
):
    monkeypatch.setattr(province, "urlpatterns", [*province.urlpatterns, path("test-upload", _upload)])
    from django.urls import clear_url_caches

    clear_url_caches()
    with context.province("gx"):
        chen, _ = people()
    client, data = client_for("gx", user=chen, headers=JSON), photo()
    sent = {"sha256": hashlib.sha256(data).hexdigest(), "source": "camera"}
    answer = client.post("/test-upload", sent | {"file": SimpleUploadedFile("a.jpg", data)})
    assert answer.status_code == 201, answer.content
    settings.MAX_UPLOAD_BYTES = 100
    answer = client.post("/test-upload", sent | {"file": SimpleUploadedFile("a.jpg", data)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    clear_url_caches()


# Letters --------------------------------------------------------------------------------------------------------------


def test_what_comes_by_letter_is_a_view_without_an_original(border, objects, photo, people, client_for):
    from types import SimpleNamespace

    from evidence.store import make_key
    from provinces.seats import BRANDS

    with context.province("gx"):
        chen, _ = people()
        exhibit = services.make_views(send(photo(), chen).pk)
        fields = services.attachment_fields(exhibit, what="front")
    with context.seat(BRANDS), transaction.atomic():
        key = make_key(f"org-{uuid4()}", "view")
        store().copy(fields["object_key"], key)
        attachment, photo_id, letter_id = SimpleNamespace(**fields | {"object_key": key}), uuid4(), uuid4()
        taken = services.take_in(attachment, letter_id=letter_id, exhibit_id=photo_id)
        assert services.take_in(attachment, letter_id=letter_id, exhibit_id=photo_id).pk == taken.pk == photo_id
        assert taken.view_only and taken.state == "ready" and taken.original_key == ""
        assert (taken.sha256, taken.view_sha256) == (exhibit.sha256, exhibit.view_sha256)
        assert services.make_views(taken.pk).thumb_key
        assert Exhibit.objects.filter(pk=exhibit.pk).count() == 0
        with pytest.raises(BadInput):
            services.take_in(
                SimpleNamespace(**fields | {"object_key": key, "media_type": "image/png"}), letter_id=letter_id
            )
