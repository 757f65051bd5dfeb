"""The worker with the real engine: a printed label, photographed anew, is found; the index follows the database."""

import shutil

import numpy as np
import pytest
from harness.prints import label, plain, shot

from appraisal.desk.models import DeskPhoto, DeskTask
from appraisal.hints.models import Hint as ShownHint
from appraisal.hints.models import LookBack as ShownBack
from appraisal.hints.models import Looked
from appraisal.recognition import engine, selectors
from appraisal.recognition import services as brand
from appraisal.recognition.models import EntryPhoto, Hint, IndexState, LibraryEntry, PhotoLook
from appraisal.recognition.services import asking, indexes, lookback, looking
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS

pytestmark = pytest.mark.usefixtures("real_engine")


def test_the_second_find_is_recognised_and_the_third_that_is_something_else_is_not(library, photograph, look_at):
    """R-03: from the first photo to the officer of another province, with the real engine."""
    first = photograph(library.gx, shot(label(1)))
    assert look_at(first).outcome == "no_comparison", "edge 12"
    entry = library.entry(first)
    with context.seat(BRANDS):
        photo = entry.photos.get()
        brand.draw(
            desk=library.lin, photo_id=photo.pk, outline=[[0.1, 0.08], [0.92, 0.1], [0.9, 0.92], [0.1, 0.9]],
            defects=[{"x": 0.4, "y": 0.4, "w": 0.15, "h": 0.15, "words": "字缺口"}],
        )  # fmt: skip
        found = indexes.sync(library.house.organisation.pk)
        assert (found.expected, found.missing, found.surplus) == (1, 0, 0)
        assert EntryPhoto.objects.get().engine == engine.extractor().name
    second = photograph(library.gz, shot(label(1), lean=38, dark=0.8))
    assert look_at(second).outcome == "hints"
    other = photograph(library.gz, shot(label(2), lean=20))
    assert look_at(other).outcome == "nothing_similar"
    with context.seat(BRANDS):
        hint = Hint.objects.get()
        assert hint.band in ("strong", "likely") and hint.defects[0] > 50
        assert {"print", "defect"} <= {reason["code"] for reason in hint.reasons}
        corner = np.array(hint.geometry["homography"]) @ np.array([0.5, 0.5, 1.0])
        assert np.allclose(corner[:2] / corner[2], 0.5, atol=0.08), "the middle of one lies near that of the other"
        assert selectors.best_bands(library.lin, [hint.photo.item.task_id]) == {hint.photo.item.task_id: hint.band}
    with context.province("gz"):
        assert ShownHint.objects.get().picture is not None
        assert Looked.objects.get(item__request=other).outcome == "nothing_similar"
    with context.seat(BRANDS):
        brand.switch_off(desk=library.lin, entry_id=entry.pk, reason="试停")
        assert indexes.sync(library.house.organisation.pk).expected == 0
        assert len(engine.library(library.house.organisation.pk)) == 0


def test_when_a_fake_is_confirmed_whoever_cleared_one_earlier_is_told(library, photograph, look_at):
    """Look back: an earlier request that was cleared, one that was found wanting, one of other goods."""
    cleared = photograph(library.gz, shot(label(3), lean=25))
    other = photograph(library.gz, shot(label(4)))
    wanting = photograph(library.gz, shot(label(3), lean=10, dark=0.9))
    for request, value in (
        (cleared, VerdictValue.GENUINE), (other, VerdictValue.GENUINE), (wanting, VerdictValue.COUNTERFEIT),
    ):  # fmt: skip
        look_at(request)
        library.verdict(request, value)
    first = photograph(library.gx, shot(label(3)))
    look_at(first)
    entry = library.entry(first)
    with context.seat(BRANDS):
        (back,) = lookback.look_back(entry.pk)
        assert (back.was, back.item.task.request_id) == ("cleared", cleared.pk)
        assert lookback.look_back(entry.pk) == [], "twice is once"
        assert Notice.objects.filter(code="look_back", user_id=library.house.lin.pk).count() == 1
        library.verdict(cleared, VerdictValue.COUNTERFEIT)
    with context.province("gz"):
        shown = ShownBack.objects.get()
        assert shown.was == "cleared" and shown.item.request_id == cleared.pk
        assert Notice.objects.get(code="look_back", user_id=library.gz.chen.pk).urgent
    with context.seat(BRANDS):
        assert brand.settle_look_back(desk=library.lin, look_back_id=back.pk, step="correct").state == "corrected"


def test_a_lost_index_is_made_anew_and_photos_wait_for_it(library, photograph, look_at):
    """Bad input: the index lost; the model gone, so that another extractor has to take over."""
    entry = library.entry(photograph(library.gx, shot(label(5))))
    organisation = library.house.organisation.pk
    with context.seat(BRANDS):
        indexes.sync(organisation)
        shutil.rmtree(engine.library_folder(organisation))
        engine._index.cache_clear()
    request = photograph(library.gz, shot(label(5), lean=20))
    assert look_at(request).state == PhotoLook.State.PENDING
    with context.province("gz"):
        assert Looked.objects.get(item__request=request).outcome == "pending"
    with context.seat(BRANDS):
        assert IndexState.objects.get().state == "lost"
        found = indexes.rebuild(organisation)
        assert (found.expected, found.missing) == (1, 0)
        assert PhotoLook.objects.get(photo=library.photo(request)).state == PhotoLook.State.WAITING
    assert look_at(request).outcome == "hints"
    with context.seat(BRANDS):
        IndexState.objects.update(engine="sift1")
        assert not indexes.usable(organisation), "made by another extractor: cannot be compared"
        indexes.sync(organisation)
        assert indexes.usable(organisation)
        health = selectors.health(library.lin)
        assert (health.good, health.index, health.index_photos) == (True, "ready", 1)
        IndexState.objects.update(engine_code="weights_missing")
        assert "识别模型" in str(selectors.health(library.lin).engine_words)
        assert entry.pk == LibraryEntry.objects.get().pk


def test_a_photo_that_cannot_be_opened_fails_in_words_and_one_whose_turn_never_came_is_asked_for_again(
    library, photograph, look_at, monkeypatch
):
    request = photograph(library.gx, shot(label(6)))
    asked = []
    monkeypatch.setattr(asking, "enqueue_look", asked.append)
    with context.seat(BRANDS):
        row = PhotoLook.objects.get()
        assert asking.sweep() == 0
        assert asking.sweep(older_than_s=-1) == 1 and asked == [row.pk]
        DeskPhoto.objects.get().exhibit.__class__.objects.update(state="withdrawn")
        assert looking.look(row.pk).state == PhotoLook.State.FAILED
    deliver_everywhere()
    with context.province("gx"):
        assert Looked.objects.get(item__request=request).poor[0]["reasons"] == ["unreadable"]


def test_a_photo_whose_request_was_answered_before_its_turn_is_looked_at_by_night(library, photograph, monkeypatch):
    photograph(library.gx, shot(label(6)))
    asked = []
    monkeypatch.setattr(asking, "enqueue_look", lambda pk, by_night=False: asked.append((pk, by_night)))
    with context.seat(BRANDS):
        row = PhotoLook.objects.get()
        assert asking.youngest(row.pk) == row.pk and asking.by_night() == 0
        assert (selectors.health(library.lin).waiting, selectors.health(library.lin).by_night) == (1, 0)
        DeskTask.objects.update(state=DeskTask.State.ANSWERED)
        assert asking.youngest(row.pk) is None and asking.sweep(older_than_s=-1) == 0
        assert (selectors.health(library.lin).waiting, selectors.health(library.lin).by_night) == (0, 1)
        assert asking.by_night() == 1 and asked == [(row.pk, True)]


def test_candidates_are_looked_at_for_whoever_confirms_them(library, photograph, look_at):
    """Edge 10: a barcode of another brand on the photo; the genuine reference; too little print."""
    entry = library.entry(photograph(library.gx, plain()), confirmed=False)
    with context.seat(BRANDS):
        assert indexes.examine(entry.pk) == ["few_points"]
        LibraryEntry.objects.filter(pk=entry.pk).update(remarks=["other_brand"])
        with pytest.raises(brand.GoodsOfAnother):
            brand.confirm(desk=library.lin, entry_id=entry.pk)


def test_the_index_of_the_desks_photos_is_made_anew_from_the_database(library, photograph, look_at):
    photograph(library.gx, shot(label(7)))
    with context.seat(BRANDS):
        assert indexes.rebuild_seen(library.house.organisation.pk) == 1
        assert indexes.rebuild_seen(library.house.organisation.pk) == 1
