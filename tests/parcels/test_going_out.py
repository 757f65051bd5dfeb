"""A parcel that goes out: signed, numbered without a gap, readable, checked by somebody with openssl. B-07."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction
from harness.partner import Partner, clue

from evidence.store import store
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from kernel.tables import read_sheets
from tenants.parcels import kinds as registry
from tenants.parcels import packing, selectors, services
from tenants.parcels.models import Parcel
from tenants.parcels.services import outgoing

LATE = timedelta(minutes=5)


def _open(parcel: Parcel) -> zipfile.ZipFile:
    with store().open(parcel.object_key) as stream:
        return zipfile.ZipFile(io.BytesIO(stream.read()))


def _answered(bureau: Any, partner: Partner) -> None:
    """Two clues are taken in, so that there is something to answer."""
    content = partner.pack([clue("H-1", title="=cmd|'/c calc'!A1"), clue("H-2")])
    services.take(by=bureau.meng, report=partner.bring(bureau.meng, content))
    bureau.tick(timedelta(minutes=1))


def test_a_stranger_checks_a_parcel_with_the_public_key_and_the_manifest(bureau: Any, partner: Partner) -> None:
    """Signature over the manifest, both digests of each file, the number, whom it answers; tables hold no formula."""
    _answered(bureau, partner)
    parcel = services.write(partner.connection, by=bureau.meng, answers=1)
    assert (parcel.state, parcel.sequence, parcel.counts["clue"]) == (Parcel.State.READY, 1, 2)
    with _open(parcel) as packed:
        raw, signature = packed.read("manifest.json"), packed.read("manifest.sig")
        key = serialization.load_pem_public_key(packing.own_keys("gx")[0].pem.encode())
        assert isinstance(key, Ed25519PublicKey)
        key.verify(signature, raw)
        said = json.loads(raw)
        assert (said["sequence"], said["in_reply_to"], said["connection_id"]) == (1, 1, str(partner.connection.pk))
        listed = {each["path"]: each for each in said["files"]}
        assert set(listed) == set(packed.namelist()) - {"manifest.json", "manifest.sig"}
        for path, each in listed.items():
            data = packed.read(path)
            assert (
                hashlib.sha256(data).hexdigest() == each["sha256"]
                and hashlib.new("sm3", data).hexdigest() == each["sm3"]
            )
        records = json.loads(packed.read("records.json"))
        assert {each["data"]["their_ref"] for each in records if each["kind"] == "clue"} == {"H-1", "H-2"}
        sheets = dict(read_sheets(packed.read("records.xlsx")))
        cells = [cell for rows in sheets.values() for _number, row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert partner.bring(bureau.meng, store().open(parcel.object_key).read()).refused == "own_parcel"


def test_numbers_have_no_gap_and_each_parcel_begins_where_the_last_ended(
    bureau: Any, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that failed takes no number; the chain of manifests is kept; the nightly one is made once a night."""
    _answered(bureau, partner)
    first = services.write(partner.connection, by=bureau.meng)
    bureau.tick(timedelta(hours=1))
    with monkeypatch.context() as broken:
        broken.setattr(outgoing, "_write", lambda *given: (_ for _ in ()).throw(OSError("disk")))
        failed = services.ask(by=bureau.meng, connection=partner.connection)
        for _ in range(outgoing.MOST_TRIES):
            with pytest.raises(OSError):
                outgoing.run(failed.pk)
    failed.refresh_from_db()
    assert (failed.state, failed.sequence, failed.problem) == (Parcel.State.FAILED, None, "broken_off")
    second = services.write(partner.connection, by=bureau.meng)
    assert (second.sequence, second.since) == (2, first.made_at - LATE), "what was committed late is looked for again"
    with _open(second) as packed:
        assert json.loads(packed.read("manifest.json"))["previous_manifest_sha256"] == first.manifest_sha256
    services.configure(
        by=bureau.huang, connection=partner.connection, kinds=["clue"], nightly=True, sheets_allowed=True
    )
    bureau.tick(timedelta(days=1))
    assert outgoing.nightly() == 1
    night = Parcel.objects.get(nightly=True)
    done = outgoing.run(night.pk)
    assert done.sequence == 3 and outgoing.nightly() == 0
    assert done.until.astimezone(clock.SHANGHAI).hour == 0
    bureau.tick(timedelta(days=31))
    assert outgoing.sweep() >= 3
    done.refresh_from_db()
    assert done.state == Parcel.State.SWEPT


def test_nothing_is_left_between_two_parcels_whatever_was_made_between_them(bureau: Any, partner: Partner) -> None:
    """One of a single kind, of a later day, or of a time to come lets the next one begin where all was told."""
    offered = [each.name for each in registry.kinds_of(partner.connection)]
    whole = services.write(partner.connection, by=bureau.meng)
    begin = whole.made_at - LATE
    bureau.tick(timedelta(days=3))
    services.write(partner.connection, by=bureau.meng, kinds=["clue"])
    assert outgoing.where_the_last_ended(partner.connection.pk, offered) == begin
    services.write(partner.connection, by=bureau.meng, since=clock.now() - timedelta(days=1))
    assert outgoing.where_the_last_ended(partner.connection.pk, offered) == begin
    ahead = services.write(partner.connection, by=bureau.meng, until=clock.now() + timedelta(hours=20))
    assert ahead.since == begin
    assert outgoing.where_the_last_ended(partner.connection.pk, offered) == ahead.made_at - LATE
    asked = services.ask(by=bureau.meng, connection=partner.connection)
    assert services.ask(by=bureau.wei, connection=partner.connection) == asked
    with pytest.raises(IntegrityError), transaction.atomic():
        Parcel.objects.filter(pk=ahead.pk).update(state=Parcel.State.QUEUED)


def test_who_makes_and_fetches_and_nothing_while_the_connection_is_off(
    bureau: Any, partner: Partner, client_for: Any
) -> None:
    """Dispatchers and leaders; an administrator sees that it runs, and reads none of it; each fetch is in the trail."""
    with pytest.raises(NotAllowed):
        services.ask(by=bureau.huang, connection=partner.connection)
    with pytest.raises(BadInput):
        services.ask(by=bureau.meng, connection=partner.connection, kinds=["referral"])
    with pytest.raises(BadInput):
        services.ask(by=bureau.meng, connection=partner.connection, since=clock.now() + timedelta(days=2))
    parcel = services.write(partner.connection, by=bureau.wei)
    meng, huang = client_for("gx", user=bureau.meng), client_for("gx", user=bureau.huang)
    assert meng.get(f"/parcels/out/{parcel.pk}/").status_code == 200
    fetched = meng.post(f"/parcels/out/{parcel.pk}/download/")
    assert fetched["Content-Type"] == "application/zip" and "no-store" in fetched["Cache-Control"]
    assert "".join(fetched["Content-Disposition"].split('"')[1]).startswith("gx-0001-")
    assert huang.get(f"/parcels/out/{parcel.pk}/").status_code == 200
    assert huang.post(f"/parcels/out/{parcel.pk}/download/").status_code == 403
    listed = meng.get("/api/v1/parcels/").json()["results"]
    assert [each["sequence"] for each in listed] == [1]
    content = io.BytesIO(partner.pack([clue("K-1", source="x")]))
    content.name = "k.zip"
    told = meng.post("/api/v1/parcels/reports/", {"file": content, "connection_id": str(partner.connection.pk)})
    assert told.status_code == 201 and told.json()["rejected"][0]["code"] == "unknown_value"
    partner.connection.state = "off"
    partner.connection.save()
    with pytest.raises(Conflict):
        services.ask(by=bureau.meng, connection=partner.connection)
    with pytest.raises(NotFound404):
        selectors.access_connection(bureau.meng, partner.connection.pk)
    assert meng.get(f"/parcels/out/{parcel.pk}/").status_code == 404
