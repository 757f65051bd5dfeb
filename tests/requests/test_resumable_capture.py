"""A photo that comes in pieces hangs on its shot as one that was posted to the capture page."""

import base64
import hashlib

import pytest
from harness import hostile

from appraisal.requests.models import ItemPhoto
from evidence.models import Exhibit
from provinces import context


def send(client, target: str, data: bytes, **fields: str):
    """Begun and finished in one request each; the answer to the last."""
    said = {"sha256": hashlib.sha256(data).hexdigest(), "target": target, "shot_code": "front_label"} | fields
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
    tus = {"Tus-Resumable": "1.0.0"}
    begun = client.post(
        "/uploads/", b"", content_type="application/offset+octet-stream",
        headers=tus | {"Upload-Length": str(len(data)), "Upload-Metadata": metadata},
    )  # fmt: skip
    if begun.status_code != 201:
        return begun
    return client.patch(
        begun["Location"], data, content_type="application/offset+octet-stream", headers=tus | {"Upload-Offset": "0"}
    )


@pytest.fixture
def draft(visit):
    return visit(send=False, shots=())


def test_the_photo_hangs_on_its_shot_with_its_reason_and_position(world, chen, draft):
    data = hostile.picture("JPEG")
    last = send(
        chen, f"/items/{draft.item.pk}/photos/", data, source="album", kept_reason="光线差", lat="22.8", lon="108.3",
        position_source="gps", checks='{"dark": {"ok": false}}',
    )  # fmt: skip
    assert last.status_code == 200, last.content
    with context.province("gx"):
        hung = ItemPhoto.objects.get(pk=last.json()["photo_id"])
        assert (hung.item_id, hung.shot_code, hung.source, hung.kept_reason) == (
            draft.item.pk, "front_label", "album", "光线差"
        )  # fmt: skip
        exhibit = Exhibit.objects.get(pk=hung.exhibit_id)
        assert exhibit.checks == {"dark": {"ok": False}} and exhibit.position_source == "gps"
    again = send(chen, f"/items/{draft.item.pk}/photos/", data, source="album")
    assert again.json()["photo_id"] == last.json()["photo_id"]
    far = send(chen, f"/items/{draft.item.pk}/photos/", hostile.picture("JPEG", seed=2), lat="23.9", lon="106.6")
    with context.province("gx"):
        hung = ItemPhoto.objects.get(pk=far.json()["photo_id"])
        assert Exhibit.objects.get(pk=hung.exhibit_id).flags == ["position_far"]


def test_who_may_not_post_to_the_page_may_not_send_in_pieces(world, chen, draft, client_for):
    data, target = hostile.picture("JPEG"), f"/items/{draft.item.pk}/photos/"
    assert send(client_for("gx", user=world.stranger), target, data).status_code == 404
    assert send(client_for("gx"), target, data).json()["code"] == "sign_in_needed"
    assert send(chen, target, data, shot_code="no_such_shot").json()["code"] == "shot_unknown"
    assert send(chen, f"/items/{draft.item.pk}/capture/", data).json()["code"] == "upload_target_unknown"
    assert send(chen, f"{target}?supplement=none", data).status_code == 200
