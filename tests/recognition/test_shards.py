"""Several workers share the libraries of right holders: together they say what one worker says."""

import pytest
from harness import people

from appraisal.recognition import engine, queue, services, sharding, tasks
from appraisal.recognition.models import Find, LibraryEntry, PhotoLook
from appraisal.recognition.services import asking, beyond, entries, indexes
from appraisal.recognition.services.hinting import Found
from evidence import services as evidence
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS


@pytest.fixture
def sharded(settings):
    def be(number, count=2):
        settings.RECOGNITION_SHARDS, settings.RECOGNITION_SHARD = count, number

    return be


def known_fake(name, suffix):
    """A house whose library knows one fake; its photo of it."""
    house = people.brand_house(name, suffix=suffix)
    with context.seat(BRANDS):
        exhibit = people.sealed_photo(
            house.lin, name, owner_prefix=evidence.own_prefix(house.organisation.pk), source="album"
        )
        find = Find.objects.create(
            organisation=house.organisation, origin="seizure", product=house.product, product_name=name,
            province_code="gx", county_code="450199", unit_name="局", found_on=clock.today(), shared="shown",
        )  # fmt: skip
        entry = entries.make_from_offer(
            find=find, product=house.product, typology="counterfeit_mark", exhibits=[(exhibit, "front_label")], note=""
        )
        services.confirm(desk=people.desk(house, house.lin), entry_id=entry.pk)
        return house.organisation.pk, entry.photos.select_related("entry", "exhibit").get()


def test_two_workers_that_share_the_libraries_find_what_one_finds(library, sharded, monkeypatch):
    photos = dict(known_fake(name, suffix) for name, suffix in (("云上坡", "2"), ("石湾里", "3"), ("青崖", "4")))
    scores = dict(zip(sorted(photos), (140.0, 150.0, 160.0), strict=True))
    request = library.ask(library.gz)
    looked_by: list[tuple[object, object]] = []
    written: list[list[Found]] = []

    def best(owner, query, image, day):
        looked_by.append((owner, sharding.settings.RECOGNITION_SHARD))
        return Found(photos[owner], "strong", scores[owner], 210, {"turned": 0})

    monkeypatch.setattr(beyond, "_best", best)
    monkeypatch.setattr(engine, "picture", lambda exhibit: None)
    monkeypatch.setattr(engine, "extractor", lambda: type("E", (), {"extract": lambda self, image: None})())
    monkeypatch.setattr(indexes, "usable", lambda owner: True)
    monkeypatch.setattr(beyond, "keep", lambda row, found, ended=True: written.append(list(found)) or [])
    # Owners are dealt out by their ids, which are new each time: here two to the first worker, one to the second.
    dealt = {owner: number % 2 for number, owner in enumerate(sorted(photos))}
    monkeypatch.setattr(sharding, "shard_of", lambda owner: dealt.get(owner, 0))
    passed: list[dict] = []
    monkeypatch.setattr(beyond, "pass_on", lambda look_id, **more: passed.append(more))
    with context.seat(BRANDS):
        row = library.look(library.photo(request))
        assert row.beyond == "waiting"
        beyond.search(row.pk)
        assert not passed and {shard for _owner, shard in looked_by} == {None}
        looked_by.clear()
        sharded(0)
        beyond.search(row.pk)
        (handed,) = passed
        assert handed["to"] == 1 and handed["done"] == [0] and len(handed["found"]) == 2
        sharded(1)
        beyond.search(row.pk, done=handed["done"], found=handed["found"], ended=handed["ended"])
    whole, together = written
    assert len(whole) == 3 and sorted(map(repr, whole)) == sorted(map(repr, together))
    assert dict(looked_by) == dealt, "each library was opened by its own worker alone"


def test_a_worker_opens_no_library_of_another_and_photos_go_where_their_library_is(library, sharded, monkeypatch):
    owner = library.house.organisation.pk
    sharded(None, 4)
    mine = sharding.shard_of(owner)
    assert {sharding.shard_of(uuid7()) for _ in range(200)} == {0, 1, 2, 3}
    sent: list[tuple[str, str]] = []
    for name in ("look", "beyond", "sync", "rebuild", "overnight", "examine"):
        monkeypatch.setattr(
            getattr(tasks, name), "apply_async",
            lambda args, seat, queue="", name=name: sent.append((name, queue)),
        )  # fmt: skip
    request = library.ask(library.gx)
    with context.seat(BRANDS):
        photo = library.photo(request)
        look = PhotoLook.objects.get(photo=photo)
        sent.clear()
        queue.enqueue_look(look.pk)
        queue.enqueue_beyond(look.pk)
        queue.enqueue_sync(owner)
        queue.enqueue_rebuild(owner)
        assert sent == [
            ("look", f"recognition.{mine}"), ("beyond", f"recognition.{mine}"), ("sync", f"recognition-first.{mine}"),
            ("rebuild", f"recognition.{mine}"),
        ]  # fmt: skip
        assert asking.youngest(look.pk) == look.pk
        sharded((mine + 1) % 4, 4)
        with pytest.raises(sharding.NotThisShard):
            engine.library(owner)
        monkeypatch.setattr(indexes, "organisations", lambda: [owner])
        monkeypatch.setattr(indexes, "sync", lambda each: pytest.fail("not this worker's"))
        sent.clear()
        tasks.sweep.run()
        tasks.nightly.run()
        assert ("sync", f"recognition-first.{mine}") in sent and ("overnight", f"recognition.{mine}") in sent
        sharded(None, 1)
        sent.clear()
        queue.enqueue_look(look.pk)
        assert sent == [("look", "")], "one worker: the queue of always"
        assert LibraryEntry.objects.count() == 0
