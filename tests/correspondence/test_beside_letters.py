"""What goes beside a letter: evidence (F-14, edge 6), claims to have filed first (edge 10), copies (edge 8)."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from harness import assist_world, people

from appraisal.requests import services as requests
from evidence import matters, packages
from evidence.models import Transfer
from federation.transfers import services as transfers
from kernel import clock
from kernel.errors import Conflict, NotFound404
from provinces import context
from tenants.correspondence.models import ClaimsSettled, EvidenceBeside
from tenants.correspondence.services import beside, claims, copies


@pytest.fixture
def world(border, run_letters):
    """A request of 广西 that lies at 贵州. `world.id`."""
    made = assist_world.build()
    letter = assist_world.asked(made)
    run_letters()
    made.id = letter.pk
    return made


@pytest.fixture
def package(world):
    """`package(n)`: a sealed one of n photos, at 广西."""
    house = people.brand_house()

    def make(count):
        chen = world.gx.chen
        with context.province("gx"):
            site = requests.open_site(by=chen, place=requests.Place(county_code=people.NANNING))
            item = requests.add_product(by=chen, site=site, product_id=house.product.pk)
            photos = [people.sealed_photo(chen, f"photo {n}") for n in range(count)]
            for photo in photos:
                requests.add_photo(by=chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
            matter = matters.access(chen, "request", item.request_id)
            return packages.seal(matter=matter, exhibit_ids=[each.pk for each in photos], title="移送材料", by=chen)

    return make


def test_f14_edge_6_with_a_file_missing_or_different_nothing_counts_as_transferred(
    world, package, run_letters, monkeypatch, client_for
):
    """F-14, edge 6: 4 hashes, 3 files arrive: the letter says which, on both sides; whole, it says so."""
    sealed = package(4)
    true_post, dropped = transfers.post, []

    def without_the_third(message, **said):
        files = said.get("attachments")
        if files and not dropped:
            dropped.append(files[2])
            said["attachments"] = [each for each in files if each.what != "3"]
        return true_post(message, **said)

    monkeypatch.setattr(transfers, "post", without_the_third)
    with context.province("gx"):
        with pytest.raises(NotFound404):
            beside.send(by=world.gx.huang, letter_id=world.id, package_id=sealed.pk)
        beside.send(by=world.gx.chen, letter_id=world.id, package_id=sealed.pk)
    run_letters()
    for code, home in (("gx", world.gx), ("gz", world.gz)):
        with context.province(code):
            row = EvidenceBeside.objects.get()
            arrival = beside.arrival_of(Transfer.objects.get(pk=row.transfer_id))
            assert (arrival.listed, arrival.came, arrival.missing, arrival.counted) == (4, 3, (3,), False)
            page = client_for(code, user=home.meng).get(f"/official/{row.letter_id}/").text
            assert "清单 4 件，收到 3 件" in page and "第 3 件没有收到" in page and "不算移转" in page
    with context.province("gx"):
        beside.send(by=world.gx.chen, letter_id=world.id, package_id=sealed.pk)
    run_letters()
    with context.province("gz"):
        arrivals = [
            beside.arrival_of(Transfer.objects.get(pk=each.transfer_id)) for each in EvidenceBeside.objects.all()
        ]
        assert [each.counted for each in arrivals] == [False, True]


@pytest.mark.parametrize("crossing", [False, True])
def test_edge_10_two_claims_stand_side_by_side_and_one_dispute_opens(world, run_letters, client_for, crossing):
    """Edge 10: both filing times at both; the dispute is one, also when the claims crossed on the way."""
    from federation.broker.models import Dispute

    with context.province("gz"):
        theirs = assist_world.filed_case(
            world.gz, number="黔仁市监立案〔2026〕7号", filed_at=clock.now() - timedelta(days=3)
        )
        letter_there = assist_world.arrived(world.id)
    with context.province("gx"):
        claims.claim(by=world.gx.chen, letter_id=world.id, case_id=world.case.pk, ground="销售地在本市")
        with pytest.raises(Conflict):
            claims.claim(by=world.gx.chen, letter_id=world.id, case_id=world.case.pk, ground="再主张")
    if not crossing:
        run_letters()
    with context.province("gz"):
        claims.claim(by=world.gz.chen, letter_id=letter_there.pk, case_id=theirs.pk, ground="生产地在本市")
    run_letters()
    found = set()
    for code, home, pk in (("gx", world.gx, world.id), ("gz", world.gz, letter_there.pk)):
        with context.province(code):
            settled = ClaimsSettled.objects.get(letter_id=pk)
            assert settled.how == "dispute"
            found.add(settled.dispute_id)
            dispute = Dispute.objects.get()
            assert dispute.first_filed_at and dispute.second_filed_at
            page = client_for(code, user=home.meng).get(f"/official/{pk}/").text
            assert theirs.number in page and world.case.number in page and page.count("立案在先") == 1
    assert len(found) == 1


def test_one_side_gives_way_and_no_dispute_opens(world, run_letters):
    """Edge 10: what is settled between the two needs nobody above."""
    with context.province("gz"):
        letter = assist_world.arrived(world.id)
        with pytest.raises(Conflict):
            claims.give_way(by=world.gz.meng, letter_id=letter.pk)
    with context.province("gx"):
        claims.claim(by=world.gx.chen, letter_id=world.id, case_id=world.case.pk, ground="销售地在本市")
    run_letters()
    with context.province("gz"):
        claims.give_way(by=world.gz.meng, letter_id=letter.pk, words="由你局办理")
    run_letters()
    for code in ("gx", "gz"):
        with context.province(code):
            settled = ClaimsSettled.objects.get()
            assert (settled.how, settled.in_favour) == ("gave_way", "gx")


def test_edge_8_a_certified_copy_stays_in_the_file_when_the_grant_ends_and_access_does_not(world, run_letters):
    """Edge 8: access ends within the second, the look that comes after is logged, the copy and its digest stay."""
    from federation.contracts.addresses import Address
    from federation.contracts.messages import Attachment
    from federation.grants import services as grants
    from federation.grants.errors import GrantOver
    from federation.grants.models import Grant, Item, Use

    with context.province("gz"):
        photo = people.sealed_photo(world.gz.chen, "帐册")
        file = Attachment(
            object_key=photo.original_key, media_type="image/jpeg", size_bytes=photo.size_bytes, sha256=photo.sha256,
            sm3=photo.sm3, what="帐册",
        )  # fmt: skip
        given = grants.give(
            to=Address.province("gx"), purpose="查清上线", contents={"file": "copy"}, subject_kind="case",
            subject_id=world.id, expires_at=clock.now() + timedelta(days=9), by=world.gz.chen,
            items=[grants.Shared(content="file", title="帐册", file=file)],
        )  # fmt: skip
    run_letters()
    with context.province("gx"):
        item = Item.objects.get()
        said = {"by": world.gx.chen, "grant_id": given.grant_id, "item_id": item.item_id, "case_id": world.case.pk}
        copy = copies.certify(**said)
        assert copies.certify(**said).pk == copy.pk and copy.sha256 == photo.sha256
        assert copies.ended([copy]) == set()
    with context.province("gz"):
        grants.end(given, world.gz.chen, "目的已达到")
    with context.province("gx"):
        with pytest.raises(GrantOver):
            copies.certify(**said)
        assert Use.objects.filter(grant__grant_id=given.grant_id, way="refused").count() == 1
        assert copies.ended([copy]) == {given.grant_id} and Grant.objects.exists()
        copy.refresh_from_db()
        assert copy.exhibit.sha256 == photo.sha256
        data = io.BytesIO(people.jpeg("帐册")).read()
        assert hashlib.sha256(data).hexdigest() == copy.exhibit.sha256
