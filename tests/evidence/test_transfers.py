"""An original crosses a border only with its package, and every digest is compared on arrival."""

from __future__ import annotations

import hashlib
import io
from types import SimpleNamespace

import pytest
from harness import people
from harness.spoiled import rewrite

from appraisal.requests import services as requests
from evidence import custody, matters, packages, sheets
from evidence.models import Exhibit, Transfer
from evidence.store import store
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import LetterBody
from federation.transfers import services
from federation.transfers.services import OriginalDiffers
from kernel.errors import BadInput, NotFound404
from provinces import context


@pytest.fixture
def two(border):
    """陈队长 of 广西 with a sealed package of a photo and a waybill; 韦处 of 贵州 receives for his province."""
    people.divisions()
    gx, gz, house = people.bureau("gx"), people.bureau("gz", "520382"), people.brand_house()
    chen = gx.chen
    with context.province("gx"):
        site = requests.open_site(by=chen, place=requests.Place(county_code=people.NANNING))
        item = requests.add_product(by=chen, site=site, product_id=house.product.pk)
        photo = people.sealed_photo(chen, "goods")
        requests.add_photo(by=chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
        matter = matters.access(chen, "request", item.request_id)
        sheet = sheets.open_sheet(
            kind="waybill", matter=matter, by=chen,
            fields={name: {"value": "", "reason": "torn"} for name in sheets.WAYBILL_FIELDS} | {"number": "SF1"},
        )  # fmt: skip
        data = people.jpeg("paper")
        said = {"sha256": hashlib.sha256(data).hexdigest(), "source": "camera"}
        sheets.add_file(sheet, io.BytesIO(data), by=chen, fields=said)
        paper = sheets.seal(sheet, by=chen, matter=matter)
        package = packages.seal(matter=matter, exhibit_ids=[photo.pk, paper.pk], title="移送材料", by=chen)
    return SimpleNamespace(gx=gx, gz=gz, chen=chen, photo=photo, paper=paper, package=package)


def test_originals_arrive_bit_for_bit_with_both_digests_and_custody_on_both_sides(two, client_for):
    with context.province("gx"):
        sent = services.send(two.package, to="gz", purpose="协助查处上线", by=two.chen)
    deliver_everywhere()
    with context.province("gz"):
        row = Transfer.objects.get(pk=sent.pk)
        assert (row.direction, row.state, row.package_sha256) == ("in", "received", two.package.sha256)
        arrived = {each.sha256: each for each in matters.exhibits(matters.access(two.gz.wei, "transfer", row.pk))}
        assert set(arrived) == {line["sha256"] for line in two.package.manifest["items"]}
        photo = arrived[two.photo.sha256]
        assert photo.sm3 == two.photo.sm3 and not photo.view_only and photo.original_key.startswith("gz/")
        assert store().digests(photo.original_key).sha256 == two.photo.sha256
        assert [event.act for event in custody.of(photo)] == ["received", "handed_over"]
        assert custody.of(photo).last().purpose == "协助查处上线"
        assert arrived[two.paper.sha256].content["fields"]["number"]["value"] == "SF1"
        with pytest.raises(NotFound404):
            matters.access(two.gz.chen, "transfer", row.pk)
    with context.province("gx"):
        sent.refresh_from_db()
        assert sent.state == "received" and {line["outcome"] for line in sent.items} == {"same"}
        acts = [event.act for event in custody.of(two.photo)]
        assert acts[-2:] == ["handed_over", "received"] and "贵州" not in acts
    wei = client_for("gz", user=two.gz.wei)
    for address in (
        "/transfers/",
        f"/transfers/{row.pk}/",
        f"/exhibits/in/transfer/{row.pk}/",
        f"/exhibits/{photo.pk}/",
    ):
        assert wei.get(address).status_code == 200, address
    assert client_for("gz", user=two.gz.chen).get(f"/transfers/{row.pk}/").status_code == 404
    chen = client_for("gx", user=two.chen)
    for address in (f"/packages/{two.package.pk}/transfer/", f"/transfers/{sent.pk}/", f"/packages/{two.package.pk}/"):
        assert chen.get(address).status_code == 200, address


def test_a_file_that_differs_from_the_manifest_is_kept_and_reported_to_both_sides(two, monkeypatch):
    other = people.jpeg("exchanged on the way out")
    true_attachment = services._attachment

    def exchanged(exhibit, line):
        file = true_attachment(exhibit, line)
        if exhibit.pk != two.photo.pk:
            return file
        swapped = people.sealed_photo(two.chen, "exchanged on the way out")
        return file.model_copy(
            update={"object_key": swapped.original_key, "sha256": swapped.sha256, "sm3": swapped.sm3}
        )

    monkeypatch.setattr(services, "_attachment", exchanged)
    with context.province("gx"):
        sent = services.send(two.package, to="gz", purpose="协助查处", by=two.chen)
    deliver_everywhere()
    found = hashlib.sha256(other).hexdigest()
    for code, state in (("gz", "differs"), ("gx", "differs")):
        with context.province(code):
            row = Transfer.objects.get(pk=sent.pk)
            assert row.state == state
            line = row.items[0]
            assert (line["outcome"], line["found_sha256"], line["sha256"]) == ("differs", found, two.photo.sha256)
            assert {each["outcome"] for each in row.items[1:]} == {"same"}
    with context.province("gz"):
        assert Exhibit.objects.filter(sha256=found).exists(), "what came is kept as it came"


def test_an_original_that_is_not_what_was_sealed_does_not_leave(two, settings):
    with context.province("gx"):
        rewrite(store()._path(two.photo.original_key), b"rewritten")
        with pytest.raises(OriginalDiffers):
            services.send(two.package, to="gz", purpose="协助查处", by=two.chen)
        assert not Transfer.objects.exists()
        for purpose, to in ((" ", "gz"), ("协助", "gx"), ("协助", "zz")):
            with pytest.raises(BadInput):
                services.send(two.package, to=to, purpose=purpose, by=two.chen)
    with context.owner():
        assert not LetterBody.objects.filter(letter__kind="evidence.transfer").exists()
