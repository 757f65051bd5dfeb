"""The keys by which a province signs its parcels follow one another: what is on its way still verifies."""

from __future__ import annotations

import io
import json
import zipfile
from io import StringIO
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.management import call_command
from harness import people
from harness.partner import Partner, connect

from accounts.models import Post, User
from evidence.store import store
from provinces.context import province
from tenants.parcels import packing, services


def _parts(parcel: Any) -> tuple[bytes, bytes]:
    with store().open(parcel.object_key) as stream, zipfile.ZipFile(io.BytesIO(stream.read())) as packed:
        return packed.read("manifest.json"), packed.read("manifest.sig")


def _verifies(pem: bytes, manifest: bytes, signature: bytes) -> bool:
    key = serialization.load_pem_public_key(pem)
    assert isinstance(key, Ed25519PublicKey)
    try:
        key.verify(signature, manifest)
    except InvalidSignature:
        return False
    return True


def _raw(pem: bytes) -> str:
    key = serialization.load_pem_public_key(pem)
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def _led_on(known: str, before: list[dict[str, Any]]) -> str:
    """Where the changes in a manifest lead whoever knows one key, each looked at as a stranger would."""
    for each in before:
        said = {name: each[name] for name in ("version", "log", "from", "to", "at")}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        if each["from"] != known:
            continue
        for name, by in (("from", "by_old"), ("to", "by_new")):
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(each[name])).verify(bytes.fromhex(each[by]), text)
        known = each["to"]
    return known


@pytest.mark.parametrize("master", [True, False])
def test_a_parcel_on_its_way_verifies_after_the_key_has_changed(
    border: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch, master: bool
) -> None:
    """The former key is on the page, the manifest leads from it to the next one; nothing changes by settings alone."""
    with province("gx"):
        bureau = people.bureau("gx")
        leader = User.objects.create_user("lead", name="韦某", unit=bureau.unit)
        Post.objects.create(user=leader, unit=bureau.unit, role=Post.Role.LEADER)
        partner = Partner(connect(bureau.huang), by=bureau.huang)
        page, browser = f"/connections/{partner.connection.pk}/parcels/", client_for("gx", user=leader)
        old = services.write(partner.connection, by=leader)
        known = browser.get(f"{page}key/").content
        assert _verifies(known, *_parts(old))
    if master:
        monkeypatch.setattr(settings, "MASTER_KEYS_BEFORE", (settings.MASTER_KEY,))
        monkeypatch.setattr(settings, "MASTER_KEY", "another key")
    with province("gx"):
        assert [each.pem.encode() for each in packing.own_keys("gx")] == [known]
    for _ in range(2 if master else 1):  # each rotation goes on with one more
        call_command("rotate", "log-keys", "--log", "gx", stdout=StringIO())
    monkeypatch.setattr(settings, "MASTER_KEYS_BEFORE", ())
    with province("gx"):
        new = services.write(partner.connection, by=leader)
        now, former = browser.get(f"{page}key/").content, packing.own_keys("gx")[-1]
        assert now != known and _verifies(now, *_parts(new)) and not _verifies(known, *_parts(new))
        assert browser.get(f"{page}key/?fingerprint={former.fingerprint}").content == known
        assert former.fingerprint in browser.get(page).content.decode()
        assert browser.get(f"{page}key/?fingerprint={'0' * 64}").status_code == 404
        assert _led_on(_raw(known), json.loads(_parts(new)[0])["key"]["before"]) == _raw(now)
        back = partner.bring(leader, store().open(old.object_key).read())
        assert back.refused == "own_parcel", "one of ours is known as ours whatever key signed it"
