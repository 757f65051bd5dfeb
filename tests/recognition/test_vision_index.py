"""Features and the index: what is kept on disk, who sees what, what happens when files are lost or changed."""

from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from appraisal.recognition.vision import features, speed, weights
from appraisal.recognition.vision import outline as outlines
from appraisal.recognition.vision.features import Extractor, Features
from appraisal.recognition.vision.index import Index, NewPhoto
from appraisal.recognition.vision.kinds import Scope


@pytest.fixture(scope="module")
def extractor(tmp_path_factory) -> Extractor:
    return features.extractor(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def labels(extractor) -> list[Features]:
    return [extractor.extract(picture, outlines.whole(picture)) for picture in map(speed.drawn, range(4))]


@pytest.fixture(scope="module")
def query(extractor) -> Features:
    seen = speed.photographed(speed.drawn(0), 0)
    return extractor.extract(seen, outlines.whole(seen))


def test_the_model_is_made_from_the_packaged_weights_and_computes_what_it_did_at_release(extractor, tmp_path):
    assert extractor.name == "xfeat1"
    assert extractor.health.good
    made = features.model_file(tmp_path)
    stamp = made.stat().st_mtime_ns
    assert features.model_file(tmp_path).stat().st_mtime_ns == stamp, "made once"


def test_a_missing_or_changed_model_file_leaves_sift_and_says_why(monkeypatch, tmp_path):
    monkeypatch.setattr(features, "PACKAGE", "no_such_package")
    missing = features.extractor(tmp_path)
    assert (missing.name, missing.health.code) == ("sift1", "weights_missing")
    found = missing.extract(speed.drawn(1), outlines.whole(speed.drawn(1)))
    assert len(found) > 200
    assert found.descriptors.shape[1] == 128
    monkeypatch.undo()
    monkeypatch.setattr(features, "WEIGHTS_SHA256", "0" * 64)
    assert features.extractor(tmp_path).health.code == "weights_changed"
    monkeypatch.undo()
    monkeypatch.setattr(features, "EXPECTED", (1.0, 2.0, 3.0))
    assert features.extractor(tmp_path).health.code == "model_differs"


def test_an_archive_that_asks_for_anything_but_tensors_is_refused(tmp_path):
    import pickle
    import zipfile

    class Evil:
        def __reduce__(self):
            return (print, ("run",))

    file = tmp_path / "weights.pt"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"weight": Evil()}))
    with pytest.raises(weights.NotWeights):
        weights.read(file)
    file.write_bytes(b"no archive")
    with pytest.raises(weights.NotWeights):
        weights.read(file)


def test_features_come_back_from_bytes_and_nothing_else_is_taken_for_them(labels):
    there = Features.from_bytes(labels[0].to_bytes())
    assert (there.kind, there.size, len(there)) == (labels[0].kind, labels[0].size, len(labels[0]))
    assert np.allclose(there.points, labels[0].points)
    assert (there.descriptors * labels[0].descriptors).sum(axis=1).min() > 0.99
    for broken in (b"", b"junk" * 20, labels[0].to_bytes()[:200]):
        with pytest.raises(ValueError):
            Features.from_bytes(broken)


def test_points_outside_the_outline_are_left_out(extractor):
    picture = speed.drawn(2)
    half = extractor.extract(picture, outlines.rectangle(0, 0, 300, 600))
    assert len(half) > 100
    assert half.points[:, 0].max() <= 301


@pytest.fixture
def index(tmp_path, labels) -> Index:
    made = Index(tmp_path / "index")
    made.ids = []
    for number, found in enumerate(labels):
        photo, entry = uuid4(), uuid4()
        made.ids.append((photo, entry))
        made.add(photo, entry, f"product {number % 2}", "drinks", found)
    return made


def _best(index: Index, query: Features, scope: Scope | None = None):
    found = index.search(query, scope or Scope())
    return found[0].photo_id if found else None


def test_what_one_process_writes_another_finds_at_its_next_search(index, query, labels):
    other = Index(index.folder)
    photo, entry = index.ids[0]
    assert _best(other, query) == photo
    index.switch_off(entry)
    assert _best(other, query) != photo, "switched off everywhere at once"
    other.switch_on(entry)
    assert _best(index, query) == photo
    index.remove(photo)
    assert _best(other, query) != photo
    index.add(photo, entry, "product 0", "drinks", labels[0])
    assert _best(other, query) == photo


def test_a_scope_holds_the_search_to_its_product_or_group(index, query):
    assert _best(index, query, Scope(product="product 0")) == index.ids[0][0]
    assert _best(index, query, Scope(product="product 1")) != index.ids[0][0]
    assert _best(index, query, Scope(group="spirits")) is None
    assert (index.count(Scope(product="product 1")), index.count(Scope(group="drinks"))) == (2, 4)


def test_a_rebuild_is_swapped_in_for_all_and_drops_what_was_removed(index, query, labels):
    other = Index(index.folder)
    index.remove(index.ids[3][0])
    index.switch_off(index.ids[2][1])
    index.rebuild()
    assert len(other) == 4, "not looked yet"
    assert _best(other, query) == index.ids[0][0]
    assert len(other) == 3
    assert other.count() == 2, "what was switched off stays so"
    differences = other.check([photo for photo, _ in index.ids])
    assert differences.missing == {index.ids[3][0]}
    assert not differences.surplus
    photo = uuid4()
    index.rebuild([NewPhoto(photo, uuid4(), "", "", labels[0])])
    assert _best(other, query) == photo
    assert other.check([photo]).none


def test_a_torn_record_is_passed_over_and_cut_off_by_the_next_writer(index, query, labels):
    log = index.folder / "g000001" / "photos.log"
    whole = log.read_bytes()
    log.write_bytes(whole + whole[:500])
    other = Index(index.folder)
    assert len(other) == 4
    photo = uuid4()
    other.add(photo, uuid4(), "", "", labels[0])
    assert len(Index(index.folder)) == 5
    assert len(log.read_bytes()) < len(whole) + len(labels[0].to_bytes()) + 200


def test_an_index_without_its_cells_or_without_any_file_starts_again(index, query):
    index.rebuild()
    (index.folder / "g000002" / "votes.faiss").write_bytes(b"lost")
    assert _best(Index(index.folder), query) == index.ids[0][0], "made again from the photos"
    empty = Index(Path(str(index.folder) + "-lost"))
    assert empty.search(query, Scope()) == []
    assert empty.check([index.ids[0][0]]).missing == {index.ids[0][0]}


def test_features_of_another_extractor_are_never_compared(index, labels):
    from dataclasses import replace

    foreign = replace(labels[0], kind="sift1", descriptors=np.ones((len(labels[0]), 128), np.float32))
    assert index.search(foreign, Scope()) == []
    index.add(uuid4(), uuid4(), "", "", foreign)
    assert _best(index, labels[0]) == index.ids[0][0]
